"""How often things happen: for ``NIX_SHOW_STATS`` and ``NIX_COUNT_CALLS``."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.observer import EVENTS, Observer
from tvix_eval.vm.values import Builtin, Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class FunctionCount:
    """A lambda: its name, where it is, and how often it was applied."""

    def __init__(self, name: str, pos: i64) -> None:
        self.name: Final = name
        self.pos: Final[i64] = pos
        self.count = 0


class Counters(Observer):
    """`events` by number (see `observer`); builtins by name, and lambdas by position."""

    def __init__(self) -> None:
        self.events: Final[list[int]] = [0] * EVENTS
        self.builtins: Final[dict[str, int]] = {}
        self.functions: Final[dict[int, FunctionCount]] = {}

    def apply_function(self, code: Code) -> None:
        parameter = code.params[0]
        found = self.functions.get(parameter.pos)
        if found is None:
            found = FunctionCount(parameter.name, parameter.pos)
            self.functions[parameter.pos] = found
        found.count += 1

    def apply_builtin(self, builtin: Builtin) -> None:
        self.builtins[builtin.name] = self.builtins.get(builtin.name, 0) + 1

    def count(self, event: i64, amount: i64) -> None:
        self.events[event] += amount
