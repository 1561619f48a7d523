"""Values as people read them: in error messages, traces, ``nix eval`` and the REPL.

`show_type` and `show_value` are what messages quote. Nothing is forced unless the options
ask for it: showing a value in an error message may not fail.
"""

from __future__ import annotations

from tvix_eval.errors import CLOSE, NO_POSITION, OPEN, NixError, StackOverflowError
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.machine import REGISTERS, call_depth_error, native_depth_error
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import Builtin, Closure, Parameter, PartialBuiltin, PartialClosure, Path, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

UNLIMITED: Final = 1 << 62

RED: Final = "\x1b[31;1m"
GREEN: Final = "\x1b[32;1m"
BLUE: Final = "\x1b[34;1m"
MAGENTA: Final = "\x1b[35;1m"
CYAN: Final = "\x1b[36;1m"
FAINT: Final = "\x1b[2m"
NORMAL: Final = "\x1b[0m"

KEYWORDS: Final = frozenset(["if", "then", "else", "assert", "with", "let", "in", "rec", "inherit"])
NAME_START: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
NAME_REST: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789'-")

PRINT_ERRORS: Final = 0  # an error is shown in place of the value that caused it
RAISE_ERRORS: Final = 1
RAISE_AT_TOP: Final = 2  # only that of the outermost value


def show_type(value: object) -> str:
    """The type with its article: "a set", "the built-in function 'map'", …"""
    if isinstance(value, Thunk):
        if value.op is None:
            return show_type(value.value)
        return "a thunk" if value.env is not None else "a black hole"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, Attrs):
        return "a set"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if value is True or value is False:
        return "a Boolean"
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, float):
        return "a float"
    if isinstance(value, NixString):
        return "a string with context"
    if isinstance(value, Path):
        return "a path"
    if isinstance(value, Builtin):
        return "the built-in function '" + value.name + "'"
    if isinstance(value, PartialBuiltin):
        return "the partially applied built-in function '" + value.builtin.name + "'"
    return "a function"


def show_float(value: float) -> str:
    """As Nix prints floats nearly everywhere: C++'s default, six significant digits."""
    if value != value:
        import math

        return "nan" if math.copysign(1.0, value) > 0 else "-nan"
    return f"{value:g}"


def show_string(text: str) -> str:
    """A string literal, with no more escaped than need be."""
    if '"' in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    if "\n" in text or "\r" in text or "\t" in text:
        text = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if "${" in text:
        text = text.replace("${", "\\${")
    return '"' + text + '"'


def is_plain_name(name: str) -> bool:
    """Whether an attribute name needs no quotes."""
    if not name or name[0] not in NAME_START or name in KEYWORDS:
        return False
    for character in name:
        if character not in NAME_REST:
            return False
    return True


def show_name(name: str) -> str:
    return name if is_plain_name(name) else show_string(name)


def show_position(pos: i64) -> str:
    """``file:line:column``, or "" when there is no position."""
    session = REGISTERS.session
    if session is None:
        return ""
    position = session.sources.find(pos)
    if position is None:
        return ""
    return position.source.name + ":" + str(position.line) + ":" + str(position.column)


class PrintOptions:
    """How a value is shown.

    `force`: evaluate what is met. `derivation_paths`: with `force`, a derivation is shown by
    its path alone. `track_repeated`: a set or list that was shown is not shown again.
    `max_attrs` and `max_items` count over the whole output. `indent`: 0 for one line.
    """

    def __init__(
        self,
        colours: bool = False,
        force: bool = False,
        derivation_paths: bool = False,
        track_repeated: bool = True,
        max_depth: i64 = UNLIMITED,
        max_attrs: i64 = UNLIMITED,
        max_items: i64 = UNLIMITED,
        max_string: i64 = UNLIMITED,
        indent: i64 = 0,
        errors: i64 = PRINT_ERRORS,
    ) -> None:
        self.colours: Final = colours
        self.force: Final = force
        self.derivation_paths: Final = derivation_paths
        self.track_repeated: Final = track_repeated
        self.max_depth: Final[i64] = max_depth
        self.max_attrs: Final[i64] = max_attrs
        self.max_items: Final[i64] = max_items
        self.max_string: Final[i64] = max_string
        self.indent: Final[i64] = indent
        self.errors: Final[i64] = errors


