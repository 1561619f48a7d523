"""Builtins on numbers, and their order."""

from __future__ import annotations

import math

from tvix_eval.errors import EvalError
from tvix_eval.vm.compare import less
from tvix_eval.vm.force import force, force_float, force_int
from tvix_eval.vm.operations.arithmetic import (
    add_numbers,
    divide_numbers,
    multiply_numbers,
    subtract_numbers,
)
from tvix_eval.vm.show import show_float
from tvix_eval.vm.values import Builtin, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SMALLEST: Final = -(1 << 63)
LARGEST: Final = (1 << 63) - 1


class Add(Primitive):
    def call2(self, a: object, b: object) -> object:
        return add_numbers(force(a, 0), force(b, 0))


class Sub(Primitive):
    def call2(self, a: object, b: object) -> object:
        return subtract_numbers(force(a, 0), force(b, 0))


class Mul(Primitive):
    def call2(self, a: object, b: object) -> object:
        return multiply_numbers(force(a, 0), force(b, 0))


class Div(Primitive):
    def call2(self, a: object, b: object) -> object:
        return divide_numbers(force(a, 0), force(b, 0))


class BitAnd(Primitive):
    def call2(self, a: object, b: object) -> object:
        x = force_int(a, 0, "while evaluating the first argument passed to builtins.bitAnd")
        return x & force_int(b, 0, "while evaluating the second argument passed to builtins.bitAnd")


class BitOr(Primitive):
    def call2(self, a: object, b: object) -> object:
        x = force_int(a, 0, "while evaluating the first argument passed to builtins.bitOr")
        return x | force_int(b, 0, "while evaluating the second argument passed to builtins.bitOr")


class BitXor(Primitive):
    def call2(self, a: object, b: object) -> object:
        x = force_int(a, 0, "while evaluating the first argument passed to builtins.bitXor")
        return x ^ force_int(b, 0, "while evaluating the second argument passed to builtins.bitXor")


class Ceil(Primitive):
    def call1(self, a: object) -> object:
        value = force_float(a, 0, "while evaluating the first argument passed to builtins.ceil")
        return rounded(a, value, value if not math.isfinite(value) else float(math.ceil(value)))


class Floor(Primitive):
    def call1(self, a: object) -> object:
        value = force_float(a, 0, "while evaluating the first argument passed to builtins.floor")
        return rounded(a, value, value if not math.isfinite(value) else float(math.floor(value)))


BUG: Final = "Due to a bug (see https://github.com/NixOS/nix/issues/12899) "
FUTURE: Final = ".\n\tFuture Nix versions might implement the correct behavior."


def rounded(argument: object, value: float, whole: float) -> object:
    """The integer that `value` was rounded to. Integers go through a float and may not survive it."""
    if isinstance(argument, Thunk):
        argument = argument.value
    if not SMALLEST <= whole < -SMALLEST:
        if isinstance(argument, float):
            raise EvalError("NixFloat argument " + show_float(value) + " is not in the range of NixInt")
        raise EvalError(
            f"{BUG}the NixInt argument {argument} caused undefined behavior in previous Nix versions{FUTURE}"
        )
    result = int(whole)
    if isinstance(argument, int) and argument != result:
        raise EvalError(
            f"{BUG}a loss of precision occurred in previous Nix versions because the NixInt argument "
            f"{argument} was rounded to {result}{FUTURE}"
        )
    return result


class LessThan(Primitive):
    def call2(self, a: object, b: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        if isinstance(b, Thunk):
            b = b.force(0)
        return less(a, b, "")


def number_builtins() -> list[Builtin]:
    pair = ["e1", "e2"]
    return [
        Builtin("add", pair, Add(), "The sum of two numbers; a float if one of them is.", 3),
        Builtin("sub", pair, Sub(), "The difference of two numbers; a float if one of them is.", 3),
        Builtin("mul", pair, Mul(), "The product of two numbers; a float if one of them is.", 3),
        Builtin(
            "div",
            pair,
            Div(),
            "The quotient of two numbers. That of integers is an integer, rounded towards zero.",
            3,
        ),
        Builtin("bitAnd", pair, BitAnd(), "The bitwise AND of two integers."),
        Builtin("bitOr", pair, BitOr(), "The bitwise OR of two integers."),
        Builtin("bitXor", pair, BitXor(), "The bitwise XOR of two integers."),
        Builtin("ceil", ["number"], Ceil(), "The smallest integer that is not below *number*."),
        Builtin("floor", ["number"], Floor(), "The largest integer that is not above *number*."),
        Builtin(
            "lessThan",
            pair,
            LessThan(),
            "Whether *e1* is less than *e2*: of numbers, strings, paths, or lists of these.",
            3,
        ),
    ]
