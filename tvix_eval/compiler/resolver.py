"""Names to slots: says of each variable where its value will be.

All bindings that one activation of a lambda makes (parameters, ``let``, ``rec``, ``with``,
sources of ``inherit``) share one frame: outside of nested lambdas an expression is
evaluated at most once per activation. ``a: b: body`` is one lambda with two parameters.

The walk is in Nix's order, so that the first undefined variable is the one Nix reports.
"""

from __future__ import annotations

from tvix_eval.errors import NixError, StackOverflowError, UndefinedVarError
from tvix_eval.hints import i64
from tvix_eval.syntax.names import Symbols, show_name
from tvix_eval.syntax.nodes import (
    GLOBAL,
    INHERITED,
    INHERITED_FROM,
    LOCAL,
    WITH,
    Assert,
    AttrDef,
    AttrName,
    Attrs,
    Binary,
    Call,
    ConcatStrings,
    HasAttr,
    If,
    InheritFrom,
    Lambda,
    Let,
    List,
    Node,
    Not,
    Select,
    Str,
    Var,
    With,
    WithScope,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Frame:
    """The slots of one activation."""

    def __init__(self, parent: Frame | None) -> None:
        self.parent: Final = parent
        self.size: i64 = 0

    def allocate(self) -> int:
        slot = self.size
        self.size += 1
        return slot


class Scope:
    """Names that one construct binds, or a ``with`` (`with_slot` is not negative).

    `up` is the scope around it, `binder` the first around it that is no ``with``.
    """

    def __init__(
        self, up: Scope | None, frame: Frame, names: dict[str, int], with_slot: i64, with_pos: i64
    ) -> None:
        self.up: Final = up
        self.frame: Final = frame
        self.names: Final = names
        self.with_slot: Final[i64] = with_slot
        self.with_pos: Final[i64] = with_pos
        self.binder: Final = binder_from(up)


def binder_from(scope: Scope | None) -> Scope | None:
    """The first scope that is no ``with``, from this one outwards."""
    return scope if scope is None or scope.with_slot < 0 else scope.binder


def enclosing_withs(scope: Scope | None, frame: Frame) -> list[WithScope]:
    """All of them, the innermost first, as seen from an activation of `frame`."""
    withs: list[WithScope] = []
    depth: i64 = 0
    current = frame
    while scope is not None:
        while current is not scope.frame:
            parent = current.parent
            assert parent is not None
            current = parent
            depth += 1
        if scope.with_slot >= 0:
            withs.append(WithScope(depth, scope.with_slot, scope.with_pos))
        scope = scope.up
    return withs


def in_symbol_order(names: dict[str, AttrDef], symbols: Symbols) -> list[str]:
    """The names of a set in the order in which they first appeared."""
    if len(names) < 2:
        return list(names)
    keyed: list[tuple[int, str]] = []
    for name in names:
        keyed.append((symbols.number(name), name))
    keyed.sort()
    return [pair[1] for pair in keyed]


def curried(node: Lambda) -> list[Lambda]:
    """The run of lambdas with simple parameters that `node` begins; alone if it has a pattern."""
    run = [node]
    if node.formals is None:
        body = node.body
        while isinstance(body, Lambda) and body.formals is None:
            run.append(body)
            body = body.body
    return run


class Resolver:
    """Resolves the variables of one source.

    `known` has the names that the host supplies; `symbols` numbers all names of the source.
    `max_depth` bounds the recursion.
    """

    def __init__(self, known: frozenset[str], symbols: Symbols, max_depth: i64) -> None:
        self.known: Final = known
        self.symbols: Final = symbols
        self.bound: Final[set[str]] = set()  # names that any scope has bound
        self.depth: i64 = 0
        self.max_depth: Final[i64] = max_depth

    def resolve(self, node: Node, scope: Scope | None, frame: Frame) -> None:
        if isinstance(node, Var):
            self.variable(node, scope, frame)
            return
        if isinstance(node, Str):
            return
        self.depth += 1
        if self.depth > self.max_depth:
            raise StackOverflowError("stack overflow (possible infinite recursion)")
        if isinstance(node, Call):
            self.resolve(node.function, scope, frame)
            for each in node.args:
                self.resolve(each, scope, frame)
        elif isinstance(node, Select):
            self.resolve(node.subject, scope, frame)
            if node.default is not None:
                self.resolve(node.default, scope, frame)
            self.attr_path(node.path, scope, frame)
        elif isinstance(node, Attrs):
            self.attrs(node, scope, frame)
        elif isinstance(node, Lambda):
            self.function(node, scope, frame)
        elif isinstance(node, ConcatStrings):
            for each in node.parts:
                self.resolve(each, scope, frame)
        elif isinstance(node, List):
            for each in node.items:
                self.resolve(each, scope, frame)
        elif isinstance(node, Binary):
            self.resolve(node.left, scope, frame)
            self.resolve(node.right, scope, frame)
        elif isinstance(node, If):
            self.resolve(node.condition, scope, frame)
            self.resolve(node.then, scope, frame)
            self.resolve(node.otherwise, scope, frame)
        elif isinstance(node, Let):
            inner = self.bind(node.attrs, scope, frame)
            self.bindings(node.attrs, inner, scope, frame)
            self.resolve(node.body, inner, frame)
        elif isinstance(node, With):
            self.resolve(node.attrs, scope, frame)
            node.slot = frame.allocate()
            self.resolve(node.body, Scope(scope, frame, {}, node.slot, node.pos), frame)
        elif isinstance(node, HasAttr):
            self.resolve(node.subject, scope, frame)
            self.attr_path(node.path, scope, frame)
        elif isinstance(node, Assert):
            self.resolve(node.condition, scope, frame)
            self.resolve(node.body, scope, frame)
        elif isinstance(node, Not):
            self.resolve(node.operand, scope, frame)
        self.depth -= 1

    def attr_path(self, path: list[AttrName], scope: Scope | None, frame: Frame) -> None:
        for component in path:
            if component.dynamic is not None:
                self.resolve(component.dynamic, scope, frame)

    def variable(self, node: Var, scope: Scope | None, frame: Frame) -> None:
        name = node.name
        depth: i64 = 0
        current = frame
        binder = binder_from(scope) if name in self.bound else None
        while binder is not None:
            while current is not binder.frame:
                parent = current.parent
                assert parent is not None
                current = parent
                depth += 1
            slot = binder.names.get(name)
            if slot is not None:
                node.scope = LOCAL
                node.depth = depth
                node.slot = slot
                return
            binder = binder.binder
        if name in self.known:
            node.scope = GLOBAL
            return
        withs = enclosing_withs(scope, frame)
        if not withs:
            raise undefined_variable(name, node.pos)
        node.scope = WITH
        node.withs = withs

    def function(self, node: Lambda, scope: Scope | None, frame: Frame) -> None:
        inner = Frame(frame)
        names: dict[str, int] = {}
        formals = node.formals
        body = node.body
        if formals is None:
            for each in curried(node):
                assert each.arg is not None
                names[each.arg] = inner.allocate()
                body = each.body
        else:
            for formal in formals.formals:
                names[formal.name] = inner.allocate()
            if node.arg is not None:
                names[node.arg] = inner.allocate()
        self.bound.update(names)
        inside = Scope(scope, inner, names, -1, 0)
        if formals is not None:
            for formal in formals.formals:
                if formal.default is not None:
                    self.resolve(formal.default, inside, inner)
        self.resolve(body, inside, inner)
        node.frame_size = inner.size

    def attrs(self, node: Attrs, scope: Scope | None, frame: Frame) -> None:
        if node.recursive:
            inside: Scope | None = self.bind(node, scope, frame)
        else:
            inside = scope
        self.bindings(node, inside, scope, frame)
        for each in node.dynamic:
            self.resolve(each.name, inside, frame)
            self.resolve(each.value, inside, frame)

    def bind(self, node: Attrs, scope: Scope | None, frame: Frame) -> Scope:
        """The scope of a ``rec`` or ``let``, with slots for its names."""
        names: dict[str, int] = {}
        for name in in_symbol_order(node.attrs, self.symbols):
            slot = frame.allocate()
            names[name] = slot
            node.attrs[name].slot = slot
        self.bound.update(names)
        return Scope(scope, frame, names, -1, 0)

    def bindings(self, node: Attrs, inside: Scope | None, outside: Scope | None, frame: Frame) -> None:
        for source in node.sources:
            self.resolve(source, inside, frame)
            node.source_slots.append(frame.allocate())
        for name in in_symbol_order(node.attrs, self.symbols):
            definition = node.attrs[name]
            if definition.kind == INHERITED:
                self.resolve(definition.value, outside, frame)
            elif definition.kind == INHERITED_FROM:
                selection = definition.value
                assert isinstance(selection, Select)
                source = selection.subject
                assert isinstance(source, InheritFrom)
                source.slot = node.source_slots[source.index]
            else:
                self.resolve(definition.value, inside, frame)


def undefined_variable(name: str, pos: i64) -> NixError:
    return UndefinedVarError("undefined variable '" + show_name(name) + "'", pos + 1)


def resolve(
    root: Node, known: frozenset[str], symbols: Symbols, max_depth: i64, names: list[str] | None = None
) -> i64:
    """Resolve all variables of a source; the result is the size of the outermost frame.

    `names`: variables of the place where the source is evaluated (``scopedImport``, a REPL);
    they come first in the outermost frame. Raises UndefinedVarError, whose position is the
    offset plus one, StackOverflowError.
    """
    frame = Frame(None)
    scope: Scope | None = None
    resolver = Resolver(known, symbols, max_depth)
    if names is not None:
        bound: dict[str, int] = {}
        for name in names:
            bound[name] = frame.allocate()
        resolver.bound.update(bound)
        scope = Scope(None, frame, bound, -1, 0)
    resolver.resolve(root, scope, frame)
    return frame.size
