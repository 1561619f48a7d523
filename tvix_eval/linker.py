"""From bytecode to operations: the one place where what is written meets what runs.

A region is linked when it is first evaluated. Linking reads its postfix code once, with a
stack of operations; it does not recurse.
"""

from __future__ import annotations

from tvix_eval.compiler import bytecode as op
from tvix_eval.compiler.bytecode import Chunk
from tvix_eval.errors import InternalError
from tvix_eval.hints import i64
from tvix_eval.syntax.nodes import PATH_HOME, PATH_RELATIVE
from tvix_eval.syntax.show import relocate
from tvix_eval.vm.attr_positions import LiteralPositions
from tvix_eval.vm.attrs import EMPTY_ATTRS
from tvix_eval.vm.coerce import canonical_path
from tvix_eval.vm.machine import REGISTERS, native_depth_error
from tvix_eval.vm.operations.arithmetic import Divide, Less, Multiply, Subtract
from tvix_eval.vm.operations.attrs import (
    AttrsLiteral,
    AttrsWithSources,
    Concat,
    DynamicAttrs,
    EmptyList,
    HasAttr,
    HasAttrPath,
    ListLiteral,
    PathComponent,
    RecursiveAttrs,
    Select,
    SelectOr,
    SelectPath,
    Update,
)
from tvix_eval.vm.operations.calls import Lambda, make_call
from tvix_eval.vm.operations.control import (
    And,
    Assert,
    Equal,
    If,
    Implies,
    Let,
    Not,
    NotEqual,
    Or,
    With,
)
from tvix_eval.vm.operations.strings import Add, InterpolatePath, interpolate
from tvix_eval.vm.operations.variables import Const, Lazy, WithVariable, variable
from tvix_eval.vm.shapes import Shape, shape_of
from tvix_eval.vm.values import Builtin, Code, Env, Formals, Op, Parameter, Path, Pending, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class Instruments:
    """Says what to link instead of an operation, in an evaluation that is observed."""

    def observed(self, operation: Op) -> Op:
        raise NotImplementedError

    def builtin(self, builtin: Builtin) -> Builtin:
        """What to bind instead of a builtin."""
        return builtin


class Globals:
    """What the host supplies: values by the names that are visible without ``builtins.``.

    `operators`: the builtins that `-`, `*`, `/` and `<` stand for, by global name, as long
    as they are the standard ones; the linker then uses the operations instead.
    """

    def __init__(
        self,
        values: dict[str, object],
        operators: dict[str, Builtin],
        instruments: Instruments | None = None,
    ) -> None:
        self.values: Final = values
        self.operators: Final = operators
        self.instruments: Final = instruments

    def is_standard(self, name: str) -> bool:
        value = self.values.get(name)
        standard = self.operators.get(name)
        return isinstance(value, Builtin) and value is standard


class Unit:
    """A chunk in one evaluation: the chunk, and what it is linked against.

    `base` is added to spans to make positions. `folder` is what relative paths are relative
    to, `home` what ``~`` stands for. `position(pos)` makes the value of ``__curPos``.
    """

    def __init__(
        self,
        chunk: Chunk,
        base: i64,
        folder: str,
        home: str,
        host: Globals,
        position: Callable[[int], object],
    ) -> None:
        self.chunk: Final = chunk
        self.base: Final[i64] = base
        self.folder: Final = folder
        self.home: Final = home
        self.host: Final = host
        self.position: Final = position
        self.shapes: Final[dict[i64, Shape]] = {}

    def path(self, kind: i64, text: str) -> str:
        """A path literal made absolute, not canonical yet."""
        if kind == PATH_RELATIVE:
            return self.folder + "/" + text
        if kind == PATH_HOME:
            return self.home + text
        return text

    def text(self, quoted: str) -> str:
        """Quoted source whose paths are made absolute."""
        return relocate(quoted, self.folder, self.home)

    def main(self) -> Op:
        return link(self, len(self.chunk.regions) - 1)


