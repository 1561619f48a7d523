"""Which expressions made the values that are alive.

What an expression makes is known by the address of the object until another takes its place, so
that only what instruments see being made may be asked for: what is alive in the end.
"""

from __future__ import annotations

import gc
import sys

from tvix_eval.hints import i64
from tvix_eval.linker import Instruments, Region
from tvix_eval.probes.wrapping import inner_code, position_of, with_primitive
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.operations.attrs import (
    AttrsLiteral,
    AttrsWithSources,
    Concat,
    DynamicAttrs,
    ListLiteral,
    RecursiveAttrs,
    Update,
)
from tvix_eval.vm.operations.calls import Lambda
from tvix_eval.vm.operations.control import Let, With
from tvix_eval.vm.values import Builtin, Closure, Code, Env, Op, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Kinds of what is made.
SET: Final = "set"
LIST: Final = "list"
THUNK: Final = "thunk"
FRAME: Final = "frame"
FUNCTION: Final = "function"


class Site:
    """An expression, and what is alive of what it has made."""

    def __init__(self, kind: str, operation: Op | None, pos: i64, name: str) -> None:
        self.kind: Final = kind
        self.operation: Final = operation
        self.pos: i64 = pos
        self.name: Final = name
        self.count: i64 = 0
        self.bytes: i64 = 0


class Allocations:
    """`makers`: who made the object at an address."""

    def __init__(self) -> None:
        self.makers: Final[dict[int, Site]] = {}
        self.others: Final[dict[str, Site]] = {}

    def sites(self) -> list[Site]:
        """All that have made something that is alive. Nothing may be evaluated before or after."""
        found: dict[int, Site] = {}
        closures: dict[int, Site] = {}
        makers = self.makers
        for each in gc.get_objects():
            site = makers.get(id(each))
            if isinstance(each, Closure):
                pos = int(each.code.params[0].pos)
                site = closures.get(pos)
                if site is None:
                    site = Site(FUNCTION, None, pos, each.code.params[0].name)
                    closures[pos] = site
            elif site is None or not fits(each, site.kind):
                continue
            found[id(site)] = site
            site.count += 1
            site.bytes += size_of(each)
        return list(found.values())


def fits(value: object, kind: str) -> bool:
    """Whether an object is what was made: its address may be another's since."""
    if isinstance(value, Thunk):
        return kind is THUNK
    if isinstance(value, Attrs):
        return kind is SET
    if isinstance(value, Env):
        return kind is FRAME
    return isinstance(value, list) and kind is LIST


def size_of(value: object) -> i64:
    size: i64 = sys.getsizeof(value)
    if isinstance(value, Attrs):
        size += sys.getsizeof(value.values)
    elif isinstance(value, Env):
        rest = value.rest
        if rest is not None:
            size += sys.getsizeof(rest)
    return size


def place_of(operation: Op | None) -> i64:
    """Where an expression is that has no position itself: where its parts are."""
    while operation is not None:
        pos = position_of(operation)
        if pos != 0:
            return pos
        if isinstance(operation, Region):
            operation = operation.get()
        elif isinstance(operation, Maker):
            operation = operation.inner
        elif isinstance(operation, Let) or isinstance(operation, With):
            operation = operation.body
        elif isinstance(operation, Update):
            return operation.left_pos
        elif isinstance(operation, ListLiteral):
            operation = operation.items[0] if operation.items else None
        elif isinstance(operation, Lambda):
            return operation.code.params[0].pos
        elif (
            isinstance(operation, AttrsLiteral)
            or isinstance(operation, AttrsWithSources)
            or isinstance(operation, RecursiveAttrs)
        ):
            return operation.positions.positions[0] if operation.positions.positions else 0
        elif isinstance(operation, DynamicAttrs):
            return operation.positions[0] if operation.positions else 0
        else:
            operation = None
    return 0


class Maker(Op):
    """An operation that makes a list or a set, or is put off."""

    def __init__(self, inner: Op, value_site: Site | None, allocations: Allocations) -> None:
        self.inner: Final = inner
        self.value_site: Final = value_site
        self.thunk_site: Final = Site(THUNK, inner, 0, "")
        self.makers: Final = allocations.makers

    def eval(self, env: Env) -> object:
        value = self.inner.eval(env)
        site = self.value_site
        if site is not None:
            self.makers[id(value)] = site
        return value

    def thunk(self, env: Env) -> object:
        place = self.inner.thunk(env)
        if isinstance(place, Thunk):
            thunk = Thunk(self, env)
            self.makers[id(thunk)] = self.thunk_site
            return thunk
        return place


class FrameMaker(Op):
    def __init__(self, code: Code, site: Site, allocations: Allocations) -> None:
        self.code: Final = code
        self.site: Final = site
        self.makers: Final = allocations.makers

    def eval(self, env: Env) -> object:
        self.makers[id(env)] = self.site
        return self.code.body.eval(env)


class MakingPrimitive(Primitive):
    """A builtin that makes the list or set that it returns."""

    def __init__(self, inner: Primitive, name: str, allocations: Allocations) -> None:
        self.inner: Final = inner
        self.makers: Final = allocations.makers
        self.set_site: Final = Site(SET, None, 0, name)
        self.list_site: Final = Site(LIST, None, 0, name)

    def made(self, value: object) -> object:
        if isinstance(value, Attrs):
            self.makers[id(value)] = self.set_site
        elif isinstance(value, list):
            self.makers[id(value)] = self.list_site
        return value

    def call1(self, a: object) -> object:
        return self.made(self.inner.call1(a))

    def call2(self, a: object, b: object) -> object:
        return self.made(self.inner.call2(a, b))

    def call3(self, a: object, b: object, c: object) -> object:
        return self.made(self.inner.call3(a, b, c))

    def call_many(self, args: list[object]) -> object:
        return self.made(self.inner.call_many(args))


class AllocationInstruments(Instruments):
    def __init__(self, makers: frozenset[str]) -> None:
        """`makers`: builtins that make what they return."""
        self.allocations: Final = Allocations()
        self.makers: Final = makers

    def observed(self, operation: Op) -> Op:
        if isinstance(operation, Lambda):
            code = operation.code
            parameter = code.params[0]
            site = Site(FRAME, None, parameter.pos, parameter.name)
            code.body = FrameMaker(inner_code(code), site, self.allocations)
            return operation
        kind = ""
        if isinstance(operation, ListLiteral) or isinstance(operation, Concat):
            kind = LIST
        elif (
            isinstance(operation, AttrsLiteral)
            or isinstance(operation, AttrsWithSources)
            or isinstance(operation, RecursiveAttrs)
            or isinstance(operation, DynamicAttrs)
            or isinstance(operation, Update)
        ):
            kind = SET
        if kind:
            return Maker(operation, Site(kind, operation, 0, ""), self.allocations)
        if isinstance(operation, Region):
            return Maker(operation, None, self.allocations)
        return operation

    def builtin(self, builtin: Builtin) -> Builtin:
        if builtin.name not in self.makers:
            return builtin
        made_by = MakingPrimitive(builtin.primitive, builtin.name, self.allocations)
        return with_primitive(builtin, made_by)
