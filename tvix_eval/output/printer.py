"""The output of ``nix-instantiate --eval``: nearly Nix syntax, ambiguous where it is not."""

from __future__ import annotations

from tvix_eval.errors import CLOSE, NO_POSITION, OPEN
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.machine import REGISTERS, call_depth_error, native_depth_error
from tvix_eval.vm.show import show_float, show_name, show_string
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import Builtin, PartialBuiltin, Path, Thunk


def print_value(value: object) -> str:
    """The text of a value as it is: what is not evaluated is ``<CODE>``.

    A set or list that was already printed is ``«repeated»``. To print all of a value, force
    it deeply first. Raises StackOverflowError.
    """
    printer = ValuePrinter()
    printer.print(value, False, 0)
    return "".join(printer.parts)


class ValuePrinter:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.seen: set[int] = set()

    def print(self, value: object, delayed: bool, depth: i64) -> None:
        """Print what a place holds. `delayed`: as if not evaluated."""
        registers = REGISTERS
        if depth > registers.max_calls:
            raise call_depth_error(NO_POSITION)
        parts = self.parts
        place = value
        if isinstance(value, Thunk):
            if value.op is not None:
                parts.append(
                    "<CODE>" if value.env is not None else OPEN + "potential infinite recursion" + CLOSE
                )
                return
            value = value.value
        elif delayed:
            parts.append("<CODE>")
            return
        if isinstance(value, str):
            parts.append(show_string(value))
        elif isinstance(value, NixString):
            parts.append(show_string(value.text))
        elif isinstance(value, Attrs) or isinstance(value, list):
            if registers.depth >= registers.max_depth:
                raise native_depth_error()
            registers.depth += 1
            if isinstance(value, Attrs):
                self.print_attrs(value, depth)
            else:
                self.print_list(value, place, depth)
            registers.depth -= 1
        elif value is None:
            parts.append("null")
        elif value is True:
            parts.append("true")
        elif value is False:
            parts.append("false")
        elif isinstance(value, int):
            parts.append(str(value))
        elif isinstance(value, float):
            parts.append(show_float(value))
        elif isinstance(value, Path):
            parts.append(value.text)
        elif isinstance(value, Builtin):
            parts.append("<PRIMOP>")
        elif isinstance(value, PartialBuiltin):
            parts.append("<PRIMOP-APP>")
        else:
            parts.append("<LAMBDA>")

    def print_attrs(self, attrs: Attrs, depth: i64) -> None:
        places = attrs.places()
        if places:
            if id(attrs) in self.seen:
                self.parts.append(OPEN + "repeated" + CLOSE)
                return
            self.seen.add(id(attrs))
        self.parts.append("{ ")
        at = 0
        for name in attrs.names():
            self.parts.append(show_name(name) + " = ")
            self.print(places[at], attrs.shows_delayed(name), depth + 1)
            self.parts.append("; ")
            at += 1
        self.parts.append("}")

    def print_list(self, items: list[object], place: object, depth: i64) -> None:
        """Print what is in `place`. Nix knows a list by its place, and that of the outermost is new."""
        if items and depth > 0:
            if id(place) in self.seen:
                self.parts.append(OPEN + "repeated" + CLOSE)
                return
            self.seen.add(id(place))
        self.parts.append("[ ")
        for item in items:
            self.print(item, False, depth + 1)
            self.parts.append(" ")
        self.parts.append("]")