class Region(Op):
    """A region that is linked when first evaluated. `thunk` delays it."""

    def __init__(self, unit: Unit, number: i64) -> None:
        self.unit: Final = unit
        self.number: Final[i64] = number
        self.linked: Op | None = None

    def get(self) -> Op:
        linked = self.linked
        if linked is None:
            linked = link(self.unit, self.number)
            self.linked = linked
        return linked

    def eval(self, env: Env) -> object:
        linked = self.linked
        if linked is None:
            linked = self.get()
        return linked.eval(env)

    def thunk(self, env: Env) -> object:
        linked = self.linked
        if linked is None:
            return Thunk(self, env)
        return Thunk(linked, env)


class DeeperRegion(Op):
    """The same for an operand so deep in an expression that it is counted as an activation.

    So the native stack that one activation can use is bounded, however deep an expression
    is nested.
    """

    def __init__(self, region: Region) -> None:
        self.region: Final = region

    def eval(self, env: Env) -> object:
        registers = REGISTERS
        depth = registers.depth + 1
        if depth > registers.max_depth:
            raise native_depth_error()
        registers.depth = depth
        value = self.region.eval(env)
        registers.depth = depth - 1
        return value


class Body(Op):
    """A lambda's body before its first call: links it and takes itself out of the way."""

    def __init__(self, unit: Unit, number: i64) -> None:
        self.unit: Final = unit
        self.number: Final[i64] = number
        self.code: Code | None = None

    def eval(self, env: Env) -> object:
        code = self.code
        assert code is not None
        if code.body is self:
            code.body = link(self.unit, self.number)
        return code.body.eval(env)


