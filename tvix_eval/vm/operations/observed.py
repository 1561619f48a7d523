"""Operations that count what they do, for the `Observer` of an evaluation."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.observer import (
    AVOIDED,
    CONCATS,
    COPIED,
    LIST_ELEMENTS,
    LOOKUPS,
    SET_ELEMENTS,
    SETS,
    THUNKS,
    UPDATES,
    Observer,
)
from tvix_eval.vm.operations.attrs import Concat, Update, update_operand
from tvix_eval.vm.operations.variables import Const
from tvix_eval.vm.values import Env, Op, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Delayed(Op):
    """An operand that is put off, whatever it is."""

    def __init__(self, inner: Op, observer: Observer) -> None:
        self.inner: Final = inner
        self.observer: Final = observer

    def eval(self, env: Env) -> object:
        return self.inner.eval(env)

    def thunk(self, env: Env) -> object:
        self.observer.count(THUNKS, 1)
        return Thunk(self, env)


class Avoided(Op):
    """An operand whose place can be had at once: a variable."""

    def __init__(self, inner: Op, observer: Observer) -> None:
        self.inner: Final = inner
        self.observer: Final = observer

    def eval(self, env: Env) -> object:
        return self.inner.eval(env)

    def thunk(self, env: Env) -> object:
        self.observer.count(AVOIDED, 1)
        return self.inner.thunk(env)


class AvoidedConst(Const):
    def __init__(self, value: object, observer: Observer) -> None:
        super().__init__(value)
        self.observer: Final = observer

    def thunk(self, env: Env) -> object:
        self.observer.count(AVOIDED, 1)
        return self.value


class LookedUp(Op):
    """A set that an attribute is going to be looked up in."""

    def __init__(self, inner: Op, observer: Observer) -> None:
        self.inner: Final = inner
        self.observer: Final = observer

    def eval(self, env: Env) -> object:
        value = self.inner.eval(env)
        self.observer.count(LOOKUPS, 1)
        return value


class Made(Op):
    """What makes a list or a set."""

    def __init__(self, inner: Op, observer: Observer) -> None:
        self.inner: Final = inner
        self.observer: Final = observer

    def eval(self, env: Env) -> object:
        return self.made(self.inner.eval(env))

    def thunk(self, env: Env) -> object:
        place = self.inner.thunk(env)
        if isinstance(place, Thunk):
            self.observer.count(THUNKS, 1)
            return Thunk(self, env)
        return self.made(place)

    def made(self, value: object) -> object:
        if isinstance(value, list):
            self.observer.count(LIST_ELEMENTS, len(value))
        elif isinstance(value, Attrs):
            self.observer.count(SETS, 1)
            self.observer.count(SET_ELEMENTS, value.size())
        return value


class CountedConcat(Concat):
    def __init__(self, concat: Concat, observer: Observer) -> None:
        super().__init__(concat.left, concat.right, concat.pos)
        self.observer: Final = observer

    def eval(self, env: Env) -> object:
        self.observer.count(CONCATS, 1)
        left = self.left.eval(env)
        right = self.right.eval(env)
        if isinstance(left, list) and isinstance(right, list) and left and right:
            self.observer.count(LIST_ELEMENTS, len(left) + len(right))
        return Concat(Const(left), Const(right), self.pos).eval(env)


class CountedUpdate(Update):
    """Counts as Nix does: the sets of a chain of updates, which are merged one after the other."""

    def __init__(self, operation: Update, observer: Observer) -> None:
        super().__init__(operation.left, operation.right, operation.left_pos, operation.right_pos)
        self.observer: Final = observer
        self.merged_sets: i64 = 2
        for operand in (operation.left, operation.right):
            if isinstance(operand, CountedUpdate):
                operand.merged_sets -= 1

    def eval(self, env: Env) -> object:
        right = update_operand(
            self.right, env, self.right_pos, "in the right operand of the update (//) operator"
        )
        left = update_operand(
            self.left, env, self.left_pos, "in the left operand of the update (//) operator"
        )
        result = self.updates.update(left, right)
        self.observer.count(UPDATES, self.merged_sets)
        if result is not left and result is not right:
            copied = result.top_size()
            self.observer.count(COPIED, copied)
            self.observer.count(SETS, 1)
            self.observer.count(SET_ELEMENTS, copied)
        return result
