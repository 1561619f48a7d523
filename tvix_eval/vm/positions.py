"""Positions as values: ``__curPos`` and ``builtins.unsafeGetAttrPos``."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.attrs import from_sorted
from tvix_eval.vm.machine import session
from tvix_eval.vm.values import Op, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class LineOf(Op):
    """Computes the line of a position: few who ask for a position look at it."""

    def apply(self, function: object, argument: object, pos: i64) -> object:
        assert isinstance(argument, int)
        found = session().sources.find(argument)
        return 0 if found is None else found.line


class ColumnOf(Op):
    def apply(self, function: object, argument: object, pos: i64) -> object:
        assert isinstance(argument, int)
        found = session().sources.find(argument)
        return 0 if found is None else found.column


LINE_OF: Final = LineOf()
COLUMN_OF: Final = ColumnOf()


def position_value(pos: i64) -> object:
    """The set ``{ column, file, line }``, or null for a position that is not in a file."""
    if pos == 0:
        return None
    source = session().sources.all[pos >> 32]
    if not source.is_file:
        return None
    number = int(pos)
    column = Thunk(COLUMN_OF, number, number)
    line = Thunk(LINE_OF, number, number)
    return from_sorted(["column", "file", "line"], [column, source.name, line])