class Reader:
    """Reads the operands of a region."""

    def __init__(self, unit: Unit, at: i64) -> None:
        self.unit: Final = unit
        self.code: Final = unit.chunk.code
        self.constants: Final = unit.chunk.constants
        self.base: Final[i64] = unit.base
        self.at: i64 = at

    def number(self) -> i64:
        code = self.code
        at = self.at
        byte: i64 = code[at]
        at += 1
        value = byte & 0x7F
        shift: i64 = 7
        while byte >= 0x80:
            byte = code[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
        self.at = at
        return value

    def position(self) -> i64:
        span = self.number()
        return span + self.base if span != 0 else 0

    def positions(self) -> list[int]:
        result: list[int] = []
        count = self.number()
        while count > 0:
            result.append(self.position())
            count -= 1
        return result

    def numbers(self) -> list[int]:
        result: list[int] = []
        count = self.number()
        while count > 0:
            result.append(self.number())
            count -= 1
        return result

    def name(self) -> str:
        value = self.constants[self.number()]
        assert isinstance(value, str)
        return value

    def shape(self) -> Shape:
        number = self.number()
        shapes = self.unit.shapes
        found = shapes.get(number)
        if found is None:
            names = self.constants[number]
            assert isinstance(names, tuple)
            found = shape_of([name for name in names if isinstance(name, str)])
            shapes[number] = found
        return found

    def delayed(self) -> list[bool]:
        flags = self.constants[self.number()]
        assert isinstance(flags, bytes)
        return [flag != 0 for flag in flags]


def take(stack: list[Op], count: i64) -> list[Op]:
    """The last `count` operations of the stack, taken off."""
    if count == 0:
        return []
    start = len(stack) - count
    taken = stack[start:]
    del stack[start:]
    return taken


def link(unit: Unit, number: i64) -> Op:
    """The operation that a region computes."""
    reader = Reader(unit, unit.chunk.regions[number])
    code = unit.chunk.code
    instruments = unit.host.instruments
    stack: list[Op] = []
    while True:
        opcode: i64 = code[reader.at]
        reader.at += 1
        if opcode == op.END:
            return stack[0]
        if opcode == op.LOCAL:
            slot = reader.number()
            stack.append(variable(0, slot, reader.position()))
        elif opcode == op.OUTER:
            depth = reader.number()
            slot = reader.number()
            stack.append(variable(depth, slot, reader.position()))
        elif opcode == op.SELECT:
            subject = stack.pop()
            name = reader.name()
            stack.append(Select(subject, name, reader.position()))
        elif opcode == op.CONST:
            stack.append(Const(reader.constants[reader.number()]))
        elif opcode == op.DELAY or opcode == op.BRANCH:
            stack.append(Region(unit, reader.number()))
        elif opcode == op.CALL:
            count = reader.number()
            args = take(stack, count)
            function = stack.pop()
            known = function.value if isinstance(function, Const) else None
            stack.append(make_call(function, known, args, reader.position()))
        elif opcode == op.GLOBAL:
            value = unit.host.values[reader.name()]
            pos = reader.position()
            stack.append(Lazy(value, pos) if isinstance(value, Thunk) else Const(value))
        elif opcode == op.INT:
            stack.append(Const(int(reader.number())))
        elif opcode == op.TRUE:
            stack.append(Const(True))
        elif opcode == op.FALSE:
            stack.append(Const(False))
        elif opcode == op.NULL:
            stack.append(Const(None))
        elif opcode == op.LAMBDA:
            stack.append(link_lambda(reader))
        elif opcode == op.PATTERN:
            stack.append(link_pattern(reader, stack))
        elif opcode == op.IF:
            otherwise = stack.pop()
            then = stack.pop()
            stack.append(If(stack.pop(), then, otherwise, reader.position()))
        elif opcode == op.LET:
            stack.append(link_let(reader, stack))
        elif opcode == op.LIST:
            stack.append(ListLiteral(take(stack, reader.number())))
        elif opcode == op.EMPTY_LIST:
            stack.append(EmptyList())
        elif opcode == op.ATTRS:
            stack.append(link_attrs(reader, stack))
        elif opcode == op.REC:
            stack.append(link_rec(reader, stack))
        elif opcode == op.INTERPOLATE:
            positions = reader.positions()
            stack.append(interpolate(take(stack, len(positions)), positions))
        else:
            link_operator(unit, reader, stack, opcode)
        if instruments is not None:
            stack.append(instruments.observed(stack.pop()))


def link_operator(unit: Unit, reader: Reader, stack: list[Op], opcode: i64) -> None:
    """The less frequent instructions."""
    if opcode == op.ADD:
        right = stack.pop()
        left = stack.pop()
        pos = reader.position()
        left_pos = reader.position()
        stack.append(Add(left, right, pos, left_pos, reader.position()))
    elif opcode == op.SUB or opcode == op.MUL or opcode == op.DIV or opcode == op.LESS:
        right = stack.pop()
        left = stack.pop()
        stack.append(link_arithmetic(unit, opcode, left, right, reader.position()))
    elif opcode == op.EQUAL:
        right = stack.pop()
        stack.append(Equal(stack.pop(), right))
    elif opcode == op.NOT_EQUAL:
        right = stack.pop()
        stack.append(NotEqual(stack.pop(), right))
    elif opcode == op.AND:
        right = stack.pop()
        stack.append(And(stack.pop(), right, reader.position()))
    elif opcode == op.OR:
        right = stack.pop()
        stack.append(Or(stack.pop(), right, reader.position()))
    elif opcode == op.IMPLIES:
        right = stack.pop()
        stack.append(Implies(stack.pop(), right, reader.position()))
    elif opcode == op.NOT:
        stack.append(Not(stack.pop(), reader.position()))
    elif opcode == op.UPDATE:
        right = stack.pop()
        left = stack.pop()
        left_pos = reader.position()
        stack.append(Update(left, right, left_pos, reader.position()))
    elif opcode == op.CONCAT:
        right = stack.pop()
        stack.append(Concat(stack.pop(), right, reader.position()))
    elif opcode == op.HAS:
        stack.append(HasAttr(stack.pop(), reader.name()))
    elif opcode == op.SELECT_OR:
        default = stack.pop()
        subject = stack.pop()
        name = reader.name()
        stack.append(SelectOr(subject, name, default, reader.position()))
    elif opcode == op.SELECT_PATH or opcode == op.SELECT_PATH_OR:
        link_select_path(reader, stack, opcode == op.SELECT_PATH_OR)
    elif opcode == op.HAS_PATH:
        pos = reader.position()
        positions = reader.positions()
        path = link_path(stack, positions, [""] * len(positions))
        stack.append(HasAttrPath(stack.pop(), path, pos))
    elif opcode == op.PATH:
        kind = reader.number()
        written = unit.path(kind, reader.name())
        stack.append(Const(Path(written if kind == PATH_HOME else canonical_path(written))))
    elif opcode == op.PATH_INTERPOLATE:
        kind = reader.number()
        prefix = reader.name()
        pos = reader.position()
        positions = reader.positions()
        absolute = canonical_path(unit.path(kind, prefix))
        if prefix.endswith("/") and absolute != "/":
            absolute += "/"
        stack.append(InterpolatePath(absolute, take(stack, len(positions)), positions, pos))
    elif opcode == op.DYNAMIC:
        positions = reader.positions()
        operands = take(stack, 2 * len(positions))
        stack.append(DynamicAttrs(stack.pop(), operands[0::2], operands[1::2], positions))
    elif opcode == op.WITH_VAR:
        stack.append(link_with_variable(reader))
    elif opcode == op.WITH:
        body = stack.pop()
        attrs = stack.pop()
        stack.append(With(reader.number(), attrs, body))
    elif opcode == op.ASSERT:
        body = stack.pop()
        condition = stack.pop()
        text = unit.text(reader.name())
        stack.append(Assert(condition, text, body, reader.position()))
    elif opcode == op.DEEPER:
        stack.append(DeeperRegion(Region(unit, reader.number())))
    elif opcode == op.CURRENT:
        stack.append(Const(unit.position(reader.position())))
    else:
        raise InternalError("bytecode has an unknown instruction")


def link_arithmetic(unit: Unit, opcode: i64, left: Op, right: Op, pos: i64) -> Op:
    """An operator; a call, where the host has replaced the builtin it stands for."""
    if opcode == op.SUB:
        name = "__sub"
    elif opcode == op.MUL:
        name = "__mul"
    elif opcode == op.DIV:
        name = "__div"
    else:
        name = "__lessThan"
    host = unit.host
    if not host.is_standard(name):
        value = host.values[name]
        return make_call(Const(value), value, [left, right], pos)
    if opcode == op.SUB:
        return Subtract(left, right, pos)
    if opcode == op.MUL:
        return Multiply(left, right, pos)
    if opcode == op.DIV:
        return Divide(left, right, pos)
    return Less(left, right, pos)


def link_lambda(reader: Reader) -> Op:
    body = Body(reader.unit, reader.number())
    frame_size = reader.number()
    strict = reader.number()
    doc = (int(reader.position()), int(reader.position()))
    params: list[Parameter] = []
    count = reader.number()
    while count > 0:
        arg = reader.name()
        name = reader.name()
        params.append(Parameter(arg, name, reader.position()))
        count -= 1
    code = Code(len(params), frame_size, params, body, strict)
    if doc[0] != 0:
        code.doc = doc
    body.code = code
    return Lambda(code)


def link_pattern(reader: Reader, stack: list[Op]) -> Op:
    body = Body(reader.unit, reader.number())
    frame_size = reader.number()
    ellipsis = reader.number() != 0
    whole = reader.name()
    slot = reader.number()
    name = reader.name()
    pos = reader.position()
    doc = (int(reader.position()), int(reader.position()))
    names: list[str] = []
    positions: list[int] = []
    optional: list[bool] = []
    with_default: i64 = 0
    count = reader.number()
    while count > 0:
        names.append(reader.name())
        positions.append(reader.position())
        optional.append(reader.number() != 0)
        if optional[-1]:
            with_default += 1
        count -= 1
    given = take(stack, with_default)
    defaults: list[Op | None] = []
    at = 0
    for each in optional:
        if each:
            defaults.append(given[at])
            at += 1
        else:
            defaults.append(None)
    code = Code(0, frame_size, [Parameter(whole, name, pos)], body, 0)
    pending = [None if default is None else to_pending(default) for default in defaults]
    code.formals = Formals(names, positions, defaults, pending, ellipsis, whole, slot if whole else -1)
    if doc[0] != 0:
        code.doc = doc
    body.code = code
    return Lambda(code)


def link_attrs(reader: Reader, stack: list[Op]) -> Op:
    shape = reader.shape()
    delayed = reader.delayed()
    source_slots = reader.numbers()
    positions = LiteralPositions(shape, reader.positions(), delayed)
    values = take(stack, shape.size)
    if not source_slots:
        if shape.size == 0 and reader.unit.host.instruments is None:
            return Const(EMPTY_ATTRS)
        return AttrsLiteral(shape, values, positions)
    return AttrsWithSources(shape, values, positions, source_slots, take(stack, len(source_slots)))


def link_let(reader: Reader, stack: list[Op]) -> Op:
    body = stack.pop()
    base = reader.number()
    count = reader.number()
    source_slots = reader.numbers()
    values = take(stack, count)
    pending = [to_pending(value) for value in values]
    return Let(source_slots, take(stack, len(source_slots)), base, values, pending, body)


def to_pending(value: Op) -> Pending | None:
    """What stands for a variable's value until something asks for it; None: it is made at once."""
    return Pending(value) if isinstance(value, Region) or isinstance(value, Lambda) else None


def link_rec(reader: Reader, stack: list[Op]) -> Op:
    shape = reader.shape()
    delayed = reader.delayed()
    source_slots = reader.numbers()
    positions = LiteralPositions(shape, reader.positions(), delayed)
    base = reader.number()
    indexes = reader.numbers()
    values = take(stack, shape.size)
    sources = take(stack, len(source_slots))
    return RecursiveAttrs(shape, indexes, base, values, positions, source_slots, sources)


def link_with_variable(reader: Reader) -> Op:
    name = reader.name()
    pos = reader.position()
    sets: list[Op] = []
    set_positions: list[int] = []
    count = reader.number()
    while count > 0:
        depth = reader.number()
        slot = reader.number()
        set_pos = reader.position()
        sets.append(variable(depth, slot, set_pos))
        set_positions.append(set_pos)
        count -= 1
    return WithVariable(name, sets, set_positions, pos)


def link_path(stack: list[Op], positions: list[int], shown: list[str]) -> list[PathComponent]:
    """The components of an attribute path, whose operations are taken from the stack."""
    path: list[PathComponent] = []
    at = 0
    for component in take(stack, len(positions)):
        name = ""
        dynamic: Op | None = component
        if isinstance(component, Const):
            value = component.value
            if isinstance(value, str):
                name = value
                dynamic = None
        path.append(PathComponent(name, dynamic, positions[at], shown[at]))
        at += 1
    return path


def link_select_path(reader: Reader, stack: list[Op], has_default: bool) -> None:
    pos = reader.position()
    shown: list[str] = []
    positions: list[int] = []
    count = reader.number()
    while count > 0:
        shown.append(reader.unit.text(reader.name()))
        positions.append(reader.position())
        count -= 1
    default = stack.pop() if has_default else None
    path = link_path(stack, positions, shown)
    stack.append(SelectPath(stack.pop(), path, default, pos))
