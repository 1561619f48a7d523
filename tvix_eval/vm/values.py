"""The values of the language, and the places that hold them.

==========  =====================================================================
null        `None`
Boolean     `True`, `False`
integer     `int` within 64 bits
float       `float`
string      `str` of byte text; `NixString` when it mentions the store
path        `Path`
list        `list`
set         `Attrs` (`attrs`)
function    `Closure`, `PartialClosure`, `Builtin`, `PartialBuiltin`
==========  =====================================================================

A *place* (element of a list or set, slot of an `Env`, argument) may hold a `Thunk`
instead. Nix compares places by address in some cases; ours is the identity of the object in
the place, so forcing a thunk gives a function a new identity (see `Thunk.force`).

Every class tested with `isinstance` is a leaf: the test is one pointer comparison.
"""

from __future__ import annotations

from tvix_eval.errors import InfiniteRecursionError, NixError
from tvix_eval.hints import i64, mypyc_attr
from tvix_eval.vm.machine import REGISTERS, native_depth_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


# The arity of what is observed: no call has as many arguments, so that every one comes to where
# partial applications are made, and from there to the session's `Interceptor`.
OBSERVED: Final = 1 << 30


@mypyc_attr(free_list_len=1)
class Env:
    """The variables of one activation of a lambda (or of a file), and the one around it.

    The first three slots are inline, which is enough for nine activations of ten.
    """

    __slots__ = ("up", "a", "b", "c", "rest")

    def __init__(self, up: Env | None, a: object, b: object, c: object, rest: list[object] | None) -> None:
        self.up: Final = up
        self.a = a
        self.b = b
        self.c = c
        self.rest: Final = rest

    def get(self, slot: i64) -> object:
        if slot == 0:
            return self.a
        if slot == 1:
            return self.b
        if slot == 2:
            return self.c
        rest = self.rest
        assert rest is not None
        return rest[slot - 3]

    def set(self, slot: i64, value: object) -> None:
        if slot == 0:
            self.a = value
        elif slot == 1:
            self.b = value
        elif slot == 2:
            self.c = value
        else:
            rest = self.rest
            assert rest is not None
            rest[slot - 3] = value


def new_env(size: i64, up: Env | None) -> Env:
    return Env(up, None, None, None, None if size <= 3 else [None] * (size - 3))


class Op:
    """A linked operation. `eval` computes; `thunk` makes what a lazy place holds."""

    def eval(self, env: Env) -> object:
        raise NotImplementedError

    def thunk(self, env: Env) -> object:
        return Thunk(self, env)

    def apply(self, function: object, argument: object, pos: i64) -> object:
        """What an application that was delayed without an `Env` does when forced."""
        raise NotImplementedError


class Pending:
    """In a slot of an `Env`: nothing has asked for the variable yet. Activations share it.

    The variable's operations put what `op` makes of the `Env` in its place before they go on, so
    that most bindings, which no activation uses, cost nothing. Found in slots only, and only where
    making the place needs no other place.
    """

    __slots__ = ("op",)

    def __init__(self, op: Op) -> None:
        self.op: Final = op


@mypyc_attr(free_list_len=1)
class Thunk:
    """A delayed value.

    ============  ==============  =======================  =====================
    state         `op`            `env`                    `value`
    ============  ==============  =======================  =====================
    delayed       the operation   `Env`                    None
    application   its `apply`     the function             the argument
    black hole    as before       None                     None
    done          None            (any)                    the value
    failed        a `Failed`      an `Env`                 (any)
    ============  ==============  =======================  =====================

    Only what was delayed becomes a black hole: Nix lets an application that needs itself go on,
    until it nests too deep.
    """

    __slots__ = ("op", "env", "value")

    def __init__(self, op: Op | None, env: object, value: object = None) -> None:
        self.op: Op | None = op
        self.env = env
        self.value = value

    def force(self, pos: i64) -> object:
        """The value, computed if need be. `pos` is who asks, for an infinite recursion.

        A function gets a new identity: the same function in another place is another
        function, as Nix sees it, though the value is shared.
        """
        op = self.op
        if op is None:
            return self.value
        env = self.env
        if env is None:
            raise infinite_recursion(pos, self)
        registers = REGISTERS
        depth = registers.depth + 1
        if depth > registers.max_depth:
            raise native_depth_error()
        registers.depth = depth
        try:
            if isinstance(env, Env):
                self.env = None
                value = op.eval(env)
            else:
                value = op.apply(env, self.value, pos)
        except NixError as error:
            error.__traceback__ = None
            error.unsettled = False
            if isinstance(error, InfiniteRecursionError) and error.culprit is not None:
                error.add_asker(pos, error.culprit is self)
            if isinstance(op, Failed):
                self.env = env
            else:
                self.op = Failed(error)
                self.env = NO_ENV
                self.value = None
            raise
        except BaseException:
            self.env = env
            raise
        registers.depth = depth - 1
        if isinstance(value, Closure):
            value = Closure(value.code, value.env)
        elif isinstance(value, Builtin):
            value = value.copy()
        self.value = value
        self.op = None
        return value


def infinite_recursion(pos: i64, thunk: Thunk) -> NixError:
    error = InfiniteRecursionError("infinite recursion encountered", pos)
    error.unsettled = True
    error.culprit = thunk
    return error


