"""Shapes: the sorted names that sets of one literal, their images and their updates share."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.machine import SymbolOrder
from tvix_eval.vm.values import Op, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


NO_ORDER: Final[list[int]] = []


class Shape:
    """Sorted names, and where each is. Compared by identity."""

    __slots__ = (
        *("names", "size", "index", "order", "order_of", "numbered_in"),
        *("map_ops", "updates", "removals", "same_position"),
    )

    def __init__(self, names: list[str]) -> None:
        self.names: Final = names
        self.size: Final[i64] = len(names)
        self.index: dict[str, int] | None = None
        self.order = NO_ORDER
        self.order_of: SymbolOrder | None = None
        self.numbered_in: SymbolOrder | None = None  # knows all names
        self.map_ops: list[Op] | None = None  # of ``mapAttrs``
        self.updates: dict[Shape, Rearrangement] | None = None  # with sets of other shapes on the right
        self.removals: dict[tuple[str, ...], Rearrangement] | None = None  # of ``removeAttrs``
        self.same_position: dict[int, Positions] | None = None  # of sets with one position for all

    def update(self, right: Shape) -> Rearrangement | None:
        """What ``//`` does with a set of this shape and one of another, if that has been learnt."""
        updates = self.updates
        return updates.get(right) if updates is not None else None

    def find(self, name: str) -> i64:
        """The index of `name`, or -1."""
        index = self.index
        if index is None:
            index = {}
            at = 0
            for each in self.names:
                index[each] = at
                at += 1
            self.index = index
        found = index.get(name)
        if found is None:
            return -1
        return found


class Positions:
    """Positions of the attributes of a set, or of one layer of it."""

    def find(self, name: str) -> i64:
        """The position of `name`, 0 when it has none, -1 when this does not know the name."""
        raise NotImplementedError

    def add_to(self, table: dict[str, int]) -> None:
        """Put all names that this knows into `table`, with their positions."""
        raise NotImplementedError

    def is_delayed(self, name: str) -> bool:
        """Whether Nix would hold a thunk where we may already hold the value."""
        return False

    def depth(self) -> i64:
        """How many merges lie on top of each other here."""
        return 0


class Rearrangement:
    """How sets of other shapes become one of the shape `shape`: two by ``//``, one by ``removeAttrs``.

    The places of the result are at `sources` among those of the left set followed by those of the
    right. `positions` are what two sets' positions, `left` and `right`, last became: most often they
    are those of two literals, again and again.
    """

    __slots__ = ("shape", "sources", "left", "right", "positions")

    def __init__(self, shape: Shape, sources: list[int]) -> None:
        self.shape: Final = shape
        self.sources: Final = sources
        self.left: Positions | None = None
        self.right: Positions | None = None
        self.positions: Positions | None = None

    def places(self, left: list[object], right: list[object]) -> list[object]:
        """The places of the result. Where a thunk has been forced, its value."""
        result: list[object] = [None] * self.shape.size
        size: i64 = len(left)
        at: i64 = 0
        for each in self.sources:
            source: i64 = each
            if source < size:
                place = left[source]
            else:
                place = right[source - size]
            if isinstance(place, Thunk) and place.op is None:
                place = place.value
            result[at] = place
            at += 1
        return result


SHAPES: Final[dict[tuple[str, ...], Shape]] = {}
LARGEST_SHARED_SHAPE: Final = 128
MOST_SHARED_SHAPES: Final = 100_000
EMPTY_SHAPE: Final = Shape([])
NO_SHAPE: Final = Shape([])  # what a cache holds before it has met a set: no set has it
TABLE_SHAPE: Final = Shape([])  # of a set whose names are only in its table
SHAPES[()] = EMPTY_SHAPE


def shape_of(names: list[str]) -> Shape:
    """The shape with these names, which must be sorted: shared when small."""
    if len(names) > LARGEST_SHARED_SHAPE:
        return Shape(names)
    key = tuple(names)
    found = SHAPES.get(key)
    if found is None:
        if len(SHAPES) >= MOST_SHARED_SHAPES:
            forget_shapes()
        found = Shape(names)
        SHAPES[key] = found
    return found


def learn_update(left: Shape, right: Shape) -> Rearrangement:
    """Find out what ``//`` does with sets of two shapes, and keep it with the left one."""
    lower = left.names
    upper = right.names
    size = len(lower)
    names: list[str] = []
    sources: list[int] = []
    at = 0
    above = size
    for name in upper:
        while at < size and lower[at] < name:
            names.append(lower[at])
            sources.append(at)
            at += 1
        if at < size and lower[at] == name:
            at += 1
        sources.append(above)
        names.append(name)
        above += 1
    made = Rearrangement(shape_of(names + lower[at:]), sources + list(range(at, size)))
    if left.updates is None:
        left.updates = {}
    left.updates[right] = made
    return made


MOST_REMOVALS: Final = 64


def removal_of(shape: Shape, removed: list[str]) -> Rearrangement:
    """What is left of sets of a shape without these names, which need not be in it."""
    key = tuple(removed)
    removals = shape.removals
    if removals is None:
        removals = {}
        shape.removals = removals
    found = removals.get(key)
    if found is None:
        gone = set(removed)
        kept: list[str] = []
        sources: list[int] = []
        at = 0
        for name in shape.names:
            if name not in gone:
                kept.append(name)
                sources.append(at)
            at += 1
        found = Rearrangement(shape_of(kept), sources)
        if len(removals) < MOST_REMOVALS:
            removals[key] = found
    return found


def forget_shapes() -> None:
    """Share no more what was made so far. Sets may have equal shapes that are not the same: that
    costs time, where a cache knows one of them, and nothing else.
    """
    SHAPES.clear()
    SHAPES[()] = EMPTY_SHAPE
