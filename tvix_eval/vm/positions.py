"""Positions as values: ``__curPos`` and ``builtins.unsafeGetAttrPos``."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.attrs import from_sorted
from tvix_eval.vm.machine import session
from tvix_eval.vm.values import Builtin, Op, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class LineOf(Primitive):
    """Few who ask for a position look at its line, and so it is computed when they do."""

    def call1(self, a: object) -> object:
        assert isinstance(a, int)
        found = session().sources.find(a)
        return 0 if found is None else found.line


class ColumnOf(Primitive):
    def call1(self, a: object) -> object:
        assert isinstance(a, int)
        found = session().sources.find(a)
        return 0 if found is None else found.column


class PositionCall(Op):
    """Calls a builtin that has no name: in Nix it is one, which an observer is told of."""

    def __init__(self, primitive: Primitive) -> None:
        self.builtin: Final = Builtin("", ["position"], primitive, frame=False)

    def apply(self, function: object, argument: object, pos: i64) -> object:
        interceptor = session().interceptor
        if interceptor is not None:
            return interceptor.call(self.builtin, [argument], pos)
        return self.builtin.primitive.call1(argument)


LINE_OF: Final = PositionCall(LineOf())
COLUMN_OF: Final = PositionCall(ColumnOf())


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
