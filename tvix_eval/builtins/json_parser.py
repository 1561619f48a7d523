"""JSON to values, with the errors of the JSON library of C++ Nix.

An error tells the line and column of the last byte read, and what was read since the begin
of the last string or number. A byte after the end counts as read.
"""

from __future__ import annotations

import re

from tvix_eval.builtins.json_reader import read_json
from tvix_eval.errors import NixError
from tvix_eval.vm.attrs import from_table
from tvix_eval.vm.machine import SymbolOrder
from tvix_eval.vm.values import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*')
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
BLANKS: Final = frozenset(" \t\n\r")
SPACE: Final = re.compile(r"[ \t\n\r]*")
HEX: Final = re.compile(r"[0-9a-fA-F]{0,4}")
BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"
ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
SHORT_ESCAPES: Final = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r"}
CONTROL_NAMES: Final = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS"
    " GS RS US"
).split()
NULL_SIGN: Final = "\xe2\x90\x80"  # ␀ in UTF-8

VALUE: Final = "value"
KEY: Final = "object key"
SEPARATOR: Final = "object separator"
OBJECT: Final = "object"
ARRAY: Final = "array"

A_VALUE: Final = "'[', '{', or a literal"
A_STRING: Final = "string literal"
THE_END: Final = "end of input"


class JsonError(NixError):
    """The text is not JSON."""

    def kind(self) -> str:
        return "JSONParseError"


class Container:
    """An array or object that is being read."""

    def __init__(self, is_object: bool) -> None:
        self.is_object: Final = is_object
        self.items: Final[list[object]] = []
        self.table: Final[dict[str, object]] = {}
        self.key = ""

    def add(self, value: object) -> None:
        if self.is_object:
            self.table[self.key] = value
        else:
            self.items.append(value)

    def value(self) -> object:
        if self.is_object:
            return from_table(self.table)
        return self.items


def parse_json(text: str, symbols: SymbolOrder) -> object:
    """The value of a JSON text. Raises JsonError, and NixError for what Nix cannot hold."""
    value = read_json(text, symbols)
    return JsonParser(text, symbols).parse() if value is MISSING else value


