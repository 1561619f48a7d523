"""TOML 1.0 to values, with the errors of the TOML library of C++ Nix; but only the first one."""

from __future__ import annotations

import re

from tvix_eval.builtins.json_parser import null_bytes
from tvix_eval.builtins.toml_numbers import Moment, NumberReader
from tvix_eval.builtins.toml_tables import EXPLICIT, INLINE, Document, Place, Table, TableArray, TomlError
from tvix_eval.vm.attrs import from_sorted, from_table
from tvix_eval.vm.machine import SymbolOrder, enter, leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"

ESCAPE: Final = r'\\(?:["\\bfnrt]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})'

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

KEY_HINTS: Final = "Hint: non-ASCII scripts are allowed in toml v1.1.0, but not in v1.0.0.\n"
A_FLOAT: Final = "expected from `1` to `9` or digit [0-9] or inf or nan"


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
            enter(0)
            value = self.read_array() if character == "[" else self.read_inline_table()
            leave()
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

    def read_number(self) -> object:
        reader = NumberReader(self.document, self.at)
        value = reader.read()
        self.at = reader.at
        return value


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
