"""What instruments that wrap operations have in common."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.linker import Body
from tvix_eval.vm.values import Builtin, Code, Op, Primitive


def inner_code(code: Code) -> Code:
    """What runs inside of a body that is put around a lambda's own.

    A body that is not linked yet takes itself out of the way of the code it belongs to, which is
    the inner one from now on.
    """
    body = code.body
    inner = Code(code.arity, code.frame_size, code.params, body, code.strict)
    if isinstance(body, Body):
        body.code = inner
    return inner


def position_of(operation: Op) -> i64:
    """Where the expression of an operation is, as far as the operation knows; or 0."""
    pos = getattr(operation, "pos", 0)
    return pos if isinstance(pos, int) else 0


def with_primitive(builtin: Builtin, primitive: Primitive) -> Builtin:
    """The same builtin, done by something else."""
    return Builtin(builtin.name, builtin.params, primitive, builtin.doc, builtin.strict, builtin.frame)
