"""From the resolved tree to bytecode.

An expression stands in a *strict* position (it is evaluated where it stands) or a *lazy*
one (its place gets a thunk). A lazy operand becomes a region of its own behind `DELAY`,
unless making its value is as cheap as making a thunk: constants, variables, functions, and
what the operations try to compute at once (`cheap`).
"""

from __future__ import annotations

import sys

from tvix_eval.compiler import bytecode as op
from tvix_eval.compiler.bytecode import Chunk, Writer
from tvix_eval.compiler.resolver import curried, in_symbol_order
from tvix_eval.errors import StackOverflowError
from tvix_eval.hints import i64
from tvix_eval.syntax import nodes
from tvix_eval.syntax.names import Symbols
from tvix_eval.syntax.nodes import (
    Assert,
    AttrName,
    Attrs,
    Binary,
    Call,
    ConcatStrings,
    CurPos,
    Float,
    HasAttr,
    If,
    InheritFrom,
    Int,
    Lambda,
    Let,
    List,
    Node,
    Not,
    PathLiteral,
    Select,
    Str,
    Var,
    With,
)
from tvix_eval.syntax.show import show_relocatable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LARGEST_INLINE: Final = 48  # bytes of a branch that is not worth a region
MOST_SHOWN: Final = 2_000  # pieces of a computed name's source, which errors quote
LEVELS: Final = 16  # of nesting before an operand is counted as an activation
LARGEST_EAGER: Final = 8  # attributes or items of a literal that is made at once
LARGEST_INT: Final = 0x7FFFFFFFFFFF  # that INT holds; bigger ones are constants

ARITHMETIC: Final = {"__sub": op.SUB, "__mul": op.MUL, "__div": op.DIV, "__lessThan": op.LESS}


def position_of(node: Node) -> i64:
    """Nix's position of an expression, as a span: of its first part where it has none itself."""
    while True:
        if isinstance(node, Not):
            node = node.operand
        elif isinstance(node, HasAttr):
            node = node.subject
        elif isinstance(node, List) and node.items:
            node = node.items[0]
        else:
            return node.pos + 1


def operator(node: Call) -> i64:
    """The instruction of a call that is really ``a - b`` and the like, or -1."""
    function = node.function
    if isinstance(function, Var) and function.scope == nodes.GLOBAL and len(node.args) == 2:
        return ARITHMETIC.get(function.name, -1)
    return -1


def is_atom(node: Node) -> bool:
    """Whether Nix makes no thunk for this in a lazy place, and neither do we."""
    if isinstance(node, Var):
        return node.scope != nodes.WITH
    if isinstance(node, List):
        return len(node.items) == 0
    return (
        isinstance(node, Str)
        or isinstance(node, Int)
        or isinstance(node, PathLiteral)
        or isinstance(node, Float)
    )


def is_cheap(node: Node, levels: i64) -> bool:
    """Whether the operation of `node` has a `thunk` that tries to get by without one."""
    if is_atom(node):
        return True
    if levels == 0:
        return False
    if isinstance(node, Select):
        if node.default is not None or len(node.path) != 1 or node.path[0].dynamic is not None:
            return False
        return isinstance(node.subject, InheritFrom) or is_cheap(node.subject, levels - 1)
    if isinstance(node, Call):
        code = operator(node)
        if code < 0 or code == op.DIV or code == op.LESS:
            return False
        return is_cheap(node.args[0], levels - 1) and is_cheap(node.args[1], levels - 1)
    if isinstance(node, ConcatStrings):
        if node.force_string or len(node.parts) != 2 or isinstance(node.parts[0], PathLiteral):
            return False
        return is_cheap(node.parts[0], levels - 1) and is_cheap(node.parts[1], levels - 1)
    if isinstance(node, Attrs):
        return (
            not node.recursive and not node.dynamic and not node.sources and len(node.attrs) <= LARGEST_EAGER
        )
    return False


