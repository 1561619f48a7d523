"""Who runs on the machine: one thread at a time, with the registers of its evaluation.

The hot code reads one set of registers (`vm.machine`). A thread that evaluates holds the
machine; it loads the registers of its evaluation when it begins and puts back what was
there when it ends, so evaluations may be nested (a host's builtin that evaluates) and may
run in several threads, one after the other, as the interpreter lock has it anyway. While a
host's function runs, the machine can be lent to others (`lend`).
"""

from __future__ import annotations

import _thread

from tvix_eval.vm.machine import POLL_INTERVAL, REGISTERS, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class Machine:
    """The lock, and the thread that has it (0: none)."""

    def __init__(self) -> None:
        self.lock: Final = _thread.allocate_lock()
        self.holder = 0

    def is_mine(self) -> bool:
        return self.holder == _thread.get_ident()

    def take(self) -> None:
        self.lock.acquire()
        self.holder = _thread.get_ident()

    def give(self) -> None:
        self.holder = 0
        self.lock.release()


MACHINE: Final = Machine()
CALLS_SHARE: Final = (5, 8)  # of the activations that a stack holds, for calls; the rest for thunks


class Saved:
    """The registers as they are, to be put back."""

    def __init__(self) -> None:
        registers = REGISTERS
        self.calls: Final = registers.calls
        self.depth: Final = registers.depth
        self.max_calls: Final = registers.max_calls
        self.max_depth: Final = registers.max_depth
        self.calls_bounded_by_stack: Final = registers.calls_bounded_by_stack
        self.show_trace: Final = registers.show_trace
        self.session: Final = registers.session

    def restore(self) -> None:
        registers = REGISTERS
        registers.calls = self.calls
        registers.depth = self.depth
        registers.max_calls = self.max_calls
        registers.max_depth = self.max_depth
        registers.calls_bounded_by_stack = self.calls_bounded_by_stack
        registers.show_trace = self.show_trace
        registers.session = self.session

    def room(self) -> int:
        """How many activations the stack has left for an evaluation inside this one."""
        return int(self.max_calls - self.calls + self.max_depth - self.depth)


def load(session: Session, activations: int, max_call_depth: int, show_trace: bool) -> None:
    """Begin an evaluation on a stack that holds so many activations."""
    registers = REGISTERS
    share, of = CALLS_SHARE
    max_calls = min(max_call_depth, activations * share // of)
    registers.calls = 0
    registers.depth = 0
    registers.max_calls = max_calls
    registers.calls_bounded_by_stack = max_calls < max_call_depth
    registers.max_depth = activations - max_calls
    registers.ticks = POLL_INTERVAL
    registers.show_trace = show_trace
    registers.session = session


def lend(function: Callable[[], object]) -> object:
    """Call a function of the host while other threads may evaluate."""
    saved = Saved()
    MACHINE.give()
    try:
        return function()
    finally:
        MACHINE.take()
        saved.restore()