TRACE_OPTIONS: Final = PrintOptions()
ERROR_OPTIONS: Final = PrintOptions(max_depth=10, max_attrs=10, max_items=10, max_string=1024)
COLOURED_ERROR_OPTIONS: Final = PrintOptions(
    colours=True, max_depth=10, max_attrs=10, max_items=10, max_string=1024
)


class Printer:
    """Shows one value, and has its text in `parts`."""

    def __init__(self, options: PrintOptions) -> None:
        self.options: Final = options
        self.parts: Final[list[str]] = []
        self.seen: Final[set[int]] = set()
        self.kept: Final[list[object]] = []  # what `seen` identifies stays alive
        self.attrs_shown: i64 = 0
        self.items_shown: i64 = 0
        self.margin = ""

    def write(self, text: str, colour: str) -> None:
        if self.options.colours:
            self.parts.append(colour + text + NORMAL)
        else:
            self.parts.append(text)

    def print(self, place: object, delayed: bool, depth: i64) -> None:
        """Show what a place holds. `delayed`: as a thunk, though it holds a value."""
        registers = REGISTERS
        if depth > registers.max_calls:
            raise call_depth_error(NO_POSITION)
        if registers.depth >= registers.max_depth:
            raise native_depth_error()
        registers.depth += 1
        before = registers.depth
        calls = registers.calls
        try:
            self.print_place(place, delayed, depth)
        except StackOverflowError:
            raise
        except NixError as error:
            errors = self.options.errors
            if errors == RAISE_ERRORS or (errors == RAISE_AT_TOP and depth == 0):
                raise
            registers.calls = calls
            registers.depth = before
            self.write(OPEN + "error: " + error.message + CLOSE, RED)
        registers.depth -= 1

    def print_place(self, place: object, delayed: bool, depth: i64) -> None:
        value = place
        if isinstance(value, Thunk):
            if self.options.force:
                value = value.force(NO_POSITION)
            elif value.op is None:
                value = value.value
            elif value.env is None:
                self.write(OPEN + "potential infinite recursion" + CLOSE, RED)
                return
            else:
                self.write(OPEN + "thunk" + CLOSE, MAGENTA)
                return
        elif delayed and not self.options.force:
            self.write(OPEN + "thunk" + CLOSE, MAGENTA)
            return
        if isinstance(value, str):
            self.print_string(value)
        elif isinstance(value, NixString):
            self.print_string(value.text)
        elif isinstance(value, Attrs):
            self.print_attrs(value, depth)
        elif isinstance(value, list):
            self.print_list(value, place, depth)
        elif value is None:
            self.write("null", CYAN)
        elif value is True:
            self.write("true", CYAN)
        elif value is False:
            self.write("false", CYAN)
        elif isinstance(value, int):
            self.write(str(value), CYAN)
        elif isinstance(value, float):
            self.write(show_float(value), CYAN)
        elif isinstance(value, Path):
            self.write(value.text, GREEN)
        else:
            self.write(OPEN + show_function(value) + CLOSE, BLUE)

    def print_string(self, text: str) -> None:
        limit = self.options.max_string
        if len(text) <= limit:
            self.write(show_string(text), MAGENTA)
        else:
            start = show_string(text[:limit])
            if text[limit - 1 : limit + 1] == "${":
                start = start[:-2] + '\\$"'
            if self.options.colours:
                self.parts.append(MAGENTA)
            self.parts.append(start + " ")
            self.print_elided(len(text) - limit, "byte")

    def print_elided(self, count: i64, what: str) -> None:
        plural = "" if count == 1 else "s"
        self.write(OPEN + str(count) + " " + what + plural + " elided" + CLOSE, FAINT)

    def is_repeated(self, value: object) -> bool:
        if not self.options.track_repeated:
            return False
        key = id(value)
        if isinstance(value, Attrs) and value.size() == 0:
            key = 0  # Nix has but one empty set
        if key in self.seen:
            self.write(OPEN + "repeated" + CLOSE, MAGENTA)
            return True
        self.seen.add(key)
        self.kept.append(value)
        return False

    def print_attrs(self, attrs: Attrs, depth: i64) -> None:
        if self.is_repeated(attrs):
            return
        options = self.options
        if options.force and options.derivation_paths and self.print_derivation(attrs):
            return
        if depth >= options.max_depth:
            self.parts.append("{ ... }")
            return
        size = attrs.size()
        separator = " "
        places = attrs.places()
        outer = self.margin
        if self.is_spread(places):
            self.margin = outer + " " * int(options.indent)
            separator = "\n" + self.margin
        self.parts.append("{")
        names = attrs.names()
        order = important_first(names) if options.max_attrs != UNLIMITED else list(range(size))
        shown: i64 = 0
        for at in order:
            self.parts.append(separator)
            if self.attrs_shown >= options.max_attrs:
                self.print_elided(size - shown, "attribute")
                break
            name = names[at]
            self.parts.append(show_name(name) + " = ")
            self.print(places[at], attrs.shows_delayed(name), depth + 1)
            self.parts.append(";")
            self.attrs_shown += 1
            shown += 1
        self.close("}", separator, outer)

    def print_list(self, items: list[object], place: object, depth: i64) -> None:
        """Show the list in `place`, by which Nix knows it."""
        if items and self.is_repeated(place):
            return
        options = self.options
        if depth >= options.max_depth:
            self.parts.append("[ ... ]")
            return
        separator = " "
        outer = self.margin
        if self.is_spread(items):
            self.margin = outer + " " * int(options.indent)
            separator = "\n" + self.margin
        self.parts.append("[")
        shown: i64 = 0
        for item in items:
            self.parts.append(separator)
            if self.items_shown >= options.max_items:
                self.print_elided(len(items) - shown, "item")
                break
            self.print(item, False, depth + 1)
            self.items_shown += 1
            shown += 1
        self.close("]", separator, outer)

    def close(self, bracket: str, separator: str, outer: str) -> None:
        self.margin = outer
        self.parts.append(" " if separator == " " else "\n" + outer)
        self.parts.append(bracket)

    def is_spread(self, places: list[object]) -> bool:
        """Whether a set or list goes over several lines: if indented, and not just one atom."""
        if self.options.indent == 0 or not places:
            return False
        if len(places) > 1:
            return True
        item = places[0]
        if isinstance(item, Thunk):
            item = item.force(NO_POSITION)
        return isinstance(item, Attrs) or isinstance(item, list)

    def print_derivation(self, attrs: Attrs) -> bool:
        """Show a derivation by its path; False if this is none."""
        if string_text(attrs.get("type", NO_POSITION)) != "derivation":
            return False
        path = string_text(attrs.get("drvPath", NO_POSITION))
        self.write(OPEN + "derivation" + ("" if path is None else " " + path) + CLOSE, GREEN)
        return True