class Compiler:
    def __init__(self, symbols: Symbols, max_depth: i64) -> None:
        self.symbols: Final = symbols
        self.constants: Final[list[object]] = []
        self.indexes: Final[dict[object, int]] = {}
        self.regions: Final[list[bytes]] = []
        self.unfilled: set[int] = set()  # slots of the frame that are still to be filled
        self.depth: i64 = 0
        self.max_depth: Final[i64] = max_depth

    # What instructions are made of

    def constant(self, value: object) -> int:
        """The index of a constant. A float is not the integer it equals, nor 0.0 the -0.0."""
        key: object = ("float", repr(value)) if isinstance(value, float) else value
        index = self.indexes.get(key)
        if index is None:
            index = len(self.constants)
            self.indexes[key] = index
            self.constants.append(value)
        return index

    def region(self, out: Writer) -> int:
        out.op(op.END)
        self.regions.append(bytes(out.data))
        return len(self.regions) - 1

    def string(self, out: Writer, value: str) -> None:
        out.op(op.CONST)
        out.number(self.constant(value))

    # Positions in which an expression stands

    def delay(self, out: Writer, node: Node, level: i64) -> None:
        """A lazy operand whose variables all have their values."""
        if is_atom(node) or isinstance(node, Lambda) or is_cheap(node, 2):
            self.strict(out, node, level)
        else:
            self.delay_region(out, node)

    def delay_item(self, out: Writer, node: Node, level: i64) -> None:
        """An item of a list, or a dynamic attribute: what is shown before it is forced is Nix's."""
        if is_atom(node):
            self.strict(out, node, level)
        else:
            self.delay_region(out, node)

    def delay_binding(self, out: Writer, node: Node, level: i64) -> None:
        """A lazy operand that may mention slots that are filled only after it."""
        if isinstance(node, Var):
            if node.scope == nodes.WITH or (
                node.scope == nodes.LOCAL and node.depth == 0 and node.slot in self.unfilled
            ):
                self.delay_region(out, node)
            else:
                self.strict(out, node, level)
        elif is_atom(node) or isinstance(node, Lambda):
            self.strict(out, node, level)
        else:
            self.delay_region(out, node)

    def delay_region(self, out: Writer, node: Node) -> None:
        inner = Writer()
        unfilled = self.unfilled
        self.unfilled = set()  # it runs when all around it is filled
        self.strict(inner, node, 0)
        self.unfilled = unfilled
        out.op(op.DELAY)
        out.number(self.region(inner))

    def branch(self, out: Writer, node: Node, level: i64) -> None:
        """A strict operand that may not be needed: a region of its own when it is big."""
        inner = Writer()
        self.strict(inner, node, level)
        if len(inner.data) <= LARGEST_INLINE:
            out.data.extend(inner.data)
        else:
            out.op(op.BRANCH)
            out.number(self.region(inner))

    def strict(self, out: Writer, node: Node, level: i64) -> None:
        if isinstance(node, Var):
            self.variable(out, node)
            return
        if isinstance(node, Str):
            self.string(out, node.value)
            return
        if level >= LEVELS:
            inner = Writer()
            self.expression(inner, node, 1)
            out.op(op.DEEPER)
            out.number(self.region(inner))
            return
        self.expression(out, node, level + 1)

    def expression(self, out: Writer, node: Node, level: i64) -> None:
        self.depth += 1
        if self.depth > self.max_depth:
            raise StackOverflowError("stack overflow (possible infinite recursion)")
        if isinstance(node, Call):
            self.call(out, node, level)
        elif isinstance(node, Select):
            self.select(out, node, level)
        elif isinstance(node, ConcatStrings):
            self.concat_strings(out, node, level)
        elif isinstance(node, Attrs):
            self.attrs(out, node, level)
        elif isinstance(node, Lambda):
            self.function(out, node)
        elif isinstance(node, Int):
            self.integer(out, node.value)
        elif isinstance(node, List):
            self.items(out, node, level)
        elif isinstance(node, If):
            self.strict(out, node.condition, level)
            self.branch(out, node.then, level)
            self.branch(out, node.otherwise, level)
            out.op(op.IF)
            out.number(node.pos + 1)
        elif isinstance(node, Let):
            self.let(out, node, level)
        elif isinstance(node, Binary):
            self.binary(out, node, level)
        elif isinstance(node, HasAttr):
            self.has_attr(out, node, level)
        elif isinstance(node, PathLiteral):
            out.op(op.PATH)
            out.number(node.kind)
            out.number(self.constant(node.text))
        elif isinstance(node, With):
            self.delay(out, node.attrs, level)
            self.strict(out, node.body, level)
            out.op(op.WITH)
            out.number(node.slot)
        elif isinstance(node, Not):
            self.strict(out, node.operand, level)
            out.op(op.NOT)
            out.number(position_of(node.operand))
        elif isinstance(node, Assert):
            self.strict(out, node.condition, level)
            self.branch(out, node.body, level)
            out.op(op.ASSERT)
            out.number(self.constant(show_relocatable(node.condition)))
            out.number(node.pos + 1)
        elif isinstance(node, InheritFrom):
            out.op(op.LOCAL)
            out.number(node.slot)
            out.number(node.pos + 1)
        elif isinstance(node, Float):
            out.op(op.CONST)
            out.number(self.constant(node.value))
        elif isinstance(node, CurPos):
            out.op(op.CURRENT)
            out.number(node.pos + 1)
        else:
            raise AssertionError("an expression of no known kind")
        self.depth -= 1

    # Expressions

    def variable(self, out: Writer, node: Var) -> None:
        if node.scope == nodes.LOCAL:
            if node.depth == 0:
                out.op(op.LOCAL)
            else:
                out.op(op.OUTER)
                out.number(node.depth)
            out.number(node.slot)
        elif node.scope == nodes.GLOBAL:
            name = node.name
            if name == "true":
                out.op(op.TRUE)
                return
            if name == "false":
                out.op(op.FALSE)
                return
            if name == "null":
                out.op(op.NULL)
                return
            out.op(op.GLOBAL)
            out.number(self.constant(name))
        else:
            out.op(op.WITH_VAR)
            out.number(self.constant(node.name))
            out.number(node.pos + 1)
            out.number(len(node.withs))
            for each in node.withs:
                out.number(each.depth)
                out.number(each.slot)
                out.number(each.pos + 1)
            return
        out.number(node.pos + 1)

    def integer(self, out: Writer, value: int) -> None:
        if value <= LARGEST_INT:
            out.op(op.INT)
            out.number(value)
        else:
            out.op(op.CONST)
            out.number(self.constant(value))

    def call(self, out: Writer, node: Call, level: i64) -> None:
        code = operator(node)
        if code >= 0:
            self.strict(out, node.args[0], level)
            self.strict(out, node.args[1], level)
            out.op(code)
            out.number(node.pos + 1)
            return
        self.strict(out, node.function, level)
        for each in node.args:
            self.delay(out, each, level)
        out.op(op.CALL)
        out.number(len(node.args))
        out.number(node.pos + 1)

    def select(self, out: Writer, node: Select, level: i64) -> None:
        self.strict(out, node.subject, level)
        path = node.path
        default = node.default
        pos = node.pos + 1
        if len(path) == 1 and path[0].dynamic is None:
            if default is not None:
                self.branch(out, default, level)
            out.op(op.SELECT if default is None else op.SELECT_OR)
            out.number(self.constant(path[0].name))
            out.number(pos)
            return
        self.path(out, path, level)
        if default is not None:
            self.branch(out, default, level)
        out.op(op.SELECT_PATH if default is None else op.SELECT_PATH_OR)
        out.number(pos)
        out.number(len(path))
        for component in path:
            dynamic = component.dynamic
            shown = (
                component.name if dynamic is None else '"${' + show_relocatable(dynamic, MOST_SHOWN) + '}"'
            )
            out.number(self.constant(shown))
            out.number(0 if dynamic is None else position_of(dynamic))

    def path(self, out: Writer, path: list[AttrName], level: i64) -> None:
        for component in path:
            if component.dynamic is None:
                self.string(out, component.name)
            else:
                self.strict(out, component.dynamic, level)

    def has_attr(self, out: Writer, node: HasAttr, level: i64) -> None:
        self.strict(out, node.subject, level)
        path = node.path
        if len(path) == 1 and path[0].dynamic is None:
            out.op(op.HAS)
            out.number(self.constant(path[0].name))
            return
        self.path(out, path, level)
        out.op(op.HAS_PATH)
        out.number(position_of(node.subject))
        out.number(len(path))
        for component in path:
            out.number(0 if component.dynamic is None else position_of(component.dynamic))

    def concat_strings(self, out: Writer, node: ConcatStrings, level: i64) -> None:
        parts = node.parts
        first = parts[0]
        if isinstance(first, PathLiteral) and not node.force_string:
            for each in parts[1:]:
                self.strict(out, each, level)
            out.op(op.PATH_INTERPOLATE)
            out.number(first.kind)
            out.number(self.constant(first.text))
            out.number(node.pos + 1)
            self.spans(out, node.positions[1:])
            return
        for each in parts:
            self.strict(out, each, level)
        if not node.force_string and len(parts) == 2:
            out.op(op.ADD)
            out.number(node.pos + 1)
            out.number(node.positions[0] + 1)
            out.number(node.positions[1] + 1)
        else:
            out.op(op.INTERPOLATE)
            self.spans(out, node.positions)

    def spans(self, out: Writer, positions: list[int]) -> None:
        out.number(len(positions))
        for pos in positions:
            out.number(pos + 1)

    def items(self, out: Writer, node: List, level: i64) -> None:
        if not node.items:
            out.op(op.EMPTY_LIST)
            return
        for each in node.items:
            self.delay_item(out, each, level)
        out.op(op.LIST)
        out.number(len(node.items))

    def let(self, out: Writer, node: Let, level: i64) -> None:
        attrs = node.attrs
        names = in_symbol_order(attrs.attrs, self.symbols)
        self.open_slots(attrs, names)
        self.sources(out, attrs, level)
        for name in names:
            self.bound_value(out, attrs, name, level)
        self.strict(out, node.body, level)
        out.op(op.LET)
        self.first_slot(out, attrs, names)
        out.number(len(names))
        out.number(len(attrs.source_slots))
        for slot in attrs.source_slots:
            out.number(slot)

    def first_slot(self, out: Writer, attrs: Attrs, names: list[str]) -> None:
        """The slot of the first binding; the resolver gave the others those after it."""
        out.number(attrs.attrs[names[0]].slot if names else 0)

    def open_slots(self, attrs: Attrs, names: list[str]) -> None:
        for name in names:
            self.unfilled.add(int(attrs.attrs[name].slot))

    def sources(self, out: Writer, attrs: Attrs, level: i64) -> None:
        for source in attrs.sources:
            self.delay_binding(out, source, level)

    def bound_value(self, out: Writer, attrs: Attrs, name: str, level: i64) -> None:
        """The value of a ``let`` or ``rec`` binding, lazily."""
        definition = attrs.attrs[name]
        if attrs.recursive and definition.kind != nodes.INHERITED and "__overrides" in attrs.attrs:
            self.delay_region(out, definition.value)  # what it mentions may yet be replaced
        elif definition.kind == nodes.PLAIN:
            self.delay_binding(out, definition.value, level)
        else:
            self.delay(out, definition.value, level)
        self.unfilled.discard(int(definition.slot))

    def attrs(self, out: Writer, node: Attrs, level: i64) -> None:
        names = sorted(node.attrs)
        delayed = bytes([not is_atom(node.attrs[name].value) for name in names])
        if node.recursive:
            in_order = in_symbol_order(node.attrs, self.symbols)
            self.open_slots(node, in_order)
            self.sources(out, node, level)
            place = {name: at for at, name in enumerate(names)}
            for name in in_order:
                self.bound_value(out, node, name, level)
            out.op(op.REC)
        else:
            for source in node.sources:
                self.delay(out, source, level)
            for name in names:
                self.delay(out, node.attrs[name].value, level)
            out.op(op.ATTRS)
        out.number(self.constant(tuple(names)))
        out.number(self.constant(delayed))
        out.number(len(node.source_slots))
        for slot in node.source_slots:
            out.number(slot)
        out.number(len(names))
        for name in names:
            out.number(node.attrs[name].pos + 1)
        if node.recursive:
            self.first_slot(out, node, in_order)
            out.number(len(in_order))
            for name in in_order:
                out.number(place[name])
        if node.dynamic:
            for each in node.dynamic:
                self.strict(out, each.name, level)
                self.delay_item(out, each.value, level)
            out.op(op.DYNAMIC)
            out.number(len(node.dynamic))
            for each in node.dynamic:
                out.number(each.pos + 1)

    def binary(self, out: Writer, node: Binary, level: i64) -> None:
        code = node.op
        self.strict(out, node.left, level)
        if code == nodes.AND or code == nodes.OR or code == nodes.IMPL:
            self.branch(out, node.right, level)
        else:
            self.strict(out, node.right, level)
        if code == nodes.EQ:
            out.op(op.EQUAL)
        elif code == nodes.NEQ:
            out.op(op.NOT_EQUAL)
        elif code == nodes.UPDATE:
            out.op(op.UPDATE)
            out.number(position_of(node.left))
            out.number(position_of(node.right))
        else:
            if code == nodes.AND:
                out.op(op.AND)
            elif code == nodes.OR:
                out.op(op.OR)
            elif code == nodes.IMPL:
                out.op(op.IMPLIES)
            else:
                out.op(op.CONCAT)
            out.number(node.pos + 1)

    def function(self, out: Writer, node: Lambda) -> None:
        run = curried(node)
        body = Writer()
        formals = node.formals
        last = run[-1]
        outer_unfilled = self.unfilled.copy()
        self.unfilled.clear()
        if formals is not None:
            # Defaults are in the new frame; they are filled in order, after what was passed.
            for slot in range(len(formals.formals)):
                self.unfilled.add(slot)
            slot = 0
            for formal in formals.formals:
                if formal.default is not None:
                    self.delay_binding(out, formal.default, 0)
                self.unfilled.discard(slot)
                slot += 1
        self.strict(body, last.body, 0)
        self.unfilled.clear()
        self.unfilled.update(outer_unfilled)
        region = self.region(body)
        out.op(op.LAMBDA if formals is None else op.PATTERN)
        out.number(region)
        out.number(node.frame_size)
        if formals is None:
            out.number(strict_parameters(run))
            out.number(last.doc_start + 1)
            out.number(last.doc_end + 1)
            out.number(len(run))
            for each in run:
                assert each.arg is not None
                out.number(self.constant(each.arg))
                out.number(self.constant(each.name))
                out.number(each.pos + 1)
            return
        out.number(1 if formals.ellipsis else 0)
        out.number(self.constant(node.arg if node.arg is not None else ""))
        out.number(len(formals.formals))
        out.number(self.constant(node.name))
        out.number(node.pos + 1)
        out.number(node.doc_start + 1)
        out.number(node.doc_end + 1)
        out.number(len(formals.formals))
        for formal in formals.formals:
            out.number(self.constant(formal.name))
            out.number(formal.pos + 1)
            out.number(0 if formal.default is None else 1)


