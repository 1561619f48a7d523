"""Forcing a value and all it contains: ``deepSeq``, and strict output."""

from __future__ import annotations

from tvix_eval.errors import NO_POSITION, NixError
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.calls import function_position
from tvix_eval.vm.machine import enter, leave, session
from tvix_eval.vm.show import show_name
from tvix_eval.vm.values import Thunk


def deep_force(value: object) -> object:
    """Force `value` and, through sets and lists, what it contains; cycles are fine.

    Sets are walked in symbol order, so the first error is the one that Nix meets first. Places
    keep the thunks of lists: printers tell lists apart by them.
    Returns the forced value.
    """
    return DeepForce().force(value)


class DeepForce:
    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.kept: list[object] = []  # what `seen` identifies stays alive

    def force(self, value: object) -> object:
        enter(NO_POSITION)
        if isinstance(value, Thunk):
            value = value.force(function_position(value))
        if isinstance(value, Attrs):
            if self.is_new(value):
                self.force_attrs(value)
        elif isinstance(value, list):
            if value and self.is_new(value):
                self.force_list(value)
        leave()
        return value

    def is_new(self, value: object) -> bool:
        key = id(value)
        if key in self.seen:
            return False
        self.seen.add(key)
        self.kept.append(value)
        return True

    def force_attrs(self, attrs: Attrs) -> None:
        order = attrs.symbol_order(session().symbols)
        names = attrs.names()
        places = attrs.places()
        for at in order:
            try:
                forced = self.force(places[at])
                if not isinstance(forced, list):
                    places[at] = forced
            except NixError as error:
                name = names[at]
                error.add_frame(
                    attrs.position(name), "while evaluating the attribute '" + show_name(name) + "'"
                )
                raise
        attrs.settle()

    def force_list(self, items: list[object]) -> None:
        for at in range(len(items)):
            try:
                forced = self.force(items[at])
                if not isinstance(forced, list):
                    items[at] = forced
            except NixError as error:
                error.add_frame(NO_POSITION, "while evaluating list element at index " + str(at))
                raise
