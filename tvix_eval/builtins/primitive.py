"""Builtins whose speed does not matter: a plain function wrapped as a `Primitive`."""

from __future__ import annotations

from tvix_eval.vm.values import Primitive

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
