"""``-``, ``*``, ``/`` and the comparisons, where they mean the builtins Nix makes of them.

Integers are 64 bits wide. A result within 62 bits needs one comparison to be known good;
`in_range` decides about the others.

``thunk`` computes at once where both operands are small evaluated integers, unless calls
are nested so deep that the operator, which is a call, would be refused when it is forced.
"""

from __future__ import annotations

from tvix_eval.errors import EvalError, NixError
from tvix_eval.hints import i64
from tvix_eval.vm.compare import less
from tvix_eval.vm.force import force_float, force_int
from tvix_eval.vm.machine import REGISTERS, call_depth_error
from tvix_eval.vm.operations.variables import settle_operands
from tvix_eval.vm.values import Env, Op, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SMALL: Final = 0x3FFFFFFFFFFFFFFF
HIGHEST: Final = 0x7FFFFFFFFFFFFFFF
LOWEST: Final = -0x8000000000000000


def in_range(result: int, doing: str, a: int, sign: str, b: int, pos: i64) -> int:
    """`result` if it fits; raises Nix's overflow error otherwise."""
    if -SMALL <= result <= SMALL:
        return result
    if result > HIGHEST or result < LOWEST:
        raise EvalError("integer overflow in " + doing + " " + str(a) + " " + sign + " " + str(b), pos)
    return result


def ready(place: object) -> object:
    """The value of a place that is evaluated, but for a Boolean; else None."""
    if isinstance(place, Thunk):
        if place.op is not None:
            return None
        place = place.value
    if place is True or place is False:
        return None
    return place


def begin_operator(pos: i64) -> i64:
    """Count an operator as the call that it is in Nix; what to give back to `calls`."""
    registers = REGISTERS
    calls = registers.calls
    if calls > registers.max_calls:
        raise call_depth_error(pos)
    registers.calls = calls + 1
    return calls


def note_operator(error: NixError, left: Op, right: Op, name: str, pos: i64) -> None:
    error.__traceback__ = None
    settle_operands(error, left, right)
    error.add_frame(pos, "while calling the '" + name + "' builtin")


def add_numbers(a: object, b: object) -> object:
    """``builtins.add``."""
    first = "while evaluating the first argument of the addition"
    second = "while evaluating the second argument of the addition"
    if isinstance(a, float) or isinstance(b, float):
        return force_float(a, 0, first) + force_float(b, 0, second)
    x = force_int(a, 0, first)
    y = force_int(b, 0, second)
    return in_range(x + y, "adding", x, "+", y, 0)


def subtract_numbers(a: object, b: object) -> object:
    """``builtins.sub``."""
    first = "while evaluating the first argument of the subtraction"
    second = "while evaluating the second argument of the subtraction"
    if isinstance(a, float) or isinstance(b, float):
        return force_float(a, 0, first) - force_float(b, 0, second)
    x = force_int(a, 0, first)
    y = force_int(b, 0, second)
    return in_range(x - y, "subtracting", x, "-", y, 0)


def multiply_numbers(a: object, b: object) -> object:
    """``builtins.mul``."""
    second = "while evaluating the second argument of the multiplication"
    if isinstance(a, float) or isinstance(b, float):
        x_float = force_float(a, 0, "while evaluating the first of the multiplication")
        return x_float * force_float(b, 0, second)
    x = force_int(a, 0, "while evaluating the first argument of the multiplication")
    y = force_int(b, 0, second)
    return in_range(x * y, "multiplying", x, "*", y, 0)


def divide_numbers(a: object, b: object) -> object:
    """``builtins.div``: towards zero for integers."""
    first = "while evaluating the first operand of the division"
    second = "while evaluating the second operand of the division"
    divisor = force_float(b, 0, second)
    if divisor == 0.0:
        raise EvalError("division by zero")
    if isinstance(a, float) or isinstance(b, float):
        return force_float(a, 0, first) / divisor
    x = force_int(a, 0, first)
    y = force_int(b, 0, second)
    quotient = abs(x) // abs(y)
    if (x < 0) != (y < 0):
        quotient = -quotient
    return in_range(quotient, "dividing", x, "/", y, 0)


class Subtract(Op):
    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        calls = begin_operator(self.pos)
        try:
            a = self.left.eval(env)
            b = self.right.eval(env)
            REGISTERS.calls = calls
            if not (a is True or a is False or b is True or b is False):
                if isinstance(a, int) and isinstance(b, int):
                    result = a - b
                    if -SMALL <= result <= SMALL:
                        return result
            return subtract_numbers(a, b)
        except NixError as error:
            note_operator(error, self.left, self.right, "sub", self.pos)
            raise

    def thunk(self, env: Env) -> object:
        a = ready(self.left.thunk(env))
        b = ready(self.right.thunk(env))
        if isinstance(a, int) and isinstance(b, int) and REGISTERS.calls < REGISTERS.max_calls:
            result = a - b
            if -SMALL <= result <= SMALL:
                return result
        return Thunk(self, env)


class Multiply(Op):
    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        calls = begin_operator(self.pos)
        try:
            a = self.left.eval(env)
            b = self.right.eval(env)
            REGISTERS.calls = calls
            if not (a is True or a is False or b is True or b is False):
                if isinstance(a, int) and isinstance(b, int):
                    result = a * b
                    if -SMALL <= result <= SMALL:
                        return result
            return multiply_numbers(a, b)
        except NixError as error:
            note_operator(error, self.left, self.right, "mul", self.pos)
            raise

    def thunk(self, env: Env) -> object:
        a = ready(self.left.thunk(env))
        b = ready(self.right.thunk(env))
        if isinstance(a, int) and isinstance(b, int) and REGISTERS.calls < REGISTERS.max_calls:
            result = a * b
            if -SMALL <= result <= SMALL:
                return result
        return Thunk(self, env)


class Divide(Op):
    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        calls = begin_operator(self.pos)
        try:
            a = self.left.eval(env)
            b = self.right.eval(env)
            REGISTERS.calls = calls
            return divide_numbers(a, b)
        except NixError as error:
            note_operator(error, self.left, self.right, "div", self.pos)
            raise


class Less(Op):
    """``left < right``. Nix writes the other comparisons with this one."""

    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        calls = begin_operator(self.pos)
        try:
            a = self.left.eval(env)
            b = self.right.eval(env)
            REGISTERS.calls = calls
            return less(a, b, "")
        except NixError as error:
            note_operator(error, self.left, self.right, "lessThan", self.pos)
            raise
