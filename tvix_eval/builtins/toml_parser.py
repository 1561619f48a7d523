"""TOML 1.0 to values, with the errors of the TOML library of C++ Nix; but only the first one."""

from __future__ import annotations

import re

from tvix_eval.builtins.json_parser import null_bytes
from tvix_eval.builtins.toml_tables import EXPLICIT, INLINE, Document, Place, Table, TableArray, TomlError
from tvix_eval.vm.attrs import from_sorted, from_table
from tvix_eval.vm.machine import SymbolOrder, enter, leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DEEPEST: Final = 400  # arrays and inline tables in each other
SMALLEST: Final = -(1 << 63)
LARGEST: Final = (1 << 63) - 1
MOST_DIGITS: Final = 4000  # Python converts no more, and no such number fits into 64 bits, but for zeros
BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"

ESCAPE: Final = r'\\(?:["\\bfnrt]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})'
DECIMAL: Final = "[+-]?(?:0|[1-9](?:_?[0-9])*)"
DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"

SPACE: Final = re.compile(r"[ \t]*")
COMMENT: Final = re.compile("#[^\x00-\x08\x0a-\x1f\x7f]*")
NEWLINE: Final = re.compile(r"\r?\n")
BARE_KEY: Final = re.compile("[A-Za-z0-9_-]+")
BASIC: Final = re.compile(rf'(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|{ESCAPE})*')
LITERAL: Final = re.compile(r"[^'\x00-\x08\x0a-\x1f\x7f]*")
LONG_BASIC: Final = re.compile(
    rf'(?:[^"\\\x00-\x08\x0b-\x1f\x7f]|\r\n|{ESCAPE}|\\[ \t]*\r?\n(?:[ \t\n]|\r\n)*|"{{1,2}}(?!"))*'
)
LONG_LITERAL: Final = re.compile(r"(?:[^'\x00-\x08\x0b-\x1f\x7f]|\r\n|'{1,2}(?!'))*")
ESCAPES: Final = re.compile(rf"{ESCAPE}|\\[ \t]*\r?\n(?:[ \t\n]|\r\n)*")
PLAIN_ESCAPES: Final = {'"': '"', "\\": "\\", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
INTEGER: Final = re.compile(
    rf"0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*|{DECIMAL}"
)
FLOAT: Final = re.compile(
    rf"{DECIMAL}(?:\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[eE][+-]?[0-9](?:_?[0-9])*)"
    "|[+-]?(?:inf|nan)"
)
OFFSET_TIME: Final = re.compile(f"({DATE})[Tt ]({TIME})([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})")
DATE_TIME: Final = re.compile(f"({DATE})[Tt ]({TIME})")
ONLY_DATE: Final = re.compile(f"({DATE})")
ONLY_TIME: Final = re.compile(f"({TIME})")
PREFIXES: Final = {"x": "hex", "o": "oct", "b": "bin"}

NUMBER_HINTS: Final = (
    "Hint: valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, 0o755\nHint: invalid: _42, 1__000, 0123\n"
)
FLOAT_HINTS: Final = (
    "Hint: valid  : +1.0, -2e-2, 3.141_592_653_589, inf, nan\n"
    "Hint: invalid: .0, 1., _1.0, 1.0_, 1_.0, 1.0__0\n"
)
DATE_HINTS: Final = (
    "Hint: valid  : 1979-05-27T07:32:00-07:00, 1979-05-27 07:32:00.999999Z\n"
    "Hint: invalid: 1979-05-27T7:32:00-7:00, 1979-05-27 7:32-00:30"
)
TIME_HINTS: Final = (
    "Hint: valid  : 1979-05-27T07:32:00, 1979-05-27 07:32:00.999999\n"
    "Hint: invalid: 1979-05-27T7:32:00, 1979-05-27 17:32\n"
)
OFFSET_HINTS: Final = "Hint: valid  : +09:00, -05:30\nHint: invalid: +9:00,  -5:30\n"
KEY_HINTS: Final = "Hint: non-ASCII scripts are allowed in toml v1.1.0, but not in v1.0.0.\n"
A_FLOAT: Final = "expected from `1` to `9` or digit [0-9] or inf or nan"


class Moment:
    """A date or time, as it will be shown."""

    def __init__(self, text: str) -> None:
        self.text: Final = text


def parse_toml(text: str, with_times: bool, symbols: SymbolOrder) -> object:
    """The value of a document. Raises TomlError.

    `with_times`: a date or time becomes the set ``{ _type = "timestamp"; value = "…"; }``;
    otherwise it is an error.
    """
    root = TomlParser(text).parse()
    return Converter(with_times, symbols).convert(root)


class TomlParser:
    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.document: Final = Document(text)
        self.at = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
        self.depth = 0

    def parse(self) -> Table:
        root = Table(EXPLICIT)
        self.read_body(root)
        while self.at < len(self.text):
            self.read_body(self.read_header(root))
        return root

    def error(self, title: str, at: int, note: str, hints: str = "") -> TomlError:
        return self.document.error(title, Place(at, at + 1), note, hints)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.at)
        if found is None:
            return False
        self.at = found.end()
        return True

    def skip_space(self) -> None:
        self.take(SPACE)

    def skip_comment(self) -> None:
        """Blanks, and a comment if there is one."""
        self.skip_space()
        if self.take(COMMENT) and self.at < len(self.text) and NEWLINE.match(self.text, self.at) is None:
            title = "toml::parse_comment_line: newline (LF / CRLF) or EOF is expected"
            hint = "Hint: most of the control characters are not allowed in comments"
            raise self.error(title, self.at, "but got this", hint)

    def skip_lines(self) -> None:
        """Blanks, comments and ends of lines."""
        while True:
            self.skip_comment()
            if not self.take(NEWLINE):
                return

    # Tables.

    def read_body(self, table: Table) -> None:
        """The lines up to the next header."""
        while True:
            self.skip_lines()
            if self.at == len(self.text) or self.peek() == "[":
                return
            self.read_pair(table)
            self.skip_comment()
            if self.at < len(self.text) and not self.take(NEWLINE):
                title = "toml::parse_table: newline (LF / CRLF) or EOF is expected"
                raise self.error(title, self.at, "here")

    def read_header(self, root: Table) -> Table:
        first = self.at
        double = self.text.startswith("[[", first)
        self.at += 2 if double else 1
        bracket = "]]" if double else "]"
        title = "toml::parse_file: invalid " + ("array-table" if double else "table") + " key"
        self.skip_space()
        if BARE_KEY.match(self.text, self.at) is None and self.peek() not in ('"', "'"):
            raise self.error(title, self.at, "expected basic key([a-zA-Z0-9_-]) or quoted key(\" or ')")
        keys = [self.read_simple_key()]
        while True:
            end = self.at
            self.skip_space()
            if self.peek() != ".":
                break
            self.at += 1
            self.skip_space()
            if BARE_KEY.match(self.text, self.at) is None and self.peek() not in ('"', "'"):
                raise self.error(title, end, "expected " + bracket)
            keys.append(self.read_simple_key())
        if not self.text.startswith(bracket, self.at):
            raise self.error(title, self.at, "expected " + bracket)
        self.at += len(bracket)
        place = Place(first, self.at)
        self.skip_comment()
        if self.at < len(self.text) and NEWLINE.match(self.text, self.at) is None:
            title = "toml::parse_file: newline (or EOF) expected"
            raise self.error(title, self.at, "expected 0x0a(LINE FEED) or \r\n")
        if double:
            return self.document.append_table(root, keys, place)
        return self.document.open_table(root, keys, place)

    def read_pair(self, table: Table) -> None:
        """``key = value``"""
        first = self.at
        keys = [self.read_simple_key()]
        while True:
            end = self.at
            self.skip_space()
            if self.peek() != ".":
                break
            self.at += 1
            self.skip_space()
            keys.append(self.read_simple_key())
        place = Place(first, end)
        if self.peek() != "=":
            title = "toml::parse_key_value_pair: invalid key value separator `=`"
            raise self.error(title, self.at, "expected =")
        self.at += 1
        self.skip_space()
        begin = self.at
        value = self.read_value()
        self.document.insert(table, keys, place, value, Place(begin, self.at))

    def read_simple_key(self) -> str:
        character = self.peek()
        if character == '"':
            return self.read_quoted(False)
        if character == "'":
            return self.read_literal(False)
        begin = self.at
        if not self.take(BARE_KEY):
            title = (
                "toml::parse_simple_key: invalid key: key must be \"quoted\", 'quoted-literal', or bare key."
            )
            raise self.error(title, begin, "expected alpha [a-zA-Z], digit [0-9], -, or _", KEY_HINTS)
        return self.text[begin : self.at]

    # Values.

    def read_value(self) -> object:
        character = self.peek()
        if character == '"':
            return self.read_quoted(self.text.startswith('"""', self.at))
        if character == "'":
            return self.read_literal(self.text.startswith("'''", self.at))
        if character == "[" or character == "{":
            self.depth += 1
            if self.depth > DEEPEST:
                raise TomlError("while parsing TOML: nested too deep")
            value = self.read_array() if character == "[" else self.read_inline_table()
            self.depth -= 1
            return value
        if character == "t" or character == "f":
            word = "true" if character == "t" else "false"
            if not self.text.startswith(word, self.at):
                title = (
                    "toml::parse_boolean: invalid boolean: boolean must be `true` or `false`, in lowercase. "
                    'string must be surrounded by `"`'
                )
                raise self.error(title, self.at, "expected true or false")
            self.at += len(word)
            return character == "t"
        if character != "" and character in "TF":
            raise self.bad_word("true" if character == "T" else "false", "expected true or false")
        if character != "" and character in "iInN":
            word = "inf" if character in "iI" else "nan"
            if not self.text.startswith(word, self.at):
                raise self.bad_word(word, A_FLOAT)
        return self.read_number()

    def bad_word(self, word: str, note: str) -> TomlError:
        title = f"toml::parse_value: `{word}` must be in lowercase. A string must be surrounded by quotes."
        return self.error(title, self.at, note)

    def read_array(self) -> object:
        self.at += 1
        items: list[object] = []
        while True:
            self.skip_lines()
            if self.peek() == "]":
                break
            if self.at == len(self.text):
                raise self.unclosed_array()
            items.append(self.read_value())
            self.skip_lines()
            if self.peek() == ",":
                self.at += 1
            elif self.at == len(self.text):
                raise self.unclosed_array()
            elif self.peek() != "]":
                title = "toml::parse_array: expected value-separator `,` or closing `]`"
                raise self.error(title, self.at, "here")
        self.at += 1
        return items

    def unclosed_array(self) -> TomlError:
        return self.error(
            "toml::parse_array: missing closing bracket `]`", self.at, "expected `]`, reached EOF"
        )

    def read_inline_table(self) -> object:
        self.at += 1
        table = Table(INLINE)
        self.skip_space()
        if self.peek() != "}":
            while True:
                self.read_pair(table)
                self.skip_space()
                if self.peek() != ",":
                    break
                self.at += 1
                self.skip_space()
                if self.peek() == "}":
                    title = "toml::parse_inline_table: trailing comma is not allowed in TOML-v1.0.0)"
                    raise self.error(title, self.at, "here")
        if self.peek() != "}":
            title = "toml::parse_inline_table: expected value-separator `,` or closing `}`"
            raise self.error(title, self.at, "here")
        self.at += 1
        return table

    # Strings.

    def read_body_of(self, pattern: re.Pattern[str], quote: str, name: str) -> str:
        """A string up to its closing `quote`, after its opening one."""
        begin = self.at
        found = pattern.match(self.text, begin)
        assert found is not None
        end = found.end()
        body = found[0]
        if not body.isascii():
            try:
                body.encode("latin-1").decode("utf-8")
            except UnicodeDecodeError as error:
                raise self.error(
                    f"toml::{name}: invalid string format", begin + error.start, "expected " + quote
                ) from None
        if not self.text.startswith(quote, end):
            raise self.error(f"toml::{name}: invalid string format", end, "expected " + quote)
        self.at = end + len(quote)
        if len(quote) == 3:  # one or two more quotes belong to the text
            for _ in range(2):
                if self.peek() == quote[0]:
                    body += quote[0]
                    self.at += 1
            if body.startswith("\n"):
                body = body[1:]
            elif body.startswith("\r\n"):
                body = body[2:]
        return body

    def read_quoted(self, long: bool) -> str:
        if long:
            self.at += 3
            body = self.read_body_of(LONG_BASIC, '"""', "parse_ml_basic_string")
        else:
            self.at += 1
            body = self.read_body_of(BASIC, '"', "parse_basic_string")
        return checked(ESCAPES.sub(unescaped, body) if "\\" in body else body)

    def read_literal(self, long: bool) -> str:
        if long:
            self.at += 3
            return self.read_body_of(LONG_LITERAL, "'''", "parse_ml_literal_string")
        self.at += 1
        return self.read_body_of(LITERAL, "'", "parse_literal_string")

    # Numbers, dates and times.

    def read_number(self) -> object:
        text = self.text
        begin = self.at
        for pattern in (OFFSET_TIME, DATE_TIME, ONLY_DATE, ONLY_TIME):
            moment = pattern.match(text, begin)
            if moment is not None:
                return self.read_moment(pattern, moment)
        found = FLOAT.match(text, begin)
        if found is not None:
            self.at = found.end()
            if self.peek() == "_":
                title = "bad float: `_` must be surrounded by digits"
                raise self.error(title, self.at, "invalid underscore", FLOAT_HINTS)
            value = float(found[0].replace("_", ""))
            if value in (float("inf"), float("-inf")) and "n" not in found[0]:
                title = "toml::parse_floating: failed to read floating point value from stream"
                raise self.error(title, self.at, "here")
            return value
        found = INTEGER.match(text, begin)
        if found is None:
            character = self.peek()
            if character == ".":
                title = "bad float: integer part is required before decimal point"
                raise self.error(title, begin, "missing integer part", FLOAT_HINTS)
            if character == "_":
                title = "bad number: `_` must be surrounded by digits"
                raise self.error(title, begin, "digits required before `_`", NUMBER_HINTS)
            raise self.error("bad format: unknown value appeared", begin, "here")
        self.at = found.end()
        self.check_after_integer(begin)
        return self.integer(found[0])

    def check_after_integer(self, begin: int) -> None:
        at = self.at
        character = self.peek()
        sign = 1 if self.text[begin] in "+-" else 0
        if character == "_":
            if self.text[begin + sign : at] == "0":
                title = "bad integer: leading zero is not allowed in decimal int"
                raise self.error(title, at, "leading zero", NUMBER_HINTS)
            title = "bad integer: `_` must be surrounded by digits"
            raise self.error(title, at, "invalid underscore", NUMBER_HINTS)
        if character == "0":
            raise self.error("bad integer: leading zero", at - 1, "leading zero is not allowed", NUMBER_HINTS)
        if "1" <= character <= "9":
            title = "bad integer: invalid digit after an integer"
            raise self.error(title, at, "this digit is not allowed", NUMBER_HINTS)
        if character == ":" or character == "-":
            raise self.error("bad datetime: invalid format", at, "here", DATE_HINTS)
        if character != "" and character in ".eE":
            raise self.error("bad float: invalid format", at, "here", FLOAT_HINTS)
        kind = PREFIXES.get(character)
        if kind is not None and self.text[begin + sign : at] == "0":
            examples = {"hex": "0xC0FFEE, 0xdead_beef", "oct": "0o775, 0o04_44", "bin": "0b0101, 0b1111_0000"}
            digits = {"hex": "hex [0-9a-fA-F]", "oct": "from `0` to `7`", "bin": "0 or 1"}
            title = f"toml::parse_{kind}_integer: invalid integer: {kind}_int must be like: {examples[kind]}"
            if sign:
                raise self.error(title, begin, "expected 0" + character)
            raise self.error(title, at + 1, "expected " + digits[kind])

    def integer(self, text: str) -> int:
        kind = PREFIXES.get(text[1:2], "dec")
        digits = text.replace("_", "")
        value = int(digits, 10 if kind == "dec" else 0) if len(digits) < MOST_DIGITS else LARGEST + 1
        if not SMALLEST <= value <= LARGEST:
            what = "digits" if kind == "dec" else "value"
            title = f"toml::parse_{kind}_integer: too large integer: current max {what} = 2^63"
            raise self.error(title, self.at, "must be < 2^63")
        return value

    def read_moment(self, pattern: re.Pattern[str], found: re.Match[str]) -> object:
        begin = self.at
        self.at = found.end()
        character = self.peek()
        if pattern is DATE_TIME and (character == "+" or character == "-"):
            raise self.error(
                "bad offset: must be [+-]HH:MM or Z", self.at, "expected [0-2] or digit [0-9]", OFFSET_HINTS
            )
        if pattern is ONLY_DATE:
            follows = self.text[self.at + 1 : self.at + 2]
            if character == "T" or character == "t" or (character == " " and "0" <= follows <= "9"):
                title = "bad time: must be HH:MM:SS.subsec"
                raise self.error(title, *self.bad_time(self.at + 1), TIME_HINTS)
            if "0" <= character <= "9":
                title = "bad datetime: missing T or space"
                raise self.error(title, self.at, "expected T or t or  ", TIME_HINTS)
        text = found[1]
        if pattern is not ONLY_TIME:
            self.check_date(text, begin)
        if pattern is ONLY_TIME:
            text = self.clock(text, begin)
        elif pattern is not ONLY_DATE:
            text += "T" + self.clock(found[2], found.start(2))
        if pattern is OFFSET_TIME:
            text += self.offset(found[3], begin)
        return Moment(text)

    def bad_time(self, at: int) -> tuple[int, str]:
        """Where a time goes wrong, and what is expected there."""
        for wanted in "00:00:00":
            character = self.text[at : at + 1]
            if wanted == "0" and not "0" <= character <= "9":
                return at, "expected digit [0-9]"
            if wanted == ":" and character != ":":
                return at, "expected :"
            at += 1
        return at, "expected digit [0-9]"

    def check_date(self, text: str, begin: int) -> None:
        year = int(text[:4])
        month = int(text[5:7])
        day = int(text[8:])
        days = 31
        if month in (4, 6, 9, 11):
            days = 30
        elif month == 2:
            days = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
        if not 1 <= month <= 12 or not 1 <= day <= days:
            note = "month must be 01-12, day must be any of 01-28,29,30,31 depending on the month/year."
            raise self.error("toml::parse_local_date: invalid date.", begin, note)

    def clock(self, text: str, begin: int) -> str:
        """A time, with three, six or nine digits of a second."""
        title = "toml::parse_local_time: invalid time."
        if int(text[:2]) > 23 or int(text[3:5]) > 59:
            raise self.error(title, begin, "hour must be 00-23, minute must be 00-59.")
        if int(text[6:8]) > 60:
            raise self.error(title, begin, "second must be 00-60.")
        fraction = text[9:18].ljust(9, "0")
        while fraction.endswith("000"):
            fraction = fraction[:-3]
        return text[:8] + "." + fraction if fraction else text[:8]

    def offset(self, text: str, begin: int) -> str:
        if text in ("Z", "z"):
            return "Z"
        if int(text[1:3]) > 24 or int(text[4:]) > 60:
            title = "toml::parse_offset_datetime: too large offset: |hour| <= 24, |minute| <= 60"
            raise self.document.error(title, Place(begin, self.at), "here")
        return "Z" if text[1:] == "00:00" else text


