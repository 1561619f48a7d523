"""Attribute sets.

Three representations, chosen by how a set came to be (measured in docs/performance.md):

* *shaped*: a `Shape` (the sorted names, shared by all sets of one literal and their images
  under ``mapAttrs``) and the values in that order. An operation that has met the shape
  before finds a value by index.
* *table*: a dict, for sets with names known only at run time. The sorted names are computed
  when somebody asks, and kept. A small one that is merged with another becomes shaped.
* *layered*: a small set on top of a big `base`, for ``big // small`` (see `updates`).

Names have two orders: sorted (what is shown), and of first appearance (`symbol_order`).
"""

from __future__ import annotations

from tvix_eval.errors import NO_POSITION
from tvix_eval.hints import i64, mypyc_attr
from tvix_eval.vm.attr_positions import (
    LiteralPositions,
    MergedPositions,
    SamePosition,
    ShapeWithoutPositions,
    SomePositions,
    TablePositions,
    merge,
    of_shape,
)
from tvix_eval.vm.machine import REGISTERS, SymbolOrder
from tvix_eval.vm.shapes import (
    EMPTY_SHAPE,
    LARGEST_SHARED_SHAPE,
    TABLE_SHAPE,
    Positions,
    Rearrangement,
    Shape,
    learn_update,
    shape_of,
)
from tvix_eval.vm.values import MISSING, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


EMPTY_VALUES: Final[list[object]] = []


@mypyc_attr(free_list_len=1)
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
                    values = layer.values  # forcing may give the set other ones (`flatten`)
                    value = values[at]
                    if isinstance(value, Thunk):
                        value = value.force(pos)
                        values[at] = value
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
        base = self.base
        if base is None:
            return
        base.flatten()
        if base.top_size() + self.top_size() <= LARGEST_SHARED_SHAPE:
            base.become_shaped()
            self.become_shaped()
            known = base.shape.update(self.shape) or learn_update(base.shape, self.shape)
            merged = updated(base, self, known)
            self.shape = merged.shape
            self.values = merged.values
            self.positions = merged.positions
        else:
            positions = layered_positions(self)
            self.table = self.to_table()
            self.shape = TABLE_SHAPE
            self.values = EMPTY_VALUES
            self.positions = positions
        self.base = None

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

    def become_shaped(self) -> None:
        """Of the top layer, if that is a table: be of one shape with all sets that have the same names."""
        table = self.table
        if table is not None:
            shape = shape_of(sorted(table) if self.shape is TABLE_SHAPE else self.shape.names)
            current = REGISTERS.session
            if current is not None and shape.numbered_in is not current.symbols:
                for name in table:  # see `symbol_order`
                    current.symbols.number(name)
                shape.numbered_in = current.symbols
            self.shape = shape
            self.values = [table[name] for name in shape.names]
            self.table = None
            self.positions = of_shape(self.positions, self.shape)

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
            table = self.table
            if table is not None:  # names made at run time are numbered only now, in their order
                for name in table:
                    symbols.number(name)
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
        elif isinstance(positions, SamePosition):
            if positions.delayed:
                self.positions = SamePosition(positions.shape, positions.table, positions.pos, False)
        elif isinstance(positions, MergedPositions) or isinstance(positions, SomePositions):
            table: dict[str, int] = {}
            positions.add_to(table)
            self.positions = TablePositions(table)

    def shows_delayed(self, name: str) -> bool:
        """Whether Nix would still hold a thunk where we may hold a value (see `LiteralPositions`)."""
        positions = self.positions
        return positions is not None and positions.is_delayed(name)


EMPTY_ATTRS: Final = Attrs(EMPTY_SHAPE, EMPTY_VALUES, None, None)


def layer_positions(attrs: Attrs) -> Positions | None:
    """What is to be merged on top of others: None only when the layer is empty."""
    positions = attrs.positions
    if positions is not None:
        return positions
    table = attrs.table
    if table is None:
        return ShapeWithoutPositions(attrs.shape) if attrs.shape.size > 0 else None
    return SamePosition(TABLE_SHAPE, table, NO_POSITION, False) if table else None


def layered_positions(attrs: Attrs) -> Positions | None:
    """The positions of all layers as of one."""
    base = attrs.base
    if base is None:
        return attrs.positions
    below = layered_positions(base)
    if below is None and attrs.positions is None:
        return None
    top = layer_positions(attrs)
    return below if top is None else merge(below, top)


def one_layer(attrs: Attrs) -> Attrs:
    """The top layer by itself."""
    return Attrs(attrs.shape, attrs.values, attrs.table, attrs.positions)


def from_sorted(names: list[str], values: list[object], positions: Positions | None = None) -> Attrs:
    """The set of these names, which must be sorted and unique, and the places in their order."""
    return Attrs(shape_of(names), values, None, positions)


def from_table(table: dict[str, object], positions: Positions | None = None) -> Attrs:
    """The set of a dict, which becomes the set's own."""
    return Attrs(TABLE_SHAPE, EMPTY_VALUES, table, positions)


def updated(left: Attrs, right: Attrs, known: Rearrangement) -> Attrs:
    """``left // right`` of two shaped sets, for whose shapes it is known what to do."""
    below = left.positions
    above = right.positions
    positions: Positions | None = None
    if below is not None or above is not None:
        positions = merged_positions(below, above, right, known)
    return Attrs(known.shape, known.places(left.values, right.values), None, positions)


def merged_positions(
    below: Positions | None, above: Positions | None, right: Attrs, known: Rearrangement
) -> Positions:
    positions = known.positions
    if positions is not None and known.left is below and known.right is above:
        return positions
    positions = merge(below, above or ShapeWithoutPositions(right.shape))
    known.left = below
    known.right = above
    known.positions = positions
    return positions
