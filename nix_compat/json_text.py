"""JSON as the library of C++ Nix reads and prints it, so that texts come out the same.

Printed: no blanks, members in order of their names, text as UTF-8, floats as in `json_floats`. Read:
of two members with one name the last; integers that no 64 bits hold as floats. What is wrong with a
text is said in other words. JSON text is byte text; the strings in values are Unicode.
"""

from __future__ import annotations

from nix_compat.errors import FormatError
from nix_compat.json_floats import format_float_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LEAST_INTEGER: Final = -(1 << 63)
MOST_INTEGER: Final = (1 << 64) - 1
LONGEST_INTEGER: Final = 20  # characters
BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"


class Piece:
    """Text that is already JSON."""

    def __init__(self, text: str) -> None:
        self.text: Final = text


def read_float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise FormatError("[json.exception.out_of_range.406] number overflow parsing '" + text + "'")
    return value


def read_integer(text: str) -> int | float:
    if len(text) <= LONGEST_INTEGER:
        value = int(text)
        if LEAST_INTEGER <= value <= MOST_INTEGER:
            return value
    return read_float(text)


def refuse_constant(text: str) -> object:
    raise FormatError("invalid literal '" + text + "'")


def loads(text: str) -> object:
    """The value of a JSON text. Raises FormatError, with the offset where it is known."""
    import json  # costs a program that reads none a good part of its start

    decoder = json.JSONDecoder(parse_float=read_float, parse_int=read_integer, parse_constant=refuse_constant)
    try:
        unicode = text.removeprefix(BYTE_ORDER_MARK).encode("latin-1").decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError("invalid UTF-8 in JSON", error.start) from None
    try:
        value: object = decoder.decode(unicode)
    except json.JSONDecodeError as mistake:
        before = unicode[: mistake.pos].encode("utf-8", "surrogatepass")
        where = f"{mistake.msg} at line {mistake.lineno}, column {mistake.colno}"
        raise FormatError(where, len(before)) from None
    except RecursionError:
        raise FormatError("JSON is nested too deeply") from None
    return value


def dumps(value: object) -> str:
    """The JSON text of a value, as byte text. Raises FormatError for strings that are not Unicode.

    A value is None, bool, int, float, str, or a list or dict of values.
    """
    parts: list[str] = []
    todo: list[object] = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, Piece):
            parts.append(item.text)
        elif isinstance(item, dict):
            names = sorted(item, reverse=True)
            todo.append(Piece("}"))
            for name in names:
                todo.append(item[name])
                todo.append(Piece(quote(name) + ":"))
                todo.append(Piece(","))
            if names:
                todo.pop()
            parts.append("{")
        elif isinstance(item, list):
            todo.append(Piece("]"))
            for each in reversed(item):
                todo.append(each)
                todo.append(Piece(","))
            if item:
                todo.pop()
            parts.append("[")
        else:
            parts.append(scalar(item))
    return "".join(parts)


def scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format_float_json(value)
    assert isinstance(value, str), f"no JSON for {type(value).__name__}"
    return quote(value)


def quote(text: str) -> str:
    import json

    try:
        return json.dumps(text, ensure_ascii=False).encode("utf-8").decode("latin-1")
    except UnicodeEncodeError:
        raise FormatError("half a surrogate pair in JSON") from None


def canonical_object(text: str) -> str:
    """Structured attributes, as they are printed. Raises FormatError if they are not an object."""
    problem = "cannot process __json attribute: "
    try:
        value = loads(text)
        if not isinstance(value, dict):
            raise FormatError(
                "[json.exception.type_error.302] type must be object, but is " + type_name(value)
            )
        return dumps(value)
    except FormatError as error:
        raise FormatError(problem + error.message, error.offset) from None


def type_name(value: object) -> str:
    """What kind of JSON a value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def to_unicode(text: str) -> str:
    """Byte text as JSON has it. Raises FormatError if it is not UTF-8."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError("invalid UTF-8 in JSON", error.start) from None


def to_byte_text(text: str) -> str:
    """Of a string in JSON. Raises FormatError for half a surrogate pair."""
    if text.isascii():
        return text
    try:
        return text.encode("utf-8").decode("latin-1")
    except UnicodeEncodeError:
        raise FormatError("half a surrogate pair in JSON") from None
