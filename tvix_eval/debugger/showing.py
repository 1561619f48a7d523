"""Values as a debugger shows them: nothing is evaluated for it."""

from __future__ import annotations

from typing import Final

from tvix_eval.debugger.frames import is_lazy, settled
from tvix_eval.errors import CLOSE, OPEN
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.show import Printer, PrintOptions, show_type

LAZY: Final = OPEN + "thunk" + CLOSE
LONGEST: Final = 200  # characters of a string


def short(place: object) -> str:
    """A place on one line, sets and lists not deeper than one level. Byte text."""
    if is_lazy(place):
        return LAZY
    printer = Printer(PrintOptions(max_depth=1, max_attrs=10, max_items=10, max_string=LONGEST))
    printer.print(settled(place), False, 0)
    return "".join(printer.parts)


def kind_of(place: object) -> str:
    """The type of a value, empty of one that is not evaluated."""
    return "" if is_lazy(place) else show_type(settled(place))


def parts(place: object) -> list[tuple[str, object]] | None:
    """What a set or list that was evaluated has inside, by name; None of anything else."""
    value = settled(place)
    if isinstance(value, Attrs):
        return list(zip(value.names(), value.places(), strict=True))
    if isinstance(value, list):
        return [(str(index), item) for index, item in enumerate(value)]
    return None