NO_ENV: Final = Env(None, None, None, None, None)


class Failed(Op):
    """Stands in a thunk whose evaluation failed, and raises the same error again."""

    def __init__(self, error: NixError) -> None:
        self.error: Final = error

    def eval(self, env: Env) -> object:
        raise self.error.copy()


class Parameter:
    """One lambda of a curried run: what it binds, its name, and where it begins."""

    def __init__(self, arg: str, name: str, pos: i64) -> None:
        self.arg: Final = arg
        self.name: Final = name
        self.pos: Final[i64] = pos


class Code:
    """A lambda as linked, or a run of them: ``a: b: body`` is entered once for two arguments.

    `arity` arguments fill the first slots of the frame; 0 means that the one argument is
    taken apart by `formals`. Bit i of `strict`: argument i is forced before anything else
    happens in the body, so a caller may pass its value.
    """

    def __init__(self, arity: i64, frame_size: i64, params: list[Parameter], body: Op, strict: i64) -> None:
        self.arity: Final[i64] = arity
        self.frame_size: Final[i64] = frame_size
        self.rest_size: Final[i64] = frame_size - 3
        self.params: Final = params
        self.body = body  # replaced by the linked one at the first call
        self.strict: Final[i64] = strict
        self.formals: Formals | None = None
        self.doc: tuple[int, int] | None = None  # positions of the documentation comment


class Formals:
    """The pattern ``{ a, b ? default, ... } @ whole``.

    `names[i]` goes to slot i, in symbol order; `slots` is the inverse. `whole` is the name after "@" ("" if none)
    and `whole_slot` its slot, or -1. `pending[i]`: what slot i holds at first when its default
    counts, or None. `cached_*`: how the last shape of argument matched.
    """

    def __init__(
        self,
        names: list[str],
        positions: list[int],
        defaults: list[Op | None],
        pending: list[Pending | None],
        ellipsis: bool,
        whole: str,
        whole_slot: i64,
    ) -> None:
        self.names: Final = names
        self.positions: Final = positions
        self.defaults: Final = defaults
        self.pending: Final = pending
        self.ellipsis: Final = ellipsis
        self.whole: Final = whole
        self.whole_slot: Final[i64] = whole_slot
        self.slots: Final = {names[at]: at for at in range(len(names))}
        self.cached_shape: object = None
        self.cached_indexes: list[int] = []


@mypyc_attr(free_list_len=1)
class Closure:
    __slots__ = ("code", "env")

    def __init__(self, code: Code, env: Env) -> None:
        self.code: Final = code
        self.env: Final = env


class PartialClosure:
    """A closure with some, not all, of the arguments of its curried run."""

    __slots__ = ("closure", "args")

    def __init__(self, closure: Closure, args: list[object]) -> None:
        self.closure: Final = closure
        self.args: Final = args


class Primitive:
    """What a builtin does: a subclass overrides the method of its arity.

    Arguments are places: they may hold thunks, but for those that the builtin's `strict`
    mask names, which may also come as values (force them all the same: it is cheap).
    """

    def call1(self, a: object) -> object:
        raise NotImplementedError

    def call2(self, a: object, b: object) -> object:
        raise NotImplementedError

    def call3(self, a: object, b: object, c: object) -> object:
        raise NotImplementedError

    def call_many(self, args: list[object]) -> object:
        """With more than three arguments."""
        raise NotImplementedError


class Builtin:
    """A builtin function as a value and as the record a host composes.

    `name` as in ``builtins.name``; `params` the names of its arguments, for documentation;
    `doc` Markdown. Bit i of `strict`: argument i is forced before anything else, without a
    frame of its own. `frame`: errors that pass it say "while calling the 'name' builtin".
    `observed`: calls of it go to the session's `Interceptor`.
    """

    __slots__ = ("name", "arity", "strict", "primitive", "params", "doc", "frame")

    def __init__(
        self,
        name: str,
        params: list[str],
        primitive: Primitive,
        doc: str = "",
        strict: i64 = 0,
        frame: bool = True,
        observed: bool = False,
    ) -> None:
        self.name: Final = name
        self.arity: Final[i64] = OBSERVED if observed else len(params)
        self.strict: Final[i64] = strict
        self.primitive: Final = primitive
        self.params: Final = params
        self.doc: Final = doc
        self.frame: Final = frame

    def copy(self) -> Builtin:
        return self.as_observed(self.arity == OBSERVED)

    def as_observed(self, observed: bool) -> Builtin:
        return Builtin(self.name, self.params, self.primitive, self.doc, self.strict, self.frame, observed)


class PartialBuiltin:
    """A builtin with some, not all, of its arguments."""

    __slots__ = ("builtin", "args")

    def __init__(self, builtin: Builtin, args: list[object]) -> None:
        self.builtin: Final = builtin
        self.args: Final = args


class Path:
    """An absolute, canonical path, as byte text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text: Final = text


class Missing:
    """The class of `MISSING`."""


MISSING: Final = Missing()  # what a lookup gives that found nothing; never a value

EMPTY_LIST: Final[list[object]] = []  # nobody changes it
