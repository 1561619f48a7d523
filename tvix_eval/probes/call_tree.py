"""A tree of calls: what a profile is, whatever measured it.

A node is a function called by what the node above it calls. Times are nanoseconds.
"""

from __future__ import annotations

import time

from tvix_eval.hints import i64
from tvix_eval.observers.flame_graph import derivation_name
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.observer import Observer
from tvix_eval.vm.values import Builtin, Closure, PartialBuiltin, PartialClosure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class CallNode:
    """`pos`: where it is called, or else defined; 0 for a builtin called by nobody known.

    `own` is the time spent in it and in nothing that it calls; `count` its calls, or samples.
    """

    def __init__(self, name: str, pos: i64) -> None:
        self.name: Final = name
        self.pos: Final[i64] = pos
        self.own: i64 = 0
        self.count: i64 = 0
        self.children: Final[dict[tuple[str, int], CallNode]] = {}

    def child(self, name: str, pos: i64) -> CallNode:
        key = (name, int(pos))
        found = self.children.get(key)
        if found is None:
            found = CallNode(name, pos)
            self.children[key] = found
        return found


class CallTree(Observer):
    """Exact: every call is counted, and the time between two events is that of the innermost call."""

    def __init__(self) -> None:
        self.root: Final = CallNode("", 0)
        self.stack: Final[list[CallNode]] = [self.root]
        self.last: i64 = time.perf_counter_ns()

    def enter(self, function: object, args: list[object], pos: i64) -> None:
        name, place = called(function, args, pos)
        self.charge()
        node = self.stack[-1].child(name, place)
        node.count += 1
        self.stack.append(node)

    def leave(self, pos: i64) -> None:
        self.charge()
        self.stack.pop()

    def finish(self) -> None:
        self.charge()

    def charge(self) -> None:
        now: i64 = time.perf_counter_ns()
        node = self.stack[-1]
        node.own += now - self.last
        self.last = now


def called(function: object, args: list[object], pos: i64) -> tuple[str, i64]:
    """The name of what is called, and where that happens."""
    if isinstance(function, PartialClosure):
        function = function.closure
    if isinstance(function, Closure):
        parameter = function.code.params[0]
        return parameter.name, pos if pos != 0 else parameter.pos
    if isinstance(function, Builtin):
        return "primop " + function.name + derivation_name(function, args), pos
    if isinstance(function, PartialBuiltin):
        return "primop " + function.builtin.name, pos
    if isinstance(function, Attrs) and function.has("__functor"):
        return "functor", pos if pos != 0 else function.position("__functor")
    return "", pos
