"""Calling functions.

Calls nest natively. Each is counted against ``max-call-depth`` as Nix counts: one for a
call with all of its arguments. The hot ones count in place.
"""

from __future__ import annotations

from tvix_eval.errors import NixError, TypeError_
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.force import expected
from tvix_eval.vm.machine import REGISTERS, call_depth_error, poll, session
from tvix_eval.vm.shapes import TABLE_SHAPE, Shape
from tvix_eval.vm.show import show_name, show_type, show_value
from tvix_eval.vm.values import (
    MISSING,
    OBSERVED,
    Builtin,
    Closure,
    Code,
    Env,
    Formals,
    Op,
    Parameter,
    PartialBuiltin,
    PartialClosure,
    Thunk,
    new_env,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


def function_label(parameter: Parameter) -> str:
    return parameter.name if parameter.name else "anonymous lambda"


def bind_formals(code: Code, formals: Formals, argument: object, env: Env, pos: i64) -> None:
    """Take a set apart as the pattern says, into the first slots of `env`."""
    if isinstance(argument, Thunk):
        argument = force_argument(argument, code, pos)
    if not isinstance(argument, Attrs):
        lambda_pos = code.params[0].pos
        error = expected("a set", argument, 0)
        error.add_frame(lambda_pos, "while evaluating the value passed for the lambda argument")
        if pos != 0:
            error.add_frame(pos, "from call site")
        raise error
    if formals.whole_slot >= 0:
        env.set(formals.whole_slot, argument)
    slot: i64 = 0
    shape = argument.shape
    if argument.base is None and shape is not TABLE_SHAPE:
        values = argument.values
        if shape is not formals.cached_shape:
            if not match_formals(formals, shape):
                raise wrong_arguments(code, formals, argument, pos)
        defaults = formals.defaults
        for index in formals.cached_indexes:
            if index >= 0:
                place = values[index]
                if isinstance(place, Thunk) and place.op is None:
                    place = place.value
                    values[index] = place
                env.set(slot, place)
            else:
                default = defaults[slot]
                if default is None:
                    raise wrong_arguments(code, formals, argument, pos)
                pending = formals.pending[slot]
                env.set(slot, default.thunk(env) if pending is None else pending)
            slot += 1
    else:
        count: i64 = 0
        for name in formals.names:
            value = argument.place(name)
            if value is not MISSING:
                count += 1
                env.set(slot, value)
            else:
                default = formals.defaults[slot]
                if default is None:
                    raise wrong_arguments(code, formals, argument, pos)
                pending = formals.pending[slot]
                env.set(slot, default.thunk(env) if pending is None else pending)
            slot += 1
        if not formals.ellipsis and count != argument.size():
            raise wrong_arguments(code, formals, argument, pos)


def match_formals(formals: Formals, shape: Shape) -> bool:
    """Find out where the formals are in the sets of a shape; False if these have too many attributes.

    It goes by the names of the shape: a function with many optional arguments is mostly given few.
    """
    slots = formals.slots
    indexes = [-1] * len(formals.names)
    used: i64 = 0
    at: i64 = 0
    for name in shape.names:
        slot = slots.get(name)
        if slot is not None:
            indexes[slot] = at
            used += 1
        at += 1
    if used != shape.size and not formals.ellipsis:
        return False
    formals.cached_indexes = indexes
    formals.cached_shape = shape
    return True


def force_argument(argument: Thunk, code: Code, pos: i64) -> object:
    try:
        return argument.force(code.params[0].pos)
    except NixError as error:
        if pos != 0:
            error.add_frame(pos, "from call site")
        raise


def wrong_arguments(code: Code, formals: Formals, argument: Attrs, pos: i64) -> NixError:
    """The first missing argument, or else the first unexpected one."""
    lambda_ = code.params[0]
    begin = "function '" + function_label(lambda_) + "' called "
    slot = 0
    for name in formals.names:
        if formals.defaults[slot] is None and not argument.has(name):
            missing = TypeError_(begin + "without required argument '" + show_name(name) + "'", lambda_.pos)
            missing.add_frame(pos, "from call site")
            return missing
        slot += 1
    current = REGISTERS.session
    assert current is not None
    names = argument.names()
    for index in argument.symbol_order(current.symbols):
        if names[index] not in formals.names:
            unexpected = TypeError_(
                begin + "with unexpected argument '" + show_name(names[index]) + "'", lambda_.pos
            )
            unexpected.add_frame(pos, "from call site")
            unexpected.wanted_name = names[index]
            unexpected.known_names = formals.names
            return unexpected
    raise AssertionError("the argument fits")


def begin_call(pos: i64) -> None:
    """Count a call. An error need not end it."""
    registers = REGISTERS
    calls = registers.calls
    if calls > registers.max_calls:
        raise call_depth_error(pos)
    registers.calls = calls + 1


def end_call() -> None:
    REGISTERS.calls -= 1


def note_call(error: NixError, code: Code, pos: i64) -> None:
    """What an error that leaves a function is told, and relieved of."""
    error.__traceback__ = None
    if REGISTERS.show_trace:
        lambda_ = code.params[-1]
        label = "'" + lambda_.name + "'" if lambda_.name else "anonymous lambda"
        error.add_frame(lambda_.pos, "while calling " + label)
        if pos != 0:
            error.add_frame(pos, "from call site")


def call_closure1(closure: Closure, a: object, pos: i64) -> object:
    code = closure.code
    arity = code.arity
    if arity > 1:
        return call_partially(closure, [a], pos)
    registers = REGISTERS
    calls = registers.calls
    if calls > registers.max_calls:
        raise call_depth_error(pos)
    registers.calls = calls + 1
    ticks = registers.ticks - 1
    registers.ticks = ticks
    if ticks <= 0:
        poll()
    if arity == 1:
        env = Env(closure.env, a, None, None, None if code.rest_size <= 0 else [None] * code.rest_size)
    else:
        env = new_env(code.frame_size, closure.env)
        formals = code.formals
        assert formals is not None
        bind_formals(code, formals, a, env, pos)
    try:
        result = code.body.eval(env)
    except NixError as error:
        note_call(error, code, pos)
        raise
    registers.calls = calls
    return result


def call_partially(closure: Closure, args: list[object], pos: i64) -> object:
    """A call with too few arguments, or of what is observed."""
    if closure.code.arity == OBSERVED:
        return intercepted(closure, args, pos)
    return PartialClosure(closure, args)


def call_builtin_partially(builtin: Builtin, args: list[object], pos: i64) -> object:
    if builtin.arity == OBSERVED:
        return intercepted(builtin, args, pos)
    return PartialBuiltin(builtin, args)


def intercepted(function: object, args: list[object], pos: i64) -> object:
    interceptor = session().interceptor
    assert interceptor is not None
    return interceptor.call(function, args, pos)


def call_closure2(closure: Closure, a: object, b: object, pos: i64) -> object:
    code = closure.code
    if code.arity == 2:
        registers = REGISTERS
        calls = registers.calls
        if calls > registers.max_calls:
            raise call_depth_error(pos)
        registers.calls = calls + 1
        ticks = registers.ticks - 1
        registers.ticks = ticks
        if ticks <= 0:
            poll()
        env = Env(closure.env, a, b, None, None if code.rest_size <= 0 else [None] * code.rest_size)
        try:
            result = code.body.eval(env)
        except NixError as error:
            note_call(error, code, pos)
            raise
        registers.calls = calls
        return result
    return call_closure(closure, [a, b], pos)


def call_closure(closure: Closure, args: list[object], pos: i64) -> object:
    code = closure.code
    arity = code.arity
    count: i64 = len(args)
    if arity <= 1:
        result = call_closure1(closure, args[0], pos)
        if count == 1:
            return result
        return call(result, args[1:], pos)
    if count < arity:
        return call_partially(closure, args, pos)
    begin_call(pos)
    env = new_env(code.frame_size, closure.env)
    slot: i64 = 0
    while slot < arity:
        env.set(slot, args[slot])
        slot += 1
    try:
        result = code.body.eval(env)
    except NixError as error:
        note_call(error, code, pos)
        raise
    end_call()
    if count == arity:
        return result
    return call(result, args[arity:], pos)


def call_builtin(builtin: Builtin, args: list[object], pos: i64) -> object:
    """Call with as many arguments as it takes."""
    arity = builtin.arity
    begin_call(pos)
    try:
        if arity == 1:
            result = builtin.primitive.call1(args[0])
        elif arity == 2:
            result = builtin.primitive.call2(args[0], args[1])
        elif arity == 3:
            result = builtin.primitive.call3(args[0], args[1], args[2])
        else:
            result = builtin.primitive.call_many(args)
    except NixError as error:
        note_builtin(error, builtin, pos)
        raise
    end_call()
    return result


def note_builtin(error: NixError, builtin: Builtin, pos: i64) -> None:
    error.__traceback__ = None
    if builtin.frame:
        error.add_frame(pos, "while calling the '" + builtin.name + "' builtin")


def call(function: object, args: list[object], pos: i64) -> object:
    """Apply a function to one or more arguments. Raises TypeError_ when it is none."""
    if isinstance(function, Thunk):
        function = function.force(pos)
    if isinstance(function, Closure):
        return call_closure(function, args, pos)
    if isinstance(function, PartialClosure):
        return call_closure(function.closure, function.args + args, pos)
    if isinstance(function, Builtin):
        count: i64 = len(args)
        arity = function.arity
        if count < arity:
            return call_builtin_partially(function, args, pos)
        if count == arity:
            return call_builtin(function, args, pos)
        return call(call_builtin(function, args[:arity], pos), args[arity:], pos)
    if isinstance(function, PartialBuiltin):
        return call(function.builtin, function.args + args, pos)
    if session().interceptor is not None:
        return intercepted(function, args, pos)
    if isinstance(function, Attrs):
        functor = function.place("__functor")
        if functor is not MISSING:
            result = call_functor(function, functor, args[0], pos)
            if len(args) == 1:
                return result
            return call(result, args[1:], pos)
    raise not_a_function(function, pos)


def not_a_function(value: object, pos: i64) -> NixError:
    return TypeError_(
        "attempt to call something which is not a function but "
        + show_type(value)
        + ": "
        + show_value(value),
        pos,
    )


def call_functor(subject: Attrs, functor: object, argument: object, pos: i64) -> object:
    begin_call(pos)
    try:
        result = call(functor, [subject, argument], subject.position("__functor"))
    except NixError as error:
        error.add_frame(pos, "while calling a functor (an attribute set with a '__functor' attribute)")
        raise
    end_call()
    return result


def call1(function: object, a: object, pos: i64) -> object:
    if isinstance(function, Closure):
        return call_closure1(function, a, pos)
    return call(function, [a], pos)


def call2(function: object, a: object, b: object, pos: i64) -> object:
    if isinstance(function, Closure):
        return call_closure2(function, a, b, pos)
    return call(function, [a, b], pos)


class Apply(Op):
    """Calls a function with one argument: the operation of a delayed application."""

    def apply(self, function: object, argument: object, pos: i64) -> object:
        if isinstance(function, Closure):
            return call_closure1(function, argument, pos)
        return call(function, [argument], pos)


class Apply2(Op):
    """The same with two arguments, held as a list."""

    def apply(self, function: object, argument: object, pos: i64) -> object:
        assert isinstance(argument, list)
        return call2(function, argument[0], argument[1], pos)


class ApplyNamed(Op):
    """Calls the function of ``mapAttrs``, which need not be forced, for the attribute `name`."""

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def apply(self, function: object, argument: object, pos: i64) -> object:
        return call2(function, self.name, argument, pos)


def function_position(value: object) -> i64:
    """Where a lambda is defined; of a delayed application, where its function is; 0 for all else."""
    if isinstance(value, Closure):
        return value.code.params[0].pos
    if isinstance(value, PartialClosure):
        return value.closure.code.params[len(value.args)].pos
    if isinstance(value, Thunk):
        op = value.op
        if op is None:
            return function_position(value.value)
        if op is APPLY or op is APPLY2 or isinstance(op, ApplyNamed):
            return function_position(value.env)
    return 0


APPLY: Final = Apply()
APPLY2: Final = Apply2()
