"""Calls as Nix makes them, one lambda after the other, and reported to an `Observer`.

What can be called is marked when it is linked (`OBSERVED`), so that calls from wherever they are
made, operations and builtins, end here and not in `calls`.
"""

from __future__ import annotations

from tvix_eval.errors import NixError
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.calls import (
    ApplyNamed,
    begin_call,
    bind_formals,
    call,
    end_call,
    not_a_function,
    note_builtin,
    note_call,
)
from tvix_eval.vm.machine import REGISTERS, Interceptor, poll
from tvix_eval.vm.observer import ENV_ELEMENTS, ENVS, LIST_ELEMENTS, SET_ELEMENTS, SETS, Observer
from tvix_eval.vm.values import (
    MISSING,
    OBSERVED,
    Builtin,
    Closure,
    Code,
    Env,
    Op,
    Parameter,
    PartialBuiltin,
    Thunk,
    new_env,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Builtins that make the list or set that they return.
MAKERS: Final = frozenset(
    (
        "attrNames attrValues catAttrs concatLists concatMap filter functionArgs genList"
        " genericClosure groupBy intersectAttrs listToAttrs map mapAttrs match partition removeAttrs sort"
        " split splitVersion tail zipAttrsWith"
    ).split()
)
APPLY_TWICE: Final = frozenset(
    ("mapAttrs", "zipAttrsWith")
)  # give their function one argument after the other


class ObservedCode(Code):
    """One lambda of a run: it fills slot `index` of the frame, and makes a closure of what `follows`."""

    def __init__(self, frame_size: i64, parameter: Parameter, body: Op, index: i64) -> None:
        super().__init__(OBSERVED, frame_size, [parameter], body, 0)
        self.index: Final[i64] = index
        self.follows: ObservedCode | None = None


def observed_code(code: Code) -> ObservedCode:
    """The first lambda of the run that `code` is."""
    first = ObservedCode(code.frame_size, code.params[0], code.body, 0)
    first.formals = code.formals
    first.doc = code.doc
    last = first
    index: i64 = 1
    while index < len(code.params):
        follower = ObservedCode(code.frame_size, code.params[index], code.body, index)
        last.follows = follower
        last = follower
        index += 1
    return first


def copy_env(env: Env) -> Env:
    rest = env.rest
    return Env(env.up, env.a, env.b, env.c, None if rest is None else rest.copy())


class ObservedCalls(Interceptor):
    def __init__(self, observer: Observer) -> None:
        self.observer: Final = observer

    def call(self, function: object, args: list[object], pos: i64) -> object:
        begin_call(pos)
        ticks = REGISTERS.ticks - 1
        REGISTERS.ticks = ticks
        if ticks <= 0:
            poll()
        self.observer.enter(function, args, pos)
        try:
            result = self.apply_all(function, args, pos)
        finally:
            self.observer.leave(pos)
        end_call()
        return result

    def call_twice(self, function: object, a: object, b: object, pos: i64) -> object:
        """Call with `b` what a call with `a`, which is made first, gives."""
        begin_call(pos)
        self.observer.enter(None, [b], pos)
        try:
            result = self.apply_all(self.call(function, [a], pos), [b], pos)
        finally:
            self.observer.leave(pos)
        end_call()
        return result

    def apply_all(self, function: object, args: list[object], pos: i64) -> object:
        at = 0
        while at < len(args):
            if isinstance(function, Thunk):
                function = function.force(pos)
            if isinstance(function, Closure):
                function = self.apply_closure(function, args[at], pos)
                at += 1
            elif isinstance(function, Builtin) or isinstance(function, PartialBuiltin):
                builtin = function if isinstance(function, Builtin) else function.builtin
                given: list[object] = [] if isinstance(function, Builtin) else function.args
                missing = len(builtin.params) - len(given)
                more = args[at : at + missing]
                at += missing
                if len(more) < missing:
                    return PartialBuiltin(builtin, given + more)
                function = self.apply_builtin(builtin, given + more, pos)
            else:
                functor = function.place("__functor") if isinstance(function, Attrs) else MISSING
                if functor is MISSING:
                    raise not_a_function(function, pos)
                assert isinstance(function, Attrs)
                function = self.apply_functor(function, functor, args[at], pos)
                at += 1
        return function

    def apply_closure(self, closure: Closure, argument: object, pos: i64) -> object:
        code = closure.code
        if not isinstance(code, ObservedCode):
            return call(closure, [argument], pos)
        index = code.index
        if index == 0:
            env = new_env(code.frame_size, closure.env)
            self.observer.count(ENVS, 1)
            self.observer.count(ENV_ELEMENTS, code.frame_size)
        else:
            env = copy_env(closure.env)  # whoever calls it a second time has the same first arguments
        formals = code.formals
        if formals is not None:
            bind_formals(code, formals, argument, env, pos)
        else:
            env.set(index, argument)
        self.observer.apply_function(code)
        follows = code.follows
        if follows is not None:
            return Closure(follows, env)
        try:
            return code.body.eval(env)
        except NixError as error:
            note_call(error, code, pos)
            raise

    def apply_builtin(self, builtin: Builtin, args: list[object], pos: i64) -> object:
        self.observer.apply_builtin(builtin)
        primitive = builtin.primitive
        arity = len(args)
        try:
            if arity == 1:
                result = primitive.call1(args[0])
            elif arity == 2:
                result = primitive.call2(args[0], args[1])
            elif arity == 3:
                result = primitive.call3(args[0], args[1], args[2])
            else:
                result = primitive.call_many(args)
        except NixError as error:
            note_builtin(error, builtin, pos)
            raise
        name = builtin.name
        if name in MAKERS:
            if isinstance(result, list):
                self.observer.count(LIST_ELEMENTS, len(result))
            elif isinstance(result, Attrs):
                self.observer.count(SETS, 1)
                self.observer.count(SET_ELEMENTS, result.size())
                if name in APPLY_TWICE:
                    self.observe_applications(result)
        return result

    def apply_functor(self, subject: Attrs, functor: object, argument: object, pos: i64) -> object:
        try:
            return self.call(functor, [subject, argument], subject.position("__functor"))
        except NixError as error:
            error.add_frame(pos, "while calling a functor (an attribute set with a '__functor' attribute)")
            raise

    def observe_applications(self, attrs: Attrs) -> None:
        """Make two calls of those that the attributes have been put off to."""
        names = attrs.names()
        at = 0
        for place in attrs.places():
            if isinstance(place, Thunk) and place.op is not None:
                argument = place.value
                if isinstance(argument, list) and not isinstance(place.op, ApplyNamed):
                    place.value = argument[1]
                place.op = ObservedApplication(names[at], self)
            at += 1


class ObservedApplication(ApplyNamed):
    def __init__(self, name: str, calls: ObservedCalls) -> None:
        super().__init__(name)
        self.calls: Final = calls

    def apply(self, function: object, argument: object, pos: i64) -> object:
        return self.calls.call_twice(function, self.name, argument, pos)
