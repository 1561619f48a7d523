"""Where the attributes of a set were defined, kept apart from their values.

Most sets take over what their literal knows; ``//`` only notes what it merged. A lookup is
made when an error is shown or when a program asks.
"""

from __future__ import annotations

from tvix_eval.errors import NO_POSITION
from tvix_eval.hints import i64
from tvix_eval.vm.shapes import Positions, Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class LiteralPositions(Positions):
    """Of a set literal: one object for all sets it makes.

    `delayed[i]`: Nix would hold a thunk in place i of a new set, where we may already hold
    the value because it cost nothing: a lazy printer should not show it.
    """

    def __init__(self, shape: Shape, positions: list[int], delayed: list[bool]) -> None:
        self.shape: Final = shape
        self.positions: Final = positions
        self.delayed: Final = delayed
        self.settled_twin: LiteralPositions | None = None

    def settled(self) -> LiteralPositions:
        """The same for a set whose attributes have all been forced."""
        twin = self.settled_twin
        if twin is None:
            twin = LiteralPositions(self.shape, self.positions, [False] * self.shape.size)
            twin.settled_twin = twin
            self.settled_twin = twin
        return twin

    def settled_but(self, name: str) -> LiteralPositions:
        """The same for a set one of whose attributes has been forced."""
        delayed = self.delayed.copy()
        at = self.shape.find(name)
        if at >= 0:
            delayed[at] = False
        return LiteralPositions(self.shape, self.positions, delayed)

    def find(self, name: str) -> i64:
        at = self.shape.find(name)
        if at < 0:
            return -1
        return self.positions[at]

    def add_to(self, table: dict[str, int]) -> None:
        at = 0
        for name in self.shape.names:
            table[name] = self.positions[at]
            at += 1

    def is_delayed(self, name: str) -> bool:
        at = self.shape.find(name)
        return at >= 0 and self.delayed[at]


class TablePositions(Positions):
    """Of each name its own."""

    def __init__(self, table: dict[str, int]) -> None:
        self.table: Final = table

    def find(self, name: str) -> i64:
        found = self.table.get(name)
        if found is None:
            return -1
        return found

    def add_to(self, table: dict[str, int]) -> None:
        table.update(self.table)


class OnePosition(Positions):
    """Of a set with one attribute."""

    def __init__(self, name: str, pos: i64) -> None:
        self.name: Final = name
        self.pos: Final[i64] = pos

    def find(self, name: str) -> i64:
        return self.pos if name == self.name else -1

    def add_to(self, table: dict[str, int]) -> None:
        table[self.name] = self.pos


class SamePosition(Positions):
    """One for all names, which are those of `shape`, or of `table` if that is there.

    `delayed`: as in `LiteralPositions`, for all.
    """

    def __init__(self, shape: Shape, table: dict[str, object] | None, pos: i64, delayed: bool) -> None:
        self.shape: Final = shape
        self.table: Final = table
        self.pos: Final[i64] = pos
        self.delayed: Final = delayed

    def has(self, name: str) -> bool:
        table = self.table
        if table is not None:
            return name in table
        return self.shape.find(name) >= 0

    def find(self, name: str) -> i64:
        return self.pos if self.has(name) else -1

    def add_to(self, table: dict[str, int]) -> None:
        names = self.table
        if names is not None:
            table.update(dict.fromkeys(names, int(self.pos)))
        else:
            table.update(dict.fromkeys(self.shape.names, int(self.pos)))

    def is_delayed(self, name: str) -> bool:
        return self.delayed and self.has(name)


class ShapeWithoutPositions(Positions):
    """Of a shaped set whose attributes have none, on the right of ``//``."""

    def __init__(self, shape: Shape) -> None:
        self.shape: Final = shape

    def find(self, name: str) -> i64:
        return NO_POSITION if self.shape.find(name) >= 0 else -1

    def add_to(self, table: dict[str, int]) -> None:
        for name in self.shape.names:
            table[name] = 0


class SomePositions(Positions):
    """Of a set that has some of the names of another, whose positions are `all`.

    The names are those of `shape`, or of `table` if that is there.
    """

    def __init__(self, all: Positions, shape: Shape, table: dict[str, object] | None) -> None:
        self.all: Final[Positions] = all.all if isinstance(all, SomePositions) else all
        self.shape: Final = shape
        self.table: Final = table

    def has(self, name: str) -> bool:
        table = self.table
        if table is not None:
            return name in table
        return self.shape.find(name) >= 0

    def find(self, name: str) -> i64:
        return self.all.find(name) if self.has(name) else -1

    def add_to(self, table: dict[str, int]) -> None:
        known: dict[str, int] = {}
        self.all.add_to(known)
        for name, pos in known.items():
            if self.has(name):
                table[name] = pos

    def is_delayed(self, name: str) -> bool:
        return self.has(name) and self.all.is_delayed(name)

    def depth(self) -> i64:
        return self.all.depth()


def some_positions(
    all: Positions | None, shape: Shape, table: dict[str, object] | None = None
) -> Positions | None:
    return None if all is None else SomePositions(all, shape, table)


def of_shape(positions: Positions | None, shape: Shape) -> Positions | None:
    """The positions of a table that has become shaped: they hold on to the table no more."""
    if isinstance(positions, SamePosition):
        key = 2 * positions.pos + (1 if positions.delayed else 0)
        known = shape.same_position
        if known is None:
            known = {}
            shape.same_position = known
        found = known.get(key)
        if found is None:
            found = SamePosition(shape, None, positions.pos, positions.delayed)
            known[key] = found
        return found
    if isinstance(positions, SomePositions):
        return SomePositions(positions.all, shape, None)
    return positions


MOST_MERGES: Final = 64


class MergedPositions(Positions):
    """Of ``left // right``. Made by `merge` only, which bounds the depth."""

    def __init__(self, right: Positions, left: Positions | None, levels: i64) -> None:
        self.right: Final = right
        self.left: Final = left
        self.levels: Final[i64] = levels

    def find(self, name: str) -> i64:
        found = self.right.find(name)
        if found >= 0:
            return found
        left = self.left
        if left is None:
            return -1
        return left.find(name)

    def add_to(self, table: dict[str, int]) -> None:
        left = self.left
        if left is not None:
            left.add_to(table)
        self.right.add_to(table)

    def is_delayed(self, name: str) -> bool:
        right = self.right
        if right.find(name) >= 0:
            return right.is_delayed(name)
        left = self.left
        return left is not None and left.is_delayed(name)

    def depth(self) -> i64:
        return self.levels


def merge(left: Positions | None, right: Positions) -> Positions:
    """Positions of ``left // right``."""
    if left is None or left is right:
        return right
    if isinstance(left, MergedPositions) and left.right is right:
        return left
    levels = max(left.depth(), right.depth()) + 1
    if levels <= MOST_MERGES:
        return MergedPositions(right, left, levels)
    table: dict[str, int] = {}
    left.add_to(table)
    right.add_to(table)
    return TablePositions(table)
