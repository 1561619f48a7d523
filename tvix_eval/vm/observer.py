"""What is told about an evaluation while it runs: the interface of tracers, profilers, counters.

An evaluation that has an `Observer` is linked with operations that report to it (`instruments`);
one that has none is linked without, and does not pay for what it does not use.
"""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.values import Builtin, Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# What `count` is told of.
EXPRESSIONS: Final = 0  # operations linked
THUNKS: Final = 1  # operands put off
AVOIDED: Final = 2  # operands that need not be put off
LOOKUPS: Final = 3  # components of attribute paths selected
UPDATES: Final = 4  # sets that ``//`` merges
COPIED: Final = 5  # attributes copied by it
CONCATS: Final = 6
LIST_ELEMENTS: Final = 7
SETS: Final = 8
SET_ELEMENTS: Final = 9
ENVS: Final = 10
ENV_ELEMENTS: Final = 11
EVENTS: Final = 12


class Observer:
    """Told of everything, and interested in nothing: subclasses override what they want to know."""

    def enter(self, function: object, args: list[object], pos: i64) -> None:
        """A call begins, with one or more arguments. `function` may be no function; `None`: not known yet."""

    def leave(self, pos: i64) -> None:
        """The innermost call ends, or an error leaves it."""

    def apply_function(self, code: Code) -> None:
        """A lambda is applied to its argument; of a curried function, each by itself."""

    def apply_builtin(self, builtin: Builtin) -> None:
        """A builtin is applied to the last of its arguments."""

    def count(self, event: i64, amount: i64) -> None:
        """So many of what `event` says have come to be."""

    def finish(self) -> None:
        """The evaluation is over."""


class Observers(Observer):
    """Several as one."""

    def __init__(self, all_: list[Observer]) -> None:
        self.all: Final = all_

    def enter(self, function: object, args: list[object], pos: i64) -> None:
        for each in self.all:
            each.enter(function, args, pos)

    def leave(self, pos: i64) -> None:
        for each in self.all:
            each.leave(pos)

    def apply_function(self, code: Code) -> None:
        for each in self.all:
            each.apply_function(code)

    def apply_builtin(self, builtin: Builtin) -> None:
        for each in self.all:
            each.apply_builtin(builtin)

    def count(self, event: i64, amount: i64) -> None:
        for each in self.all:
            each.count(event, amount)

    def finish(self) -> None:
        for each in self.all:
            each.finish()
