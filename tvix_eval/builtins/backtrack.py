"""Searching as libstdc++ does for POSIX expressions, when alternations matter.

It walks the states depth first. Of an alternation it tries both arms and keeps what ends
later; a repetition is greedy and goes no further once something was found. That is neither
Perl's rule nor wholly POSIX's.
"""

from __future__ import annotations

from tvix_eval.vm.machine import REGISTERS, native_depth_error, poll

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SET: Final = 0
BEGIN: Final = 1  # the begin of the subject
END: Final = 2
ALTERNATE: Final = 3
REPEAT: Final = 4
GROUP_BEGIN: Final = 5
GROUP_END: Final = 6
FINISH: Final = 7

NO_MEMBERS: Final[frozenset[str]] = frozenset()


class Finder:
    """Finds where a match of a pattern begins."""

    def search(self, subject: str, at: int) -> int:
        """From `at` on; -1 if there is none."""
        raise NotImplementedError


class Program:
    """States, by number. `alternatives`: the left arm, the body repeated, or the group's number."""

    def __init__(self, groups: int) -> None:
        self.groups: Final = groups
        self.start = 0
        self.kinds: Final[list[int]] = []
        self.nexts: Final[list[int]] = []
        self.alternatives: Final[list[int]] = []
        self.members: Final[list[frozenset[str]]] = []

    def add(self, kind: int, next: int, alternative: int = 0) -> int:
        self.kinds.append(kind)
        self.nexts.append(next)
        self.alternatives.append(alternative)
        self.members.append(NO_MEMBERS)
        return len(self.kinds) - 1

    def add_set(self, members: frozenset[str], next: int) -> int:
        state = self.add(SET, next)
        self.members[state] = members
        return state

    def find_all(self, finder: Finder, subject: str) -> list[list[int]]:
        """All matches. `finder` finds where to look."""
        spans: list[list[int]] = []
        at = 0
        size = len(subject)
        while at <= size:
            if spans and spans[-1][0] == spans[-1][1] == at:
                # After an empty match: one that is not, at the same place, or else go on.
                span = Run(self, subject, at, True).span()
                if span is None:
                    at += 1
                    if at > size:
                        break
            else:
                span = None
            if span is None:
                begin = finder.search(subject, at)
                if begin < 0:
                    break
                span = Run(self, subject, begin, False).span()
                if span is None:
                    break
            spans.append(span)
            at = span[1]
        return spans


class Run:
    """The search for the match at one place. `best` is the longest so far."""

    def __init__(self, program: Program, subject: str, begin: int, not_empty: bool) -> None:
        self.program: Final = program
        self.subject: Final = subject
        self.begin: Final = begin
        self.not_empty: Final = not_empty
        self.spans: Final[list[int]] = [-1] * (2 * program.groups + 2)
        self.best: list[int] | None = None
        self.found = False
        count = len(program.kinds)
        self.repeat_at: Final[list[int]] = [-1] * count  # where a repetition last began a round,
        self.repeat_count: Final[list[int]] = [0] * count  # and how many it began there

    def span(self) -> list[int] | None:
        self.walk(self.program.start, self.begin)
        return self.best

    def walk(self, state: int, at: int) -> None:
        registers = REGISTERS
        if registers.depth >= registers.max_depth:
            raise native_depth_error()
        registers.ticks -= 1
        if registers.ticks <= 0:
            poll()
        registers.depth += 1
        self.step(state, at)
        registers.depth -= 1

    def step(self, state: int, at: int) -> None:
        program = self.program
        subject = self.subject
        size = len(subject)
        while True:
            kind = program.kinds[state]
            if kind == SET:
                if at == size or subject[at] not in program.members[state]:
                    return
                at += 1
            elif kind == BEGIN:
                if at != 0:
                    return
            elif kind == END:
                if at != size:
                    return
            elif kind == ALTERNATE:
                self.walk(program.alternatives[state], at)
                found = self.found
                self.found = False
                self.walk(program.nexts[state], at)
                self.found = self.found or found
                return
            elif kind == REPEAT:
                self.repeat(state, at)
                if self.found:
                    return
            elif kind == FINISH:
                self.finish(at)
                return
            else:
                self.group(state, at, kind == GROUP_END)
                return
            state = program.nexts[state]

    def repeat(self, state: int, at: int) -> None:
        """Try one round more; at one place at most two, as an empty round changes nothing."""
        last = self.repeat_at[state]
        count = self.repeat_count[state]
        if count == 0 or last != at:
            self.repeat_at[state] = at
            self.repeat_count[state] = 1
        elif count < 2:
            self.repeat_count[state] = count + 1
        else:
            return
        self.walk(self.program.alternatives[state], at)
        self.repeat_at[state] = last
        self.repeat_count[state] = count

    def group(self, state: int, at: int, is_end: bool) -> None:
        slot = 2 * self.program.alternatives[state]
        begin = self.spans[slot]
        end = self.spans[slot + 1]
        if is_end:
            self.spans[slot + 1] = at
        else:
            self.spans[slot] = at
        self.walk(self.program.nexts[state], at)
        self.spans[slot] = begin
        self.spans[slot + 1] = end

    def finish(self, at: int) -> None:
        if self.not_empty and at == self.begin:
            return
        self.found = True
        best = self.best
        if best is None or best[1] < at:
            best = self.spans.copy()
            best[0] = self.begin
            best[1] = at
            self.best = best
