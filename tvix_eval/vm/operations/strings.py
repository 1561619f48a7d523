"""String and path concatenation: ``+``, interpolation, ``./a/${b}``."""

from __future__ import annotations

from tvix_eval.errors import EvalError, NixError
from tvix_eval.hints import i64
from tvix_eval.vm.coerce import canonical_path, coerce_to_string
from tvix_eval.vm.operations.arithmetic import SMALL, in_range, ready
from tvix_eval.vm.show import show_type
from tvix_eval.vm.strings import Context, ContextBuilder, NixString, union, with_context
from tvix_eval.vm.values import Env, Op, Path, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SEGMENT: Final = "while evaluating a path segment"


class Add(Op):
    """``left + right``: what it means depends on the type of the left operand."""

    def __init__(self, left: Op, right: Op, pos: i64, left_pos: i64, right_pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos
        self.left_pos: Final[i64] = left_pos
        self.right_pos: Final[i64] = right_pos

    def eval(self, env: Env) -> object:
        a = self.left.eval(env)
        if isinstance(a, str):
            b = self.right.eval(env)
            if isinstance(b, str):
                return a + b
            return join(a, coerced(b, self.right_pos))
        if isinstance(a, NixString):
            return join(a, coerced(self.right.eval(env), self.right_pos))
        if not (a is True or a is False):
            if isinstance(a, int):
                b = self.right.eval(env)
                if not (b is True or b is False):
                    if isinstance(b, int):
                        result = a + b
                        if -SMALL <= result <= SMALL:
                            return result
                        return in_range(result, "adding", a, "+", b, self.right_pos)
                    if isinstance(b, float):
                        return float(a) + b
                raise cannot_add(b, "an integer", self.right_pos)
            if isinstance(a, float):
                b = self.right.eval(env)
                if not (b is True or b is False):
                    if isinstance(b, float):
                        return a + b
                    if isinstance(b, int):
                        return a + float(b)
                raise cannot_add(b, "a float", self.right_pos)
        if isinstance(a, Path):
            return append_to_path(a.text, [self.right], [int(self.right_pos)], env, self.pos)
        a = coerced(a, self.left_pos)
        return join(a, coerced(self.right.eval(env), self.right_pos))

    def thunk(self, env: Env) -> object:
        a = ready(self.left.thunk(env))
        b = ready(self.right.thunk(env))
        if isinstance(a, int) and isinstance(b, int):
            result = a + b
            if -SMALL <= result <= SMALL:
                return result
        return Thunk(self, env)


def cannot_add(value: object, what: str, pos: i64) -> NixError:
    return EvalError("cannot add " + show_type(value) + " to " + what, pos)


def coerced(value: object, pos: i64) -> object:
    """The string that a value becomes in another."""
    if isinstance(value, str) or isinstance(value, NixString):
        return value
    context = ContextBuilder()
    return context.string(coerce_to_string(value, context, pos, SEGMENT))


def join(a: object, b: object) -> object:
    """Two strings, each with its context, as one."""
    if isinstance(a, NixString):
        if isinstance(b, NixString):
            return NixString(a.text + b.text, union(a.context, b.context))
        assert isinstance(b, str)
        return NixString(a.text + b, a.context)
    assert isinstance(a, str)
    if isinstance(b, NixString):
        return NixString(a + b.text, b.context)
    assert isinstance(b, str)
    return a + b


def append_to_path(text: str, parts: list[Op], positions: list[int], env: Env, pos: i64) -> object:
    """A path with strings, or paths as they are written, put behind it."""
    context = ContextBuilder()
    at = 0
    for part in parts:
        text += coerce_to_string(part.eval(env), context, positions[at], SEGMENT, False, False)
        at += 1
    if context.context is not None:
        raise EvalError("a string that refers to a store path cannot be appended to a path", pos)
    return Path(canonical_path(text))


class Interpolate(Op):
    """``"a${b}c"``. `positions[i]` is where part i begins."""

    def __init__(self, parts: list[Op], positions: list[int]) -> None:
        self.parts: Final = parts
        self.positions: Final = positions

    def eval(self, env: Env) -> object:
        text = ""
        context: Context | None = None
        at = 0
        for part in self.parts:
            value = part.eval(env)
            if isinstance(value, str):
                text += value
            else:
                value = coerced(value, self.positions[at])
                if isinstance(value, NixString):
                    text += value.text
                    if context is None:
                        context = value.context
                    elif context is not value.context:
                        context = union(context, value.context)
                elif isinstance(value, str):
                    text += value
            at += 1
        return with_context(text, context)


class InterpolateTwo(Op):
    """``"a${b}"`` and ``"${a}b"``, the most frequent of all."""

    def __init__(self, left: Op, right: Op, left_pos: i64, right_pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.left_pos: Final[i64] = left_pos
        self.right_pos: Final[i64] = right_pos

    def eval(self, env: Env) -> object:
        a = self.left.eval(env)
        if not isinstance(a, str):
            a = coerced(a, self.left_pos)
        b = self.right.eval(env)
        if isinstance(b, str):
            if isinstance(a, str):
                return a + b
        else:
            b = coerced(b, self.right_pos)
        return join(a, b)


def interpolate(parts: list[Op], positions: list[int]) -> Op:
    if len(parts) == 2:
        return InterpolateTwo(parts[0], parts[1], positions[0], positions[1])
    return Interpolate(parts, positions)


class InterpolatePath(Op):
    """``./a/${b}``. `prefix` ends as written, even in "/"."""

    def __init__(self, prefix: str, parts: list[Op], positions: list[int], pos: i64) -> None:
        self.prefix: Final = prefix
        self.parts: Final = parts
        self.positions: Final = positions
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        return append_to_path(self.prefix, self.parts, self.positions, env, self.pos)
