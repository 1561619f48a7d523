"""Builtins whose speed does not matter: a plain function wrapped as a `Primitive`."""

from __future__ import annotations

from tvix_eval.vm.values import Env, Op, Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class Function1(Primitive):
    def __init__(self, function: Callable[[object], object]) -> None:
        self.function: Final = function

    def call1(self, a: object) -> object:
        return self.function(a)


class Function2(Primitive):
    def __init__(self, function: Callable[[object, object], object]) -> None:
        self.function: Final = function

    def call2(self, a: object, b: object) -> object:
        return self.function(a, b)


class FunctionMany(Primitive):
    """Of any number of arguments, given as a list."""

    def __init__(self, function: Callable[[list[object]], object]) -> None:
        self.function: Final = function

    def call1(self, a: object) -> object:
        return self.function([a])

    def call2(self, a: object, b: object) -> object:
        return self.function([a, b])

    def call3(self, a: object, b: object, c: object) -> object:
        return self.function([a, b, c])

    def call_many(self, args: list[object]) -> object:
        return self.function(args)


class Computed(Op):
    """What a thunk does whose value a Python function makes."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.function: Final = function

    def eval(self, env: Env) -> object:
        return self.function()
