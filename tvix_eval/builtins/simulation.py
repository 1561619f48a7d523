"""Whether a regular expression matches, in bounded time.

Backtracking may need forever to find that a pattern such as ``(a*)*b`` does not match. All
states that a match could be in are followed side by side here; what the groups are is for
others to find, once it is known that there is a match.
"""

from __future__ import annotations

from tvix_eval.builtins.backtrack import ALTERNATE, BEGIN, END, FINISH, REPEAT, SET, Finder, Program
from tvix_eval.vm.machine import REGISTERS, poll

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Simulation(Finder):
    """Follows the states of a program.

    `waiting`: the states that want a byte at the place reached. `entered`: for each state,
    the last round in which it was reached.
    """

    def __init__(self, program: Program) -> None:
        self.program: Final = program
        self.entered: Final[list[int]] = [0] * len(program.kinds)
        self.round = 0
        self.waiting: list[int] = []
        self.finished = False

    def search(self, subject: str, at: int) -> int:
        for begin in range(at, len(subject) + 1):
            if self.matches(subject, begin, False):
                return begin
        return -1

    def matches(self, subject: str, begin: int, whole: bool) -> bool:
        """Whether there is a match from `begin` on: to the end if `whole`, else to anywhere."""
        members = self.program.members
        nexts = self.program.nexts
        registers = REGISTERS
        size = len(subject)
        at = begin
        self.enter([self.program.start], at == 0, at == size)
        while at < size and self.waiting and (whole or not self.finished):
            registers.ticks -= len(self.waiting)
            if registers.ticks <= 0:
                poll()
            byte = subject[at]
            at += 1
            reached = [nexts[state] for state in self.waiting if byte in members[state]]
            self.enter(reached, False, at == size)
        return self.finished and (at == size or not whole)

    def enter(self, pending: list[int], at_begin: bool, at_end: bool) -> None:
        """Be in these states, and in all that are reached from them without a byte."""
        program = self.program
        entered = self.entered
        self.round += 1
        current = self.round
        waiting: list[int] = []
        self.finished = False
        while pending:
            state = pending.pop()
            if entered[state] == current:
                continue
            entered[state] = current
            kind = program.kinds[state]
            if kind == SET:
                waiting.append(state)
            elif kind == FINISH:
                self.finished = True
            elif (kind != BEGIN or at_begin) and (kind != END or at_end):
                pending.append(program.nexts[state])
                if kind == ALTERNATE or kind == REPEAT:
                    pending.append(program.alternatives[state])
        self.waiting = waiting
