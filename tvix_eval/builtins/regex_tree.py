"""Regular expressions as trees. Each part knows how `re` writes it and how to become states."""

from __future__ import annotations

from tvix_eval.builtins.backtrack import ALTERNATE, BEGIN, END, GROUP_BEGIN, GROUP_END, REPEAT, Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_STATES: Final = 100_000
DEEPEST: Final = 150
UNLIMITED: Final = -1
ALL_BYTES: Final = frozenset([chr(code) for code in range(256)])


class BadPattern(Exception):
    """Not a regular expression."""


class PatternTooBig(Exception):
    """More states than libstdc++ allows."""


class Node:
    """A part of a pattern.

    `states`: how many states libstdc++ makes of it, about. `depth`: how far it nests, which
    is bounded, as trees are walked by recursion.
    """

    def __init__(self, states: int, depth: int) -> None:
        self.states: Final = states
        self.depth: Final = depth
        if depth > DEEPEST:
            raise PatternTooBig()

    def python(self) -> str:
        """The same for `re`."""
        raise NotImplementedError

    def nullable(self) -> bool:
        """Whether it matches the empty string."""
        return False

    def first(self) -> frozenset[str]:
        """The bytes a match can begin with."""
        return frozenset()

    def decided(self) -> bool:
        """Whether no two arms of an alternation in it can match at one place."""
        return True

    def varies(self) -> bool:
        """Whether it may match at one place in several ways."""
        return False

    def explodes(self) -> bool:
        """Whether backtracking may take a time that grows exponentially: a repetition of what varies."""
        return False

    def emit(self, program: Program, next: int) -> int:
        """Add its states, which go on to `next`; returns the first."""
        raise NotImplementedError


def deepest(nodes: list[Node]) -> int:
    return max([node.depth for node in nodes], default=0)


class Set(Node):
    """One byte out of a set."""

    def __init__(self, members: frozenset[str], text: str) -> None:
        super().__init__(1, 0)
        self.members: Final = members
        self.text: Final = text

    def python(self) -> str:
        return self.text

    def first(self) -> frozenset[str]:
        return self.members

    def emit(self, program: Program, next: int) -> int:
        return program.add_set(self.members, next)


class Anchor(Node):
    def __init__(self, at_end: bool) -> None:
        super().__init__(1, 0)
        self.at_end: Final = at_end

    def python(self) -> str:
        return r"\Z" if self.at_end else r"\A"

    def nullable(self) -> bool:
        return True

    def emit(self, program: Program, next: int) -> int:
        return program.add(END if self.at_end else BEGIN, next)


class Sequence(Node):
    def __init__(self, parts: list[Node]) -> None:
        super().__init__(1 + sum([part.states for part in parts]), deepest(parts))
        self.parts: Final = parts

    def python(self) -> str:
        return "".join([part.python() for part in self.parts])

    def nullable(self) -> bool:
        return all([part.nullable() for part in self.parts])

    def first(self) -> frozenset[str]:
        members: set[str] = set()
        for part in self.parts:
            members |= part.first()
            if not part.nullable():
                break
        return frozenset(members)

    def decided(self) -> bool:
        return all([part.decided() for part in self.parts])

    def varies(self) -> bool:
        return any([part.varies() for part in self.parts])

    def explodes(self) -> bool:
        return any([part.explodes() for part in self.parts])

    def emit(self, program: Program, next: int) -> int:
        for part in reversed(self.parts):
            next = part.emit(program, next)
        return next


class Alternation(Node):
    def __init__(self, arms: list[Node]) -> None:
        super().__init__(sum([arm.states + 2 for arm in arms]), deepest(arms) + 1)
        self.arms: Final = arms

    def python(self) -> str:
        return "(?:" + "|".join([arm.python() for arm in self.arms]) + ")"

    def nullable(self) -> bool:
        return any([arm.nullable() for arm in self.arms])

    def first(self) -> frozenset[str]:
        return frozenset().union(*[arm.first() for arm in self.arms])

    def decided(self) -> bool:
        seen: set[str] = set()
        for arm in self.arms:
            first = arm.first()
            if arm.nullable() or not seen.isdisjoint(first) or not arm.decided():
                return False
            seen |= first
        return True

    def varies(self) -> bool:
        return not self.decided() or any([arm.varies() for arm in self.arms])

    def explodes(self) -> bool:
        return any([arm.explodes() for arm in self.arms])

    def emit(self, program: Program, next: int) -> int:
        start = self.arms[0].emit(program, next)
        for arm in self.arms[1:]:
            start = program.add(ALTERNATE, arm.emit(program, next), start)
        return start


class Group(Node):
    def __init__(self, number: int, body: Node) -> None:
        super().__init__(body.states + 2, body.depth + 1)
        self.number: Final = number
        self.body: Final = body

    def python(self) -> str:
        return "(" + self.body.python() + ")"

    def nullable(self) -> bool:
        return self.body.nullable()

    def first(self) -> frozenset[str]:
        return self.body.first()

    def decided(self) -> bool:
        return self.body.decided()

    def varies(self) -> bool:
        return self.body.varies()

    def explodes(self) -> bool:
        return self.body.explodes()

    def emit(self, program: Program, next: int) -> int:
        end = program.add(GROUP_END, next, self.number)
        return program.add(GROUP_BEGIN, self.body.emit(program, end), self.number)


class Repeat(Node):
    """`body` at least `least` times, and at most `most` times unless that is `UNLIMITED`."""

    def __init__(self, body: Node, least: int, most: int) -> None:
        copies = least + 1 if most == UNLIMITED else most
        super().__init__(max(copies, 1) * (body.states + 1), body.depth + 1)
        self.body: Final = body
        self.least: Final = least
        self.most: Final = most
        if self.states > MOST_STATES:
            raise PatternTooBig()

    def python(self) -> str:
        most = "" if self.most == UNLIMITED else str(self.most)
        return f"(?:{self.body.python()}){{{self.least},{most}}}"

    def nullable(self) -> bool:
        return self.least == 0 or self.body.nullable()

    def first(self) -> frozenset[str]:
        return self.body.first()

    def decided(self) -> bool:
        return self.body.decided()

    def varies(self) -> bool:
        return self.most != self.least or self.body.varies()

    def explodes(self) -> bool:
        return self.body.varies() if self.most == UNLIMITED or self.most > 1 else self.body.explodes()

    def emit(self, program: Program, next: int) -> int:
        if self.most == UNLIMITED:
            loop = program.add(REPEAT, next)
            program.alternatives[loop] = self.body.emit(program, loop)
            next = loop
        else:
            end = next
            for _ in range(self.most - self.least):
                next = program.add(REPEAT, end, self.body.emit(program, next))
        for _ in range(self.least):
            next = self.body.emit(program, next)
        return next
