"""What a debugger rests on: every expression that it can stop at says when it begins, and when it fails.

The stack of a `Watch` has what is being evaluated, the innermost last: expressions, each with the
activation whose variables it sees, and the bodies of lambdas.
"""

from __future__ import annotations

from tvix_eval.errors import NixError
from tvix_eval.hints import i64, mypyc_attr
from tvix_eval.linker import Instruments, Region, Unit, link
from tvix_eval.probes.wrapping import inner_code, position_of, with_primitive
from tvix_eval.vm.operations.attrs import Select, SelectOr, SelectPath
from tvix_eval.vm.operations.calls import Lambda
from tvix_eval.vm.operations.control import Let, With
from tvix_eval.vm.operations.variables import Const, Variable
from tvix_eval.vm.show import show_name
from tvix_eval.vm.values import Builtin, Code, Env, Op, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Place:
    """An expression of the program. `kind`: the name of its operation, ``Body`` for a lambda's.

    `has_breakpoint`: evaluating it stops.
    """

    def __init__(self, kind: str, pos: i64, name: str) -> None:
        self.kind: Final = kind
        self.pos: Final[i64] = pos
        self.name: Final = name
        self.has_breakpoint = False


BODY: Final = "Body"


class Activity:
    """An expression that is being evaluated, in `env`."""

    def __init__(self, place: Place, env: Env) -> None:
        self.place: Final = place
        self.env: Final = env


@mypyc_attr(allow_interpreted_subclasses=True)
class Watch:
    """Told when evaluation gets somewhere; subclasses stop there."""

    def __init__(self) -> None:
        self.stack: list[Activity] = []
        self.is_stepping = False
        self.caught: i64 = 0  # calls of ``builtins.tryEval`` that are under way

    def linked(self, place: Place) -> None:
        """There is an expression: it may be given a breakpoint."""

    def reached(self) -> None:
        """The innermost expression is about to be evaluated, and has a breakpoint, or we are stepping."""

    def failed(self, error: NixError) -> None:
        """The innermost expression has failed. Those around it say so, too, of the same error."""

    def broke(self, value: object) -> None:
        """``builtins.break`` is called with a place."""


class Step(Op):
    def __init__(self, inner: Op, place: Place, watch: Watch) -> None:
        self.inner: Final = inner
        self.place: Final = place
        self.watch: Final = watch

    def eval(self, env: Env) -> object:
        watch = self.watch
        depth = len(watch.stack)
        watch.stack.append(Activity(self.place, env))
        try:
            if watch.is_stepping or self.place.has_breakpoint:
                watch.reached()
            value = self.inner.eval(env)
        except NixError as error:
            if len(watch.stack) > depth + 1:
                del watch.stack[depth + 1 :]
            watch.failed(error)
            watch.stack.pop()
            raise
        except BaseException:
            del watch.stack[depth:]
            raise
        watch.stack.pop()
        return value

    def thunk(self, env: Env) -> object:
        place = self.inner.thunk(env)
        return Thunk(self, env) if isinstance(place, Thunk) else place


class WatchedBody(Op):
    """A lambda's body: where its activation begins."""

    def __init__(self, code: Code, place: Place, watch: Watch) -> None:
        self.code: Final = code
        self.place: Final = place
        self.watch: Final = watch

    def eval(self, env: Env) -> object:
        watch = self.watch
        depth = len(watch.stack)
        watch.stack.append(Activity(self.place, env))
        try:
            value = self.code.body.eval(env)
        except BaseException:
            del watch.stack[depth:]
            raise
        watch.stack.pop()
        return value


class Break(Primitive):
    def __init__(self, inner: Primitive, watch: Watch) -> None:
        self.inner: Final = inner
        self.watch: Final = watch

    def call1(self, a: object) -> object:
        self.watch.broke(a)
        return self.inner.call1(a)


class TryEval(Primitive):
    def __init__(self, inner: Primitive, watch: Watch) -> None:
        self.inner: Final = inner
        self.watch: Final = watch

    def call1(self, a: object) -> object:
        watch = self.watch
        depth = len(watch.stack)
        watch.caught += 1
        try:
            return self.inner.call1(a)
        finally:
            watch.caught -= 1
            del watch.stack[depth:]


class SteppingInstruments(Instruments):
    """`places`: all that was linked."""

    def __init__(self, watch: Watch) -> None:
        self.watch: Final = watch
        self.places: Final[list[Place]] = []

    def observed(self, operation: Op) -> Op:
        watch = self.watch
        if isinstance(operation, Lambda):
            code = operation.code
            parameter = code.params[0]
            place = Place(BODY, parameter.pos, parameter.name)
            code.body = WatchedBody(inner_code(code), place, watch)
            return operation
        if (
            isinstance(operation, Const)
            or isinstance(operation, Variable)
            or isinstance(operation, Region)
            or isinstance(operation, Let)
            or isinstance(operation, With)
        ):
            return operation
        pos = position_of(operation)
        if pos == 0:
            return operation
        place = Place(type(operation).__name__, pos, selected(operation))
        self.places.append(place)
        watch.linked(place)
        return Step(operation, place, watch)

    def builtin(self, builtin: Builtin) -> Builtin:
        if builtin.name == "break":
            return with_primitive(builtin, Break(builtin.primitive, self.watch))
        if builtin.name == "tryEval":
            return with_primitive(builtin, TryEval(builtin.primitive, self.watch))
        return builtin


def selected(operation: Op) -> str:
    """The attribute path that an operation selects; empty for all others."""
    if isinstance(operation, Select) or isinstance(operation, SelectOr):
        return show_name(operation.name)
    if isinstance(operation, SelectPath):
        return ".".join(
            [show_name(each.name) if each.dynamic is None else "${...}" for each in operation.path]
        )
    return ""


def link_all(unit: Unit) -> None:
    """Link every region of a source, for its places to be known."""
    number: i64 = 0
    while number < len(unit.chunk.regions):
        link(unit, number)
        number += 1
