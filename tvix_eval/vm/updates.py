"""``//``: sets out of two.

Small sets are merged into a shaped one, or into a table where there is always another pair of shapes.
A set on top of a much bigger one becomes a layer. Layers are merged so that their sizes stay
geometric: a chain of updates costs logarithmic, not quadratic, time.
"""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.attr_positions import merge
from tvix_eval.vm.attrs import EMPTY_VALUES, Attrs, layer_positions, one_layer, updated
from tvix_eval.vm.shapes import LARGEST_SHARED_SHAPE, TABLE_SHAPE, learn_update

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_LEARNT: Final = 256


class Updates:
    """The updates at one place of a program.

    There sets have a few pairs of shapes, nearly always, and are merged as was learnt of the pair once.
    Where there is always another pair, `budget` runs out.
    """

    def __init__(self) -> None:
        self.budget: i64 = MOST_LEARNT

    def update(self, left: Attrs, right: Attrs) -> Attrs:
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
                return self.merged(left, right)
        # Merge the top layers that are not much bigger than what comes on top of them.
        top = right
        low: Attrs = left
        while base is not None and low.top_size() <= 2 * size:
            top = self.merged(one_layer(low), top)
            size = top.top_size()
            low = base
            base = low.base
        if base is None and size * 4 > low.top_size():
            return self.merged(low, top)
        result = Attrs(top.shape, top.values, top.table, top.positions)
        result.base = low
        return result

    def merged(self, left: Attrs, right: Attrs) -> Attrs:
        """One layer of two."""
        if self.budget <= 0 or left.top_size() + right.top_size() > LARGEST_SHARED_SHAPE:
            return merged_tables(left, right)
        if left.table is not None:
            left.become_shaped()
        if right.table is not None:
            right.become_shaped()
        known = left.shape.update(right.shape)
        if known is None:
            self.budget -= 1
            known = learn_update(left.shape, right.shape)
        elif self.budget < MOST_LEARNT:
            self.budget += 1
        return updated(left, right, known)


def merged_tables(left: Attrs, right: Attrs) -> Attrs:
    table = left.to_table()
    right.add_to(table)
    positions = left.positions
    if positions is not None or right.positions is not None:
        above = layer_positions(right)
        if above is not None:
            positions = merge(positions, above)
    return Attrs(TABLE_SHAPE, EMPTY_VALUES, table, positions)
