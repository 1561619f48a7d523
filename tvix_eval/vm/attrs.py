"""Attribute sets.

Three representations, chosen by how a set came to be (measured in docs/performance.md):

* *shaped*: a `Shape` (the sorted names, shared by all sets of one literal and their images
  under ``mapAttrs``) and the values in that order. An operation that has met the shape
  before finds a value by index.
* *table*: a dict, for sets with names known only at run time, and for ``//``. The sorted
  names are computed when somebody asks, and kept.
* *layered*: a small set on top of a big `base`, for ``big // small``. Layers are merged so
  that their sizes stay geometric: a chain of updates costs logarithmic, not quadratic, time.

Names have two orders: sorted (what is shown), and of first appearance (`symbol_order`).
"""

from __future__ import annotations

from mypy_extensions import i64

from tvix_eval.errors import NO_POSITION
from tvix_eval.vm.machine import SymbolOrder
from tvix_eval.vm.values import MISSING, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Shape:
    """Sorted names, and where each is. Compared by identity."""

    __slots__ = ("names", "size", "index", "order", "order_of")

    def __init__(self, names: list[str]) -> None:
        self.names: Final = names
        self.size: Final[i64] = len(names)
        self.index: dict[str, int] | None = None
        self.order: list[int] = []
        self.order_of: SymbolOrder | None = None

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


SHAPES: Final[dict[tuple[str, ...], Shape]] = {}
LARGEST_SHARED_SHAPE: Final = 24
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
        found = Shape(names)
        SHAPES[key] = found
    return found


class Positions:
    """Where the attributes of a set were defined."""

    def find(self, name: str) -> i64:
        """The position of `name`, 0 when it has none, -1 when this does not know the name."""
        raise NotImplementedError

    def depth(self) -> i64:
        """How many merges lie on top of each other here."""
        return 0


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


class TablePositions(Positions):
    def __init__(self, table: dict[str, int]) -> None:
        self.table: Final = table

    def find(self, name: str) -> i64:
        found = self.table.get(name)
        if found is None:
            return -1
        return found


class OnePosition(Positions):
    """Of a set with one attribute."""

    def __init__(self, name: str, pos: i64) -> None:
        self.name: Final = name
        self.pos: Final[i64] = pos

    def find(self, name: str) -> i64:
        return self.pos if name == self.name else -1


class NoPositions(Positions):
    """Of a set whose attributes have none, on the right of ``//``."""

    def __init__(self, attrs: Attrs) -> None:
        self.attrs: Final = attrs

    def find(self, name: str) -> i64:
        return NO_POSITION if self.attrs.has(name) else -1


class MergedPositions(Positions):
    """Of ``left // right``."""

    def __init__(self, right: Positions, left: Positions | None, depth: i64) -> None:
        self.right: Final = right
        self.left: Final = left
        self.levels: Final[i64] = depth

    def find(self, name: str) -> i64:
        found = self.right.find(name)
        if found >= 0:
            return found
        left = self.left
        if left is None:
            return -1
        return left.find(name)

    def depth(self) -> i64:
        return self.levels


MOST_MERGES: Final = 12


def merge_positions(left: Positions | None, right: Positions | None, right_set: Attrs) -> Positions | None:
    """Positions of ``left // right``; None when nothing has any."""
    if right is None:
        if left is None:
            return None
        right = NoPositions(right_set)
    if left is None:
        return MergedPositions(right, None, right.depth() + 1)
    if left is right:
        return left
    if isinstance(left, MergedPositions) and left.right is right:
        return left
    return MergedPositions(right, left, max(left.depth(), right.depth()) + 1)


EMPTY_VALUES: Final[list[object]] = []


