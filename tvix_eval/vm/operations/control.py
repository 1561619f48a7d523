"""Branches, bindings, assertions, logic."""

from __future__ import annotations

from tvix_eval.errors import AssertionError_, NixError
from tvix_eval.hints import i64
from tvix_eval.vm.assert_equal import assert_equal
from tvix_eval.vm.compare import equal
from tvix_eval.vm.force import expected
from tvix_eval.vm.values import Env, Op, Pending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


def truth(operand: Op, env: Env, pos: i64, why: str) -> bool:
    """The Boolean that an operand must be."""
    try:
        value = operand.eval(env)
        if value is True:
            return True
        if value is False:
            return False
        raise expected("a Boolean", value, pos)
    except NixError as error:
        error.add_frame(pos, why)
        raise


class If(Op):
    def __init__(self, condition: Op, then: Op, otherwise: Op, pos: i64) -> None:
        self.condition: Final = condition
        self.then: Final = then
        self.otherwise: Final = otherwise
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        try:
            condition = self.condition.eval(env)
        except NixError as error:
            error.add_frame(self.pos, "while evaluating a branch condition")
            raise
        if condition is True:
            return self.then.eval(env)
        if condition is False:
            return self.otherwise.eval(env)
        raise expected("a Boolean", condition, self.pos).with_frame(
            self.pos, "while evaluating a branch condition"
        )


class Let(Op):
    """The sources of ``inherit`` go to `source_slots`, the values to slots from `base` on.

    `pending[i]`: what goes to the slot in place of value i, or None.
    """

    def __init__(
        self,
        source_slots: list[int],
        sources: list[Op],
        base: i64,
        values: list[Op],
        pending: list[Pending | None],
        body: Op,
    ) -> None:
        self.source_slots: Final = source_slots
        self.sources: Final = sources
        self.base: Final[i64] = base
        self.values: Final = values
        self.pending: Final = pending
        self.body: Final = body

    def eval(self, env: Env) -> object:
        at: i64 = 0
        for source in self.sources:
            env.set(self.source_slots[at], source.thunk(env))
            at += 1
        slot = self.base
        at = 0
        for each in self.pending:
            env.set(slot, self.values[at].thunk(env) if each is None else each)
            slot += 1
            at += 1
        return self.body.eval(env)


class With(Op):
    def __init__(self, slot: i64, attrs: Op, body: Op) -> None:
        self.slot: Final[i64] = slot
        self.attrs: Final = attrs
        self.body: Final = body

    def eval(self, env: Env) -> object:
        env.set(self.slot, self.attrs.thunk(env))
        return self.body.eval(env)


class Assert(Op):
    """`text` is the condition, printed; it is what the error quotes."""

    def __init__(self, condition: Op, text: str, body: Op, pos: i64) -> None:
        self.condition: Final = condition
        self.text: Final = text
        self.body: Final = body
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        condition = self.condition
        if truth(condition, env, self.pos, "in the condition of the assert statement"):
            return self.body.eval(env)
        if isinstance(condition, Equal):
            try:
                left = condition.left.eval(env)
                assert_equal(left, condition.right.eval(env), 0)
            except AssertionError_ as error:
                error.add_frame(
                    self.pos, "while evaluating the condition of the assertion '" + self.text + "'"
                )
                raise
        raise AssertionError_("assertion '" + self.text + "' failed", self.pos)


class Equal(Op):
    def __init__(self, left: Op, right: Op) -> None:
        self.left: Final = left
        self.right: Final = right

    def eval(self, env: Env) -> object:
        left = self.left.eval(env)
        return equal(left, self.right.eval(env), 0)


class NotEqual(Op):
    def __init__(self, left: Op, right: Op) -> None:
        self.left: Final = left
        self.right: Final = right

    def eval(self, env: Env) -> object:
        left = self.left.eval(env)
        return not equal(left, self.right.eval(env), 0)


class And(Op):
    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        if truth(self.left, env, self.pos, "in the left operand of the AND (&&) operator"):
            return truth(self.right, env, self.pos, "in the right operand of the AND (&&) operator")
        return False


class Or(Op):
    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        if truth(self.left, env, self.pos, "in the left operand of the OR (||) operator"):
            return True
        return truth(self.right, env, self.pos, "in the right operand of the OR (||) operator")


class Implies(Op):
    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        if truth(self.left, env, self.pos, "in the left operand of the IMPL (->) operator"):
            return truth(self.right, env, self.pos, "in the right operand of the IMPL (->) operator")
        return True


class Not(Op):
    def __init__(self, operand: Op, pos: i64) -> None:
        self.operand: Final = operand
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        return not truth(self.operand, env, self.pos, "in the argument of the not operator")
