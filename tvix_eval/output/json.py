"""Values as JSON: ``--json``, ``builtins.toJSON``, and structured attributes of derivations."""

from __future__ import annotations

from nix_compat.json_floats import format_float_json
from tvix_eval.errors import NixError, TypeError_
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.calls import call1, function_position
from tvix_eval.vm.coerce import coerce_to_string, copy_path_to_store
from tvix_eval.vm.machine import charge, enter, leave
from tvix_eval.vm.show import show_name, show_type
from tvix_eval.vm.strings import ContextBuilder, NixString
from tvix_eval.vm.values import MISSING, Path, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

LONG: Final = 1024  # bytes
QUOTING: Final[list[Callable[[str], str]]] = []


class JSONSerializationError(NixError):
    """A string that is not UTF-8. `partial`: the text before it, which Nix has already written."""

    def __init__(self, message: str, pos: i64 = 0) -> None:
        super().__init__(message, pos)
        self.partial = ""


def to_json(value: object, strict: bool, pos: i64, context: ContextBuilder, copy: bool = True) -> str:
    """The JSON of a value, as byte text.

    `strict`: force what it contains; otherwise the value must be forced, and a thunk in it is
    an error. `copy`: paths are put into the store. What strings mention goes to `context`.
    Raises TypeError_ for functions, JSONSerializationError, and what forcing raises.
    """
    writer = JsonWriter(strict, context, copy)
    writer.write(value, pos)
    if writer.bad is not None:
        raise writer.bad
    return "".join(writer.parts)


def quoting() -> Callable[[str], str]:
    """What makes a JSON string literal of a text. Importing it takes a while."""
    if not QUOTING:
        from json.encoder import encode_basestring

        QUOTING.append(encode_basestring)
    return QUOTING[0]


def quote(text: str) -> str:
    """A JSON string literal."""
    return quoting()(text)


class JsonWriter:
    """`bad`: the first string that cannot be written; errors of evaluation come before it."""

    def __init__(self, strict: bool, context: ContextBuilder, copy: bool) -> None:
        self.strict = strict
        self.context = context
        self.copy = copy
        self.quote: Final = quoting()
        self.parts: list[str] = []
        self.bad: JSONSerializationError | None = None

    def write(self, value: object, pos: i64) -> None:
        enter(pos)
        if isinstance(value, Thunk):
            if self.strict:
                value = value.force(pos)
            elif value.op is None:
                value = value.value
        if isinstance(value, str):
            self.write_string(value)
        elif isinstance(value, NixString):
            self.context.add(value.context)
            self.write_string(value.text)
        elif isinstance(value, Attrs):
            self.write_attrs(value, pos)
        elif isinstance(value, list):
            self.write_list(value, pos)
        elif value is None:
            self.parts.append("null")
        elif value is True:
            self.parts.append("true")
        elif value is False:
            self.parts.append("false")
        elif isinstance(value, int):
            self.parts.append(str(value))
        elif isinstance(value, float):
            self.parts.append(format_float_json(value))
        elif isinstance(value, Path):
            self.write_string(copy_path_to_store(value.text, self.context) if self.copy else value.text)
        else:
            where = function_position(value)
            raise TypeError_("cannot convert " + show_type(value) + " to JSON", where if where != 0 else pos)
        leave()

    def write_string(self, text: str) -> None:
        if not text.isascii() and self.bad is None:
            try:
                text.encode("latin-1").decode("utf-8")
            except UnicodeDecodeError as error:
                self.bad = not_utf8(error)
                self.bad.partial = "".join(self.parts) + '"'
        if len(text) > LONG:
            charge(len(text))  # JSON of JSON grows exponentially
        self.parts.append(self.quote(text))

    def write_attrs(self, attrs: Attrs, pos: i64) -> None:
        to_string = attrs.place("__toString")
        if to_string is not MISSING:
            made = call1(to_string, attrs, pos)
            why = "while evaluating the result of the `__toString` attribute"
            self.write_string(coerce_to_string(made, self.context, pos, why, False, False))
            return
        out_path = attrs.place("outPath")
        if out_path is not MISSING:
            self.write(out_path, attrs.position("outPath"))
            return
        parts = self.parts
        places = attrs.places()
        separator = "{"
        at = 0
        for name in attrs.names():
            parts.append(separator)
            separator = ","
            self.write_string(name)
            parts.append(":")
            try:
                place = places[at]
                if not self.strict and attrs.shows_delayed(name) and not isinstance(place, Thunk):
                    raise TypeError_("cannot convert a thunk to JSON", attrs.position(name))
                self.write(place, attrs.position(name))
            except NixError as error:
                error.add_frame(attrs.position(name), "while evaluating attribute '" + show_name(name) + "'")
                raise
            at += 1
        parts.append("}" if at else "{}")

    def write_list(self, items: list[object], pos: i64) -> None:
        parts = self.parts
        separator = "["
        at = 0
        for item in items:
            parts.append(separator)
            separator = ","
            try:
                self.write(item, pos)
            except NixError as error:
                error.add_frame(pos, "while evaluating list element at index " + str(at))
                raise
            at += 1
        parts.append("]" if at else "[]")


def not_utf8(error: UnicodeDecodeError) -> JSONSerializationError:
    begin = "JSON serialization error: [json.exception.type_error.316] "
    if error.reason == "unexpected end of data":
        return JSONSerializationError(begin + f"incomplete UTF-8 string; last byte: 0x{error.object[-1]:02X}")
    at = error.start if error.reason == "invalid start byte" else error.end
    return JSONSerializationError(begin + f"invalid UTF-8 byte at index {at}: 0x{error.object[at]:02X}")
