"""Constants and variables.

A variable is a slot of the `Env` some activations up; the frequent cases have a class each.
`eval` writes the forced value back into the slot, so that the thunk can be freed.
"""

from __future__ import annotations

from tvix_eval.errors import NixError, UndefinedVarError
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.force import expected
from tvix_eval.vm.show import show_name
from tvix_eval.vm.values import MISSING, Env, Op, Pending, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Const(Op):
    def __init__(self, value: object) -> None:
        self.value: Final = value

    def eval(self, env: Env) -> object:
        return self.value

    def thunk(self, env: Env) -> object:
        return self.value


class Lazy(Op):
    """A place that is the same for all: a builtin that is evaluated when first needed."""

    def __init__(self, place: Thunk, pos: i64) -> None:
        self.place: Final = place
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        return self.place.force(self.pos)

    def thunk(self, env: Env) -> object:
        return self.place


class Variable(Op):
    """A slot: its `thunk` is the place itself, not one that asks for it."""

    def __init__(self, pos: i64) -> None:
        self.pos: Final[i64] = pos


def settle_operands(error: NixError, a: Op, b: Op) -> None:
    """After evaluating operands at once that Nix would have a builtin force.

    Builtins force without a position, so an infinite recursion that an operand's own place ran
    into has none.
    """
    if error.unsettled:
        if isinstance(a, Variable) and a.pos == error.pos or isinstance(b, Variable) and b.pos == error.pos:
            error.pos = 0
        else:
            error.unsettled = False


class LocalA(Variable):
    def eval(self, env: Env) -> object:
        place = env.a
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            env.a = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            env.a = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                env.a = place
        return place

    def thunk(self, env: Env) -> object:
        place = env.a
        if isinstance(place, Thunk):
            if place.op is None:
                env.a = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            env.a = place
        return place


class LocalB(Variable):
    def eval(self, env: Env) -> object:
        place = env.b
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            env.b = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            env.b = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                env.b = place
        return place

    def thunk(self, env: Env) -> object:
        place = env.b
        if isinstance(place, Thunk):
            if place.op is None:
                env.b = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            env.b = place
        return place


class LocalC(Variable):
    def eval(self, env: Env) -> object:
        place = env.c
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            env.c = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            env.c = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                env.c = place
        return place

    def thunk(self, env: Env) -> object:
        place = env.c
        if isinstance(place, Thunk):
            if place.op is None:
                env.c = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            env.c = place
        return place


class LocalRest(Variable):
    """A slot beyond the inline ones; `index` is into `Env.rest`."""

    def __init__(self, index: i64, pos: i64) -> None:
        self.index: Final[i64] = index
        super().__init__(pos)

    def eval(self, env: Env) -> object:
        rest = env.rest
        assert rest is not None
        place = rest[self.index]
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            rest[self.index] = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            rest[self.index] = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                rest[self.index] = place
        return place

    def thunk(self, env: Env) -> object:
        rest = env.rest
        assert rest is not None
        place = rest[self.index]
        if isinstance(place, Thunk):
            if place.op is None:
                rest[self.index] = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            rest[self.index] = place
        return place


class UpA(Variable):
    """The first slot of the activation `depth` up (1 or more); `UpB`, `UpC` likewise."""

    def __init__(self, depth: i64, pos: i64) -> None:
        self.depth: Final[i64] = depth
        super().__init__(pos)

    def eval(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        place = env.a
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            env.a = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            env.a = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                env.a = place
        return place

    def thunk(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        place = env.a
        if isinstance(place, Thunk):
            if place.op is None:
                env.a = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            env.a = place
        return place


class UpB(Variable):
    def __init__(self, depth: i64, pos: i64) -> None:
        self.depth: Final[i64] = depth
        super().__init__(pos)

    def eval(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        place = env.b
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            env.b = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            env.b = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                env.b = place
        return place

    def thunk(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        place = env.b
        if isinstance(place, Thunk):
            if place.op is None:
                env.b = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            env.b = place
        return place


class UpC(Variable):
    def __init__(self, depth: i64, pos: i64) -> None:
        self.depth: Final[i64] = depth
        super().__init__(pos)

    def eval(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        place = env.c
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            env.c = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            env.c = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                env.c = place
        return place

    def thunk(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        place = env.c
        if isinstance(place, Thunk):
            if place.op is None:
                env.c = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            env.c = place
        return place


class UpRest(Variable):
    """A slot beyond the inline ones of the activation `depth` up."""

    def __init__(self, depth: i64, index: i64, pos: i64) -> None:
        self.depth: Final[i64] = depth
        self.index: Final[i64] = index
        super().__init__(pos)

    def eval(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        rest = env.rest
        assert rest is not None
        place = rest[self.index]
        if isinstance(place, Thunk):
            value = place.force(self.pos)
            rest[self.index] = value
            return value
        if isinstance(place, Pending):
            place = place.op.thunk(env)
            rest[self.index] = place
            if isinstance(place, Thunk):
                place = place.force(self.pos)
                rest[self.index] = place
        return place

    def thunk(self, env: Env) -> object:
        further = self.depth
        while further > 0:
            up = env.up
            assert up is not None
            env = up
            further -= 1
        rest = env.rest
        assert rest is not None
        place = rest[self.index]
        if isinstance(place, Thunk):
            if place.op is None:
                rest[self.index] = place.value
                return place.value
        elif isinstance(place, Pending):
            place = place.op.thunk(env)
            rest[self.index] = place
        return place


def variable(depth: i64, slot: i64, pos: i64) -> Op:
    """The operation that reads a slot of the `Env` that is `depth` up."""
    if depth == 0:
        if slot == 0:
            return LocalA(pos)
        if slot == 1:
            return LocalB(pos)
        if slot == 2:
            return LocalC(pos)
        return LocalRest(slot - 3, pos)
    if slot == 0:
        return UpA(depth, pos)
    if slot == 1:
        return UpB(depth, pos)
    if slot == 2:
        return UpC(depth, pos)
    return UpRest(depth, slot - 3, pos)


class WithVariable(Op):
    """A variable that only the enclosing ``with`` sets can supply, innermost first."""

    def __init__(self, name: str, sets: list[Op], set_positions: list[int], pos: i64) -> None:
        self.name: Final = name
        self.sets: Final = sets
        self.set_positions: Final = set_positions
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        at = 0
        for each in self.sets:
            attrs = each.eval(env)
            if not isinstance(attrs, Attrs):
                raise expected("a set", attrs, 0).with_frame(
                    self.set_positions[at], "while evaluating the first subexpression of a with expression"
                )
            value = attrs.get(self.name, self.pos)
            if value is not MISSING:
                return value
            at += 1
        raise undefined(self.name, self.pos)


def undefined(name: str, pos: i64) -> NixError:
    return UndefinedVarError("undefined variable '" + show_name(name) + "'", pos)