def strict_parameters(run: list[Lambda]) -> i64:
    """Bit i is set when parameter i is forced before anything else happens in the body.

    Only as far as they are forced in their order: a caller evaluates them in it.
    """
    forced: list[Var] = []
    forced_first(run[-1].body, forced)
    mask: i64 = 0
    one: i64 = 1
    last: i64 = -1
    for each in forced:
        slot = each.slot
        if each.scope != nodes.LOCAL or each.depth != 0 or slot >= len(run) or slot >= 30 or slot < last:
            break
        mask |= one << slot
        last = slot
    return mask


def forced_first(node: Node, forced: list[Var]) -> bool:
    """Appends the variables that `node` forces first; True when it does nothing else."""
    if isinstance(node, Var):
        forced.append(node)
        return True
    if isinstance(node, Call):
        if operator(node) >= 0:
            if forced_first(node.args[0], forced):
                forced_first(node.args[1], forced)
        else:
            forced_first(node.function, forced)
    elif isinstance(node, If):
        forced_first(node.condition, forced)
    elif isinstance(node, Select):
        forced_first(node.subject, forced)
    elif isinstance(node, HasAttr):
        forced_first(node.subject, forced)
    elif isinstance(node, Not):
        forced_first(node.operand, forced)
    elif isinstance(node, Assert):
        forced_first(node.condition, forced)
    elif isinstance(node, Binary):
        if node.op == nodes.UPDATE:
            forced_first(node.right, forced)
        elif forced_first(node.left, forced):
            if node.op != nodes.AND and node.op != nodes.OR and node.op != nodes.IMPL:
                forced_first(node.right, forced)
    elif isinstance(node, ConcatStrings):
        first = node.parts[0]
        if not isinstance(first, PathLiteral):
            forced_first(first, forced)
    else:
        return isinstance(node, Int) or isinstance(node, Str) or isinstance(node, Float)
    return False


def compile_tree(
    root: Node,
    symbols: Symbols,
    frame_size: i64,
    warnings: list[tuple[int, str]],
    max_depth: i64,
) -> Chunk:
    """The chunk of a resolved tree. Raises StackOverflowError."""
    compiler = Compiler(symbols, max_depth)
    out = Writer()
    compiler.strict(out, root, 0)
    compiler.region(out)
    code = bytearray()
    starts: list[int] = []
    for region in compiler.regions:
        starts.append(len(code))
        code.extend(region)
    names = symbols.numbers
    constants = [interned(constant, names) for constant in compiler.constants]
    in_order = [sys.intern(name) for name in names]
    return Chunk(bytes(code), tuple(constants), starts, in_order, frame_size, warnings)


def interned(constant: object, names: dict[str, int]) -> object:
    """Names as the objects that they are in all chunks, so that looking one up seldom compares text.

    `marshal` keeps it so.
    """
    if isinstance(constant, str):
        return sys.intern(constant) if constant in names else constant
    if isinstance(constant, tuple):
        return tuple([sys.intern(name) for name in constant])
    return constant