def unescaped(found: re.Match[str]) -> str:
    text = found[0]
    kind = text[1]
    if kind == "u" or kind == "U":
        code = int(text[2:], 16)
        note = "[error] toml::parse_utf8_codepoint: "
        excerpt = "\n --> internal temporary\n   |\n 1 | " + text + "\n   |  " + "^" * (len(text) - 1) + "-- "
        if 0xD800 <= code <= 0xDFFF:
            title = note + "[0xD800, 0xDFFF] is not a valid UTF-8"
            raise TomlError("while parsing TOML: " + title + excerpt + "here\n")
        if code > 0x10FFFF:
            title = note + "input codepoint is too large."
            raise TomlError("while parsing TOML: " + title + excerpt + "must be in range [0x00, 0x10FFFF]\n")
        return chr(code).encode("utf-8").decode("latin-1")
    return PLAIN_ESCAPES.get(kind, "")


def checked(text: str) -> str:
    if "\0" in text:
        raise TomlError("while parsing TOML: error: " + null_bytes(text).message)
    return text


class Converter:
    """Makes Nix values of what was read."""

    def __init__(self, with_times: bool, symbols: SymbolOrder) -> None:
        self.with_times: Final = with_times
        self.symbols: Final = symbols

    def convert(self, value: object) -> object:
        enter(0)
        result = self.converted(value)
        leave()
        return result

    def converted(self, value: object) -> object:
        if isinstance(value, Table):
            table: dict[str, object] = {}
            for name, item in value.entries.items():
                self.symbols.number(name)
                table[name] = self.convert(item)
            return from_table(table)
        if isinstance(value, TableArray):
            return [self.convert(item) for item in value.tables]
        if isinstance(value, list):
            return [self.convert(item) for item in value]
        if isinstance(value, Moment):
            if not self.with_times:
                raise TomlError("while parsing TOML: Dates and times are not supported")
            return from_sorted(["_type", "value"], ["timestamp", value.text])
        return value
