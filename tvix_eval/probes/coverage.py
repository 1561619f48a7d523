"""Which expressions of a program were evaluated, how often, and which never."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.linker import Body, DeeperRegion, Instruments, Region, Unit, link
from tvix_eval.probes.wrapping import inner_code, position_of
from tvix_eval.vm.attr_positions import LiteralPositions
from tvix_eval.vm.operations.attrs import AttrsLiteral, AttrsWithSources, RecursiveAttrs
from tvix_eval.vm.operations.control import If
from tvix_eval.vm.operations.variables import Const, Variable
from tvix_eval.vm.values import Code, Env, Op, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Tally:
    """How often something has happened."""

    def __init__(self) -> None:
        self.count: i64 = 0


class FunctionTally(Tally):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name: Final = name


class Covered(Op):
    """An operation whose evaluations are counted."""

    def __init__(self, inner: Op, tally: Tally) -> None:
        self.inner: Final = inner
        self.tally: Final = tally

    def eval(self, env: Env) -> object:
        self.tally.count += 1
        return self.inner.eval(env)

    def thunk(self, env: Env) -> object:
        place = self.inner.thunk(env)
        if isinstance(place, Thunk):
            return Thunk(self, env)
        self.tally.count += 1
        return place


class CoveredSet(Op):
    """A set literal: values that are there at once are evaluated when the set is made."""

    def __init__(self, inner: Op, tallies: list[Tally]) -> None:
        self.inner: Final = inner
        self.tallies: Final = tallies

    def eval(self, env: Env) -> object:
        for tally in self.tallies:
            tally.count += 1
        return self.inner.eval(env)


class CoveredBody(Op):
    def __init__(self, code: Code, tally: Tally) -> None:
        self.code: Final = code
        self.tally: Final = tally

    def eval(self, env: Env) -> object:
        self.tally.count += 1
        return self.code.body.eval(env)


class CoverageInstruments(Instruments):
    """Tallies by position: of expressions (with their kind, as one may begin where another does), of
    functions, and of the two branches of conditions.

    What was never linked is not known before `finish`.
    """

    def __init__(self) -> None:
        self.expressions: Final[dict[tuple[int, str], Tally]] = {}
        self.functions: Final[dict[int, FunctionTally]] = {}
        self.branches: Final[dict[int, tuple[Tally, Tally]]] = {}
        self.units: Final[dict[int, Unit]] = {}

    def finish(self) -> None:
        """Link everything once more, so that what was never evaluated is found."""
        for unit in list(self.units.values()):
            number: i64 = 0
            while number < len(unit.chunk.regions):
                link(unit, number)
                number += 1

    def meet(self, unit: Unit) -> None:
        self.units[int(unit.base)] = unit

    def tally(self, pos: i64, kind: str) -> Tally:
        key = (int(pos), kind)
        found = self.expressions.get(key)
        if found is None:
            found = Tally()
            self.expressions[key] = found
        return found

    def observed(self, operation: Op) -> Op:
        if isinstance(operation, Region):
            self.meet(operation.unit)
            return operation
        if isinstance(operation, DeeperRegion):
            self.meet(operation.region.unit)
            return operation
        if isinstance(operation, AttrsLiteral):
            values, tallies = self.attributes(operation.values, operation.positions, [])
            return CoveredSet(AttrsLiteral(operation.shape, values, operation.positions), tallies)
        if isinstance(operation, AttrsWithSources):
            values, tallies = self.attributes(operation.values, operation.positions, [])
            made: Op = AttrsWithSources(
                operation.shape, values, operation.positions, operation.source_slots, operation.sources
            )
            return CoveredSet(made, tallies)
        if isinstance(operation, RecursiveAttrs):
            values, tallies = self.attributes(operation.values, operation.positions, operation.indexes)
            made = RecursiveAttrs(
                operation.shape,
                operation.indexes,
                operation.base,
                values,
                operation.positions,
                operation.source_slots,
                operation.sources,
            )
            return CoveredSet(made, tallies)
        if isinstance(operation, Const) or isinstance(operation, Variable):
            return operation
        pos = position_of(operation)
        kind = type(operation).__name__
        if isinstance(operation, If):
            operation = self.condition(operation)
        code = getattr(operation, "code", None)
        if isinstance(code, Code):
            self.function(code)
            return operation
        return operation if pos == 0 else Covered(operation, self.tally(pos, kind))

    def function(self, code: Code) -> None:
        parameter = code.params[0]
        body = code.body
        if isinstance(body, Body):
            self.meet(body.unit)
        key = int(parameter.pos)
        tally = self.functions.get(key)
        if tally is None:
            tally = FunctionTally(parameter.name)
            self.functions[key] = tally
        code.body = CoveredBody(inner_code(code), tally)

    def condition(self, operation: If) -> Op:
        key = int(operation.pos)
        tallies = self.branches.get(key)
        if tallies is None:
            tallies = (Tally(), Tally())
            self.branches[key] = tallies
        then = Covered(operation.then, tallies[0])
        return If(operation.condition, then, Covered(operation.otherwise, tallies[1]), operation.pos)

    def attributes(
        self, values: list[Op], positions: LiteralPositions, indexes: list[int]
    ) -> tuple[list[Op], list[Tally]]:
        """Values that count under the position of their attribute; and tallies of those made at once."""
        covered: list[Op] = []
        tallies: list[Tally] = []
        at = 0
        for value in values:
            tally = self.tally(positions.positions[indexes[at] if indexes else at], "attribute")
            if isinstance(value, Region):
                value = Covered(value, tally)
            else:
                tallies.append(tally)
            covered.append(value)
            at += 1
        return covered, tallies