def string_text(value: object) -> str | None:
    if isinstance(value, NixString):
        return value.text
    return value if isinstance(value, str) else None


def important_first(names: list[str]) -> list[int]:
    """Indexes of sorted names, those that say what a set is before the others."""
    important: list[int] = []
    others: list[int] = []
    for at in range(len(names)):
        name = names[at]
        if name == "type" or name == "_type":
            important.append(at)
        else:
            others.append(at)
    return important + others


def show_function(value: object) -> str:
    if isinstance(value, Closure):
        return show_lambda(value.code.params[0])
    if isinstance(value, PartialClosure):
        return show_lambda(value.closure.code.params[len(value.args)])
    if isinstance(value, Builtin):
        return "primop " + value.name
    if isinstance(value, PartialBuiltin):
        return "partially applied primop " + value.builtin.name
    return "unknown"


def show_lambda(parameter: Parameter) -> str:
    text = "lambda"
    if parameter.name:
        text += " " + parameter.name
    return text + " @ " + show_position(parameter.pos)


def show(value: object, options: PrintOptions) -> str:
    printer = Printer(options)
    printer.print(value, False, 0)
    return "".join(printer.parts)


def show_value(value: object) -> str:
    """As error messages quote a value: nothing is forced, and what is big is cut short."""
    session = REGISTERS.session
    coloured = session is not None and session.colours
    return show(value, COLOURED_ERROR_OPTIONS if coloured else ERROR_OPTIONS)
