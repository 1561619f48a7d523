"""What an editor may unfold, by number, as long as the evaluation stands still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tvix_eval.debugger.frames import is_lazy
from tvix_eval.debugger.showing import kind_of, parts, short
from tvix_eval.profiling.profile import unicode_text

Children = Callable[[], list[tuple[str, object]]]


class References:
    """Numbers are good until `clear`: 0 is nothing to unfold."""

    def __init__(self, force: Callable[[object], object]) -> None:
        self.force: Final = force
        self.children: Final[list[Children]] = []
        self.lazy: Final[set[int]] = set()

    def clear(self) -> None:
        self.children.clear()
        self.lazy.clear()

    def add(self, children: Children) -> int:
        self.children.append(children)
        return len(self.children)

    def of(self, place: object) -> int:
        """The number of a value's parts; of one that is not evaluated, of its value alone."""
        if is_lazy(place):
            number = self.add(lambda: [("", self.force(place))])
            self.lazy.add(number)
            return number
        inside = parts(place)
        return self.add(lambda: inside) if inside else 0

    def variable(self, name: str, place: object) -> dict[str, Any]:
        """A variable as the protocol has it. What is lazy is evaluated when somebody unfolds it."""
        number = self.of(place)
        shown: dict[str, Any] = {"name": unicode_text(name), "value": unicode_text(short(place))}
        shown["variablesReference"] = number
        kind = unicode_text(kind_of(place))
        if kind:
            shown["type"] = kind
        if number in self.lazy:
            shown["presentationHint"] = {"lazy": True}
        inside = parts(place)
        if inside:
            shown["namedVariables" if not isinstance(place, list) else "indexedVariables"] = len(inside)
        return shown

    def variables(self, number: int, start: int, count: int) -> list[dict[str, Any]]:
        """The parts of what has a number: all from `start` on if `count` is 0. Raises NixError, KeyError."""
        if not 0 < number <= len(self.children):
            raise KeyError(number)
        found = self.children[number - 1]()
        found = found[start : start + count] if count else found[start:]
        return [self.variable(name, place) for name, place in found]
