"""``eval-profiler = flamegraph``: which calls were under way, looked at so many times a second.

A line for each stack that was seen, the outermost call first, and how often it was: the folded
format that makes flame graphs.
"""

from __future__ import annotations

import os
import time

from tvix_eval.errors import NixError
from tvix_eval.hints import i64
from tvix_eval.observers.positions import position_text
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.force import force_attrs, force_string_no_context
from tvix_eval.vm.observer import Observer
from tvix_eval.vm.values import MISSING, Builtin, Closure, PartialBuiltin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SECOND: Final = 1_000_000_000  # in nanoseconds
BETWEEN_WRITES: Final = 2 * SECOND


class StackFrame:
    """A call: where it is, and what is called. A builtin may do without a position."""

    def __init__(self, pos: i64, name: str, is_builtin: bool) -> None:
        self.pos: Final[i64] = pos
        self.name: Final = name
        self.is_builtin: Final = is_builtin

    def text(self) -> str:
        if self.is_builtin and self.pos == 0:
            return self.name
        return position_text(self.pos) + (":" + self.name if self.name else "")


class FlameGraph(Observer):
    """Writes to the file `path`. `frequency`: samples a second, 0 for one at each call.

    Raises NixError when the file can't be opened.
    """

    def __init__(self, path: str, frequency: int) -> None:
        self.interval: Final = SECOND // frequency if frequency > 0 else 0
        self.stack: Final[list[StackFrame]] = []
        self.samples: Final[dict[str, int]] = {}
        self.last_sample = time.monotonic_ns()
        self.last_write = self.last_sample
        try:
            self.handle: Final = os.open(path.encode("latin-1"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660)
        except OSError as error:
            raise NixError('opening file "' + path + '": ' + os.strerror(error.errno or 0)) from None

    def enter(self, function: object, args: list[object], pos: i64) -> None:
        self.stack.append(stack_frame(function, args, pos))
        now = time.monotonic_ns()
        if now - self.last_sample > self.interval:
            stack = ";".join([each.text() for each in self.stack])
            self.samples[stack] = self.samples.get(stack, 0) + 1
            self.last_sample = now
        if now - self.last_write >= BETWEEN_WRITES:
            self.write()
            self.last_write = time.monotonic_ns()

    def leave(self, pos: i64) -> None:
        self.stack.pop()

    def finish(self) -> None:
        self.write()
        os.close(self.handle)

    def write(self) -> None:
        lines = [stack + " " + str(count) + "\n" for stack, count in self.samples.items()]
        self.samples.clear()
        left = memoryview("".join(lines).encode("latin-1"))
        while left:
            written = os.write(self.handle, left)
            left = left[written:]


def stack_frame(function: object, args: list[object], pos: i64) -> StackFrame:
    if isinstance(function, Closure):
        parameter = function.code.params[0]
        return StackFrame(pos if pos != 0 else parameter.pos, parameter.name, False)
    if isinstance(function, Builtin):
        return StackFrame(pos, "primop " + function.name + derivation_name(function, args), True)
    if isinstance(function, PartialBuiltin):
        return StackFrame(pos, "primop " + function.builtin.name, True)
    if isinstance(function, Attrs) and function.has("__functor"):
        return StackFrame(pos if pos != 0 else function.position("__functor"), "functor", False)
    return StackFrame(pos, "", False)


def derivation_name(builtin: Builtin, args: list[object]) -> str:
    """Which derivation is made; nothing where that is an error, which whoever makes it will find."""
    if builtin.name != "derivationStrict":
        return ""
    try:
        name = force_attrs(args[0], 0, "").get("name", 0)
        return "" if name is MISSING else ":" + force_string_no_context(name, 0, "")
    except NixError:
        return ""