class Attrs:
    """An attribute set. Immutable but for its caches and for places being forced.

    Shaped: `table` is None. Table: `shape` is `TABLE_SHAPE` and `values` empty until the
    sorted names are asked for. Layered: `base` is what shows through the other fields.
    `positions` speaks of the top layer only; None means that nothing in it has one.
    """

    __slots__ = ("shape", "values", "table", "base", "positions")

    def __init__(
        self,
        shape: Shape,
        values: list[object],
        table: dict[str, object] | None,
        positions: Positions | None,
    ) -> None:
        self.shape = shape
        self.values = values
        self.table = table
        self.base: Attrs | None = None
        self.positions = positions

    def get(self, name: str, pos: i64) -> object:
        """The forced value of an attribute, or `MISSING`."""
        layer: Attrs = self
        while True:
            table = layer.table
            if table is not None:
                value = table.get(name, MISSING)
                if value is not MISSING:
                    if isinstance(value, Thunk):
                        value = value.force(pos)
                        table[name] = value
                    return value
            else:
                at = layer.shape.find(name)
                if at >= 0:
                    value = layer.values[at]
                    if isinstance(value, Thunk):
                        value = value.force(pos)
                        layer.values[at] = value
                    return value
            base = layer.base
            if base is None:
                return MISSING
            layer = base

    def place(self, name: str) -> object:
        """What the place of an attribute holds, unforced, or `MISSING`."""
        layer: Attrs = self
        while True:
            table = layer.table
            if table is not None:
                value = table.get(name, MISSING)
                if value is not MISSING:
                    return value
            else:
                at = layer.shape.find(name)
                if at >= 0:
                    return layer.values[at]
            base = layer.base
            if base is None:
                return MISSING
            layer = base

    def has(self, name: str) -> bool:
        layer: Attrs = self
        while True:
            table = layer.table
            if table is not None:
                if name in table:
                    return True
            elif layer.shape.find(name) >= 0:
                return True
            base = layer.base
            if base is None:
                return False
            layer = base

    def to_table(self) -> dict[str, object]:
        """A new dict of all attributes, the caller's own."""
        base = self.base
        if base is None:
            table = self.table
            if table is not None:
                return table.copy()
            result: dict[str, object] = {}
        else:
            result = base.to_table()
        self.add_to(result)
        return result

    def add_to(self, table: dict[str, object]) -> None:
        """Put the attributes of the top layer into `table`."""
        mine = self.table
        if mine is not None:
            table.update(mine)
        else:
            at: i64 = 0
            values = self.values
            for name in self.shape.names:
                table[name] = values[at]
                at += 1

    def top_size(self) -> i64:
        table = self.table
        if table is not None:
            return len(table)
        return self.shape.size

    def size(self) -> i64:
        if self.base is not None:
            self.flatten()
        return self.top_size()

    def flatten(self) -> None:
        """Make one layer of all, in place."""
        if self.base is not None:
            positions = layered_positions(self)
            self.table = self.to_table()
            self.shape = TABLE_SHAPE
            self.values = EMPTY_VALUES
            self.base = None
            self.positions = positions

    def sort(self) -> None:
        """See to it that `shape` has the sorted names and `values` the places in that order."""
        if self.base is not None:
            self.flatten()
        if self.shape is TABLE_SHAPE:
            table = self.table
            assert table is not None
            names = sorted(table)
            self.values = [table[name] for name in names]
            self.shape = Shape(names)

    def names(self) -> list[str]:
        """All names, sorted. Not to be changed."""
        self.sort()
        return self.shape.names

    def places(self) -> list[object]:
        """All places, in the order of `names`. Not to be changed but by forcing."""
        self.sort()
        return self.values

    def position(self, name: str) -> i64:
        """Where an attribute was defined; 0 when that is not known."""
        layer: Attrs = self
        while True:
            table = layer.table
            if (name in table) if table is not None else (layer.shape.find(name) >= 0):
                positions = layer.positions
                if positions is None:
                    return NO_POSITION
                found = positions.find(name)
                return found if found > 0 else NO_POSITION
            base = layer.base
            if base is None:
                return NO_POSITION
            layer = base

    def symbol_order(self, symbols: SymbolOrder) -> list[int]:
        """Indexes into `names` in the order in which Nix walks the set."""
        self.sort()
        shape = self.shape
        if shape.order_of is not symbols:
            keyed: list[tuple[int, int]] = []
            at = 0
            for name in shape.names:
                keyed.append((symbols.number(name), at))
                at += 1
            keyed.sort()
            shape.order = [pair[1] for pair in keyed]
            shape.order_of = symbols
        return shape.order

    def settle(self) -> None:
        """Note that all attributes have been forced."""
        positions = self.positions
        if isinstance(positions, LiteralPositions):
            self.positions = positions.settled()

    def shows_delayed(self, name: str) -> bool:
        """Whether Nix would still hold a thunk where we may hold a value (see `LiteralPositions`)."""
        positions = self.positions
        if isinstance(positions, LiteralPositions):
            at = positions.shape.find(name)
            return at >= 0 and positions.delayed[at]
        return False