class JsonParser:
    """`at` is after the last byte read, `mark` where the last string or number began."""

    def __init__(self, text: str, symbols: SymbolOrder) -> None:
        self.text: Final = text
        self.symbols: Final = symbols
        self.at = 0
        self.mark = 0

    def parse(self) -> object:
        text = self.text
        if not text:
            raise self.error(
                "attempting to parse an empty input; check that your input string or stream "
                "contains the expected JSON",
                1,
            )
        if text[0] == BYTE_ORDER_MARK[0]:
            self.read_mark()
        stack: list[Container] = []
        while True:
            value: object
            character = self.next()
            if character == "{" or character == "[":
                self.at += 1
                container = Container(character == "{")
                if self.next() != ("}" if container.is_object else "]"):
                    stack.append(container)
                    if container.is_object:
                        self.read_key(container)
                    continue
                self.at += 1
                value = container.value()
            else:
                value = self.read_scalar(character)
            while stack:
                container = stack[-1]
                container.add(value)
                character = self.next()
                if character == ",":
                    self.at += 1
                    if container.is_object:
                        self.read_key(container)
                    break
                if container.is_object:
                    if character != "}":
                        raise self.unexpected(OBJECT, "'}'")
                elif character != "]":
                    raise self.unexpected(ARRAY, "']'")
                self.at += 1
                stack.pop()
                value = container.value()
            else:
                if self.next() != "":
                    raise self.unexpected(VALUE, THE_END)
                return value

    def read_mark(self) -> None:
        for character in BYTE_ORDER_MARK:
            self.at += 1
            if self.text[self.at - 1 : self.at] != character:
                raise self.bad_token("invalid BOM; must be 0xEF 0xBB 0xBF if given", VALUE, "")

    def next(self) -> str:
        """The first byte of the next token, "" at the end."""
        character = self.text[self.at : self.at + 1]
        if character in BLANKS:
            found = SPACE.match(self.text, self.at)
            assert found is not None
            self.at = found.end()
            character = self.text[self.at : self.at + 1]
        return character

    def read_key(self, container: Container) -> None:
        if self.next() != '"':
            raise self.unexpected(KEY, A_STRING)
        key = self.read_string(KEY, A_STRING)
        self.symbols.number(key)
        container.key = key
        if self.next() != ":":
            raise self.unexpected(SEPARATOR, "':'")
        self.at += 1

    def read_scalar(self, character: str) -> object:
        if character == '"':
            return self.read_string(VALUE, "")
        if character == "-" or "0" <= character <= "9":
            return self.read_number(VALUE, "")
        if character == "t":
            self.read_literal("true", VALUE, "")
            return True
        if character == "f":
            self.read_literal("false", VALUE, "")
            return False
        if character == "n":
            self.read_literal("null", VALUE, "")
            return None
        raise self.unexpected(VALUE, A_VALUE)

    def read_literal(self, literal: str, context: str, expected: str) -> None:
        for character in literal:
            self.at += 1
            if self.text[self.at - 1 : self.at] != character:
                raise self.bad_token("invalid literal", context, expected)

    def read_number(self, context: str, expected: str) -> object:
        text = self.text
        self.mark = self.at
        found = NUMBER.match(text, self.at)
        if found is None:
            self.at += 2
            raise self.bad_token("invalid number; expected digit after '-'", context, expected)
        end = found.end()
        after = text[end : end + 1]
        if after == "." and found[1] is None and found[2] is None:
            self.at = end + 2
            raise self.bad_token("invalid number; expected digit after '.'", context, expected)
        if (after == "e" or after == "E") and found[2] is None:
            self.at = end + 2
            sign = text[end + 1 : end + 2]
            if sign == "+" or sign == "-":
                self.at += 1
                raise self.bad_token("invalid number; expected digit after exponent sign", context, expected)
            why = "invalid number; expected '+', '-', or digit after exponent"
            raise self.bad_token(why, context, expected)
        self.at = end
        digits = found[0]
        if found[1] is None and found[2] is None and len(digits) <= 20:
            number = int(digits)
            if -(1 << 63) <= number < 1 << 63:
                return number
            if 0 < number < 1 << 64:
                raise NixError("unsigned json number " + digits + " outside of Nix integer range")
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise JsonError("[json.exception.out_of_range.406] number overflow parsing '" + digits + "'")
        return value

    def read_string(self, context: str, expected: str) -> str:
        """A string, whose opening quote is next."""
        text = self.text
        self.mark = self.at
        at = self.at + 1
        end = text.find('"', at)
        if end > 0:
            plain = text[at:end]
            if plain.isascii() and plain.isprintable() and "\\" not in plain:
                self.at = end + 1
                return plain
        parts: list[str] = []
        while True:
            found = PLAIN.match(text, at)
            assert found is not None
            part = found[0]
            if not part.isascii():
                self.check_utf8(part, at, context, expected)
            parts.append(part)
            at = found.end()
            character = text[at : at + 1]
            at += 1
            if character == '"':
                self.at = at
                break
            if character == "\\":
                self.at = at
                parts.append(self.read_escape(context, expected))
                at = self.at
            else:
                self.at = at
                if character == "":
                    raise self.bad_token("invalid string: missing closing quote", context, expected)
                raise self.bad_token(control_error(ord(character)), context, expected)
        result = "".join(parts)
        if "\0" in result:
            raise null_bytes(result)
        return result

    def read_escape(self, context: str, expected: str) -> str:
        """What follows a backslash."""
        character = self.text[self.at : self.at + 1]
        self.at += 1
        if character != "u":
            plain = ESCAPES.get(character)
            if plain is None:
                why = "invalid string: forbidden character after backslash"
                raise self.bad_token(why, context, expected)
            return plain
        code = self.read_hex(context, expected)
        if 0xD800 <= code <= 0xDBFF:
            why = "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF"
            for wanted in "\\u":
                self.at += 1
                if self.text[self.at - 1 : self.at] != wanted:
                    raise self.bad_token(why, context, expected)
            low = self.read_hex(context, expected)
            if not 0xDC00 <= low <= 0xDFFF:
                raise self.bad_token(why, context, expected)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        elif 0xDC00 <= code <= 0xDFFF:
            why = "invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF"
            raise self.bad_token(why, context, expected)
        return chr(code).encode("utf-8").decode("latin-1")

    def read_hex(self, context: str, expected: str) -> int:
        found = HEX.match(self.text, self.at)
        assert found is not None
        digits = found[0]
        self.at = found.end()
        if len(digits) < 4:
            self.at += 1
            why = "invalid string: '\\u' must be followed by 4 hex digits"
            raise self.bad_token(why, context, expected)
        return int(digits, 16)

    def check_utf8(self, part: str, at: int, context: str, expected: str) -> None:
        try:
            part.encode("latin-1").decode("utf-8")
        except UnicodeDecodeError as error:
            bad = error.start if error.reason == "invalid start byte" else error.end
            self.at = at + bad + 1
            raise self.bad_token("invalid string: ill-formed UTF-8 byte", context, expected) from None

    # Errors.

    def unexpected(self, context: str, expected: str) -> NixError:
        """The next token is a good one, but not here; or it is a bad one."""
        character = self.text[self.at : self.at + 1]
        bad_expected = "" if expected == A_VALUE else expected
        try:
            if character == "":
                self.at += 1
                name = THE_END
            elif character in "[]{}:,":
                self.at += 1
                name = "'" + character + "'"
            elif character == '"':
                self.read_token_string(context, bad_expected)
                name = A_STRING
            elif character == "-" or "0" <= character <= "9":
                self.read_number(context, bad_expected)
                if self.text[self.at : self.at + 1] == "\n":
                    return self.syntax_error(context, "unexpected number literal", expected, 0)
                name = "number literal"
            elif character in "tfn":
                literal = {"t": "true", "f": "false", "n": "null"}[character]
                self.read_literal(literal, context, bad_expected)
                name = literal + " literal"
            else:
                self.at += 1
                return self.bad_token("invalid literal", context, bad_expected)
        except NixError as error:
            return error
        return self.syntax_error(context, "unexpected " + name, expected, -1)

    def read_token_string(self, context: str, expected: str) -> None:
        """A string where none may be. That it may hold null bytes does not matter."""
        try:
            self.read_string(context, expected)
        except JsonError:
            raise
        except NixError:
            pass

    def bad_token(self, why: str, context: str, expected: str) -> NixError:
        read = "".join([shown(character) for character in self.text[self.mark : self.at]])
        return self.syntax_error(context, why + "; last read: '" + read + "'", expected, -1)

    def syntax_error(self, context: str, what: str, expected: str, column: int) -> NixError:
        text = "syntax error while parsing " + context + " - " + what
        if expected:
            text += "; expected " + expected
        return self.error(text, column)

    def error(self, what: str, column: int) -> NixError:
        """`column` -1: that of the last byte read."""
        line = self.text.count("\n", 0, self.at) + 1
        if column < 0:
            column = self.at - (self.text.rfind("\n", 0, self.at) + 1)
        return JsonError(
            f"[json.exception.parse_error.101] parse error at line {line}, column {column}: {what}"
        )


def shown(character: str) -> str:
    code = ord(character)
    return f"<U+{code:04X}>" if code < 32 else character


def control_error(code: int) -> str:
    text = f"invalid string: control character U+{code:04X} ({CONTROL_NAMES[code]}) must be escaped to \\u{code:04X}"
    short = SHORT_ESCAPES.get(code)
    return text if short is None else text + " or \\" + short


def null_bytes(text: str) -> NixError:
    """The complaint about a string with null bytes, which no Nix string may have."""
    return NixError(
        "input string '"
        + text.replace("\0", NULL_SIGN)
        + "' cannot be represented as Nix string because it contains null bytes"
    )
