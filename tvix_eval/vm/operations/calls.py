"""Lambdas and calls."""

from __future__ import annotations

from tvix_eval.errors import NixError
from tvix_eval.hints import i64
from tvix_eval.vm.calls import (
    begin_call,
    call,
    call_closure,
    call_closure1,
    call_closure2,
    end_call,
    note_builtin,
)
from tvix_eval.vm.machine import REGISTERS, call_depth_error
from tvix_eval.vm.operations.variables import Variable, settle_operands
from tvix_eval.vm.values import (
    NO_ENV,
    OBSERVED,
    Builtin,
    Closure,
    Code,
    Env,
    Failed,
    Op,
    PartialBuiltin,
    Thunk,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Lambda(Op):
    def __init__(self, code: Code) -> None:
        self.code: Final = code

    def eval(self, env: Env) -> object:
        return Closure(self.code, env)

    def thunk(self, env: Env) -> object:
        return Closure(self.code, env)


def strict_argument(operand: Op, env: Env) -> object:
    """What to pass to a function that is going to force the argument before anything else.

    It is counted as nested in the call. An error is passed on as a failed thunk: it must
    come out where the function forces it, to get the frames of that place.
    """
    registers = REGISTERS
    calls = registers.calls
    depth = registers.depth
    registers.calls = calls + 1
    try:
        value = operand.eval(env)
        registers.calls = calls
        return value
    except NixError as error:
        error.__traceback__ = None
        registers.calls = calls
        registers.depth = depth
        if error.unsettled:
            if isinstance(operand, Variable):  # who asks gives the position: it must be the function
                return operand.thunk(env)
            error.unsettled = False
        return Thunk(Failed(error), NO_ENV)


def strict_argument_of_builtin(operand: Op, env: Env) -> object:
    """The value of an argument that a builtin forces first. It would do so without a position."""
    try:
        return operand.eval(env)
    except NixError as error:
        settle_operands(error, operand, operand)
        raise


class Call1(Op):
    """``f a``. What the function forces first in any case is passed as a value."""

    def __init__(self, function: Op, a: Op, pos: i64) -> None:
        self.function: Final = function
        self.a: Final = a
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        function = self.function.eval(env)
        if isinstance(function, Closure):
            if function.code.strict & 1:
                return call_closure1(function, strict_argument(self.a, env), self.pos)
            return call_closure1(function, self.a.thunk(env), self.pos)
        if isinstance(function, Builtin) and function.arity == 1:
            return call_builtin1(function, self.a, env, self.pos)
        return call(function, [self.a.thunk(env)], self.pos)


class Call2(Op):
    def __init__(self, function: Op, a: Op, b: Op, pos: i64) -> None:
        self.function: Final = function
        self.a: Final = a
        self.b: Final = b
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        function = self.function.eval(env)
        if isinstance(function, Closure):
            code = function.code
            if code.arity == 2:
                strict: i64 = code.strict
                if strict & 1:
                    a = strict_argument(self.a, env)
                    if isinstance(a, Thunk):  # it failed
                        strict = 0
                else:
                    a = self.a.thunk(env)
                b = strict_argument(self.b, env) if strict & 2 else self.b.thunk(env)
                return call_closure2(function, a, b, self.pos)
            return call_closure2(function, self.a.thunk(env), self.b.thunk(env), self.pos)
        if isinstance(function, Builtin) and function.arity == 2:
            return call_builtin2(function, self.a, self.b, env, self.pos)
        return call(function, [self.a.thunk(env), self.b.thunk(env)], self.pos)


class CallMany(Op):
    def __init__(self, function: Op, args: list[Op], pos: i64) -> None:
        self.function: Final = function
        self.args: Final = args
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        function = self.function.eval(env)
        args = [each.thunk(env) for each in self.args]
        if isinstance(function, Closure):
            return call_closure(function, args, self.pos)
        return call(function, args, self.pos)


def call_builtin1(builtin: Builtin, a: Op, env: Env, pos: i64) -> object:
    """Call a builtin of one argument. Errors of evaluating the argument are inside the call."""
    registers = REGISTERS
    calls = registers.calls
    if calls > registers.max_calls:
        raise call_depth_error(pos)
    registers.calls = calls + 1
    try:
        if builtin.strict & 1:
            result = builtin.primitive.call1(strict_argument_of_builtin(a, env))
        else:
            result = builtin.primitive.call1(a.thunk(env))
    except NixError as error:
        note_builtin(error, builtin, pos)
        raise
    registers.calls = calls
    return result


def call_builtin2(builtin: Builtin, a: Op, b: Op, env: Env, pos: i64) -> object:
    registers = REGISTERS
    calls = registers.calls
    if calls > registers.max_calls:
        raise call_depth_error(pos)
    registers.calls = calls + 1
    try:
        strict = builtin.strict
        first = strict_argument_of_builtin(a, env) if strict & 1 else a.thunk(env)
        second = strict_argument_of_builtin(b, env) if strict & 2 else b.thunk(env)
        result = builtin.primitive.call2(first, second)
    except NixError as error:
        note_builtin(error, builtin, pos)
        raise
    registers.calls = calls
    return result


class CallBuiltin1(Op):
    """A call of a builtin that is known when linking, with all of its arguments."""

    def __init__(self, builtin: Builtin, a: Op, pos: i64) -> None:
        self.builtin: Final = builtin
        self.a: Final = a
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        return call_builtin1(self.builtin, self.a, env, self.pos)


class CallBuiltin2(Op):
    def __init__(self, builtin: Builtin, a: Op, b: Op, pos: i64) -> None:
        self.builtin: Final = builtin
        self.a: Final = a
        self.b: Final = b
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        return call_builtin2(self.builtin, self.a, self.b, env, self.pos)


class CallBuiltin3(Op):
    def __init__(self, builtin: Builtin, a: Op, b: Op, c: Op, pos: i64) -> None:
        self.builtin: Final = builtin
        self.primitive: Final = builtin.primitive
        self.a: Final = a
        self.b: Final = b
        self.c: Final = c
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        begin_call(self.pos)
        try:
            result = self.primitive.call3(self.a.thunk(env), self.b.thunk(env), self.c.thunk(env))
        except NixError as error:
            note_builtin(error, self.builtin, self.pos)
            raise
        end_call()
        return result


class PartialCall(Op):
    """A builtin known when linking, with too few arguments."""

    def __init__(self, builtin: Builtin, args: list[Op]) -> None:
        self.builtin: Final = builtin
        self.args: Final = args

    def eval(self, env: Env) -> object:
        return PartialBuiltin(self.builtin, [each.thunk(env) for each in self.args])


def make_call(function: Op, known: object, args: list[Op], pos: i64) -> Op:
    """The operation of a call. `known` is what `function` is, when that is a constant."""
    count: i64 = len(args)
    if isinstance(known, Builtin) and known.arity != OBSERVED:
        arity = known.arity
        if count < arity:
            return PartialCall(known, args)
        if arity > 3:
            return CallMany(function, args, pos)
        if arity == 1:
            result: Op = CallBuiltin1(known, args[0], pos)
        elif arity == 2:
            result = CallBuiltin2(known, args[0], args[1], pos)
        else:
            result = CallBuiltin3(known, args[0], args[1], args[2], pos)
        if count == arity:
            return result
        return make_call(result, None, args[arity:], pos)
    if count == 1:
        return Call1(function, args[0], pos)
    if count == 2:
        return Call2(function, args[0], args[1], pos)
    return CallMany(function, args, pos)