EMPTY_ATTRS: Final = Attrs(EMPTY_SHAPE, EMPTY_VALUES, None, None)


def layered_positions(attrs: Attrs) -> Positions | None:
    """The positions of all layers as of one."""
    base = attrs.base
    if base is None:
        return attrs.positions
    below = layered_positions(base)
    top = attrs.positions
    if top is None:
        if below is None:
            return None
        top = NoPositions(one_layer(attrs))
    return MergedPositions(top, below, 0)


def one_layer(attrs: Attrs) -> Attrs:
    return Attrs(attrs.shape, attrs.values, attrs.table, attrs.positions)


def from_sorted(names: list[str], values: list[object], positions: Positions | None = None) -> Attrs:
    """The set of these names, which must be sorted and unique, and the places in their order."""
    return Attrs(shape_of(names), values, None, positions)


def from_table(table: dict[str, object], positions: Positions | None = None) -> Attrs:
    """The set of a dict, which becomes the set's own."""
    return Attrs(TABLE_SHAPE, EMPTY_VALUES, table, positions)


def update(left: Attrs, right: Attrs) -> Attrs:
    """``left // right``."""
    if right.base is not None:
        right.flatten()
    size = right.top_size()
    if size == 0:
        return left
    base = left.base
    if base is None:
        left_size = left.top_size()
        if left_size == 0:
            return right
        if left_size <= 40 or size * 4 > left_size:
            return merged(left, right)
    # Merge the top layers that are not much bigger than what comes on top of them.
    top = right
    low: Attrs = left
    while base is not None and low.top_size() <= 2 * size:
        top = merged(one_layer(low), top)
        size = top.top_size()
        low = base
        base = low.base
    if base is None and size * 4 > low.top_size():
        return merged(low, top)
    result = Attrs(top.shape, top.values, top.table, top.positions)
    result.base = low
    return result


def merged(left: Attrs, right: Attrs) -> Attrs:
    """One layer of two."""
    table = left.to_table()
    right.add_to(table)
    positions: Positions | None
    left_positions = left.positions
    if isinstance(left_positions, TablePositions):
        positions = TablePositions(left_positions.table | position_table(right))
    else:
        positions = merge_positions(left_positions, right.positions, right)
        if positions is not None and positions.depth() > MOST_MERGES:
            positions = TablePositions(position_table(left) | position_table(right))
    return Attrs(TABLE_SHAPE, EMPTY_VALUES, table, positions)


def position_table(attrs: Attrs) -> dict[str, int]:
    """The positions of a layer as a dict; 0 for a name that has none."""
    positions = attrs.positions
    if isinstance(positions, TablePositions):
        return positions.table
    if isinstance(positions, OnePosition):
        return {positions.name: int(positions.pos)}
    table = attrs.table
    names: list[str] = attrs.shape.names if table is None else list(table)
    if positions is None:
        return dict.fromkeys(names, 0)
    result: dict[str, int] = {}
    for name in names:
        result[name] = int(positions.find(name))
    return result
