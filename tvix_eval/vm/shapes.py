"""Shapes: the sorted names that sets of one literal, and their images, share."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.machine import SymbolOrder
from tvix_eval.vm.values import Op

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Shape:
    """Sorted names, and where each is. Compared by identity."""

    __slots__ = ("names", "size", "index", "order", "order_of", "map_ops")

    def __init__(self, names: list[str]) -> None:
        self.names: Final = names
        self.size: Final[i64] = len(names)
        self.index: dict[str, int] | None = None
        self.order: list[int] = []
        self.order_of: SymbolOrder | None = None
        self.map_ops: list[Op] | None = None  # of ``mapAttrs``

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
MOST_SHARED_SHAPES: Final = 200_000
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


def forget_shapes() -> None:
    """Share no more what was made so far. Sets may have equal shapes that are not the same: that
    costs time, where a cache knows one of them, and nothing else.
    """
    SHAPES.clear()
    SHAPES[()] = EMPTY_SHAPE
