"""How often each function is called, and how long it runs: what ``:profile`` of the REPL shows."""

from __future__ import annotations

import time

from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.observer import Observer
from tvix_eval.vm.values import Builtin, Closure, PartialBuiltin, PartialClosure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class FunctionTime:
    """A function, and its times in nanoseconds; `own` is without those of what it calls.

    `active`: its calls under way. Of those in each other only the outermost counts for `total`.
    """

    def __init__(self, name: str, pos: i64) -> None:
        self.name: Final = name
        self.pos: Final[i64] = pos
        self.calls: i64 = 0
        self.own: i64 = 0
        self.total: i64 = 0
        self.active: i64 = 0


class TimedCall:
    def __init__(self, function: FunctionTime, begin: i64) -> None:
        self.function: Final = function
        self.begin: Final[i64] = begin


class FunctionTimes(Observer):
    """`functions`: by name and position."""

    def __init__(self) -> None:
        self.functions: Final[dict[tuple[str, int], FunctionTime]] = {}
        self.stack: Final[list[TimedCall]] = []
        self.last: i64 = time.perf_counter_ns()

    def reset(self) -> None:
        """Forget what was measured; no call may be under way."""
        self.functions.clear()

    def enter(self, function: object, args: list[object], pos: i64) -> None:
        now = self.charge()
        name, place = identity(function)
        found = self.functions.get((name, place))
        if found is None:
            found = FunctionTime(name, place)
            self.functions[(name, place)] = found
        found.calls += 1
        found.active += 1
        self.stack.append(TimedCall(found, now))

    def leave(self, pos: i64) -> None:
        now = self.charge()
        call = self.stack.pop()
        function = call.function
        function.active -= 1
        if function.active == 0:
            function.total += now - call.begin

    def charge(self) -> i64:
        """Give the time since the last event to the function that runs; the time now."""
        now: i64 = time.perf_counter_ns()
        if self.stack:
            function = self.stack[-1].function
            function.own += now - self.last
        self.last = now
        return now


def identity(function: object) -> tuple[str, int]:
    """The name of what is called, and where it is; 0 for a builtin."""
    if isinstance(function, PartialClosure):
        function = function.closure
    if isinstance(function, Closure):
        parameter = function.code.params[0]
        return parameter.name, int(parameter.pos)
    if isinstance(function, PartialBuiltin):
        function = function.builtin
    if isinstance(function, Builtin):
        return "builtins." + function.name, 0
    if isinstance(function, Attrs):
        return "__functor", int(function.position("__functor"))
    return "", 0
