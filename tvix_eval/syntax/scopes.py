"""What the names of a source mean, on its concrete tree: definitions, scopes, and uses of them.

The resolver of the compiler gives variables their places and stops at the first that has no meaning;
this is for tools, which want to know who uses what, and go on.
"""

from __future__ import annotations

from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# What made a definition, or a scope.
LET: Final = "let"
REC: Final = "rec"
ARGUMENT: Final = "argument"  # ``x:``
FORMAL: Final = "formal"  # ``{ x }:``
WHOLE: Final = "whole"  # ``{ … } @ x:``
WITH: Final = "with"

# The variables that every source has, besides those that begin with two underscores.
GLOBALS: Final = frozenset(
    "abort baseNameOf break builtins derivation derivationStrict dirOf false fetchGit fetchMercurial"
    " fetchTarball fetchTree fromTOML import isNull map null placeholder removeAttrs scopedImport throw"
    " toString true".split()
)

LAMBDAS: Final = (t.A_LAMBDA, t.A_LAMBDA_PATTERN, t.A_LAMBDA_PATTERN_AT, t.A_LAMBDA_AT_PATTERN)


class Definition:
    """A name that a scope binds.

    `node` is the name where it is first defined; `sites` are all bindings, names of an ``inherit``, or
    formals that define it (or parts of it: ``a.b = 1; a.c = 2;``). `uses` are variables, and names of an
    ``inherit``.
    """

    def __init__(self, name: str, kind: str, node: Concrete, scope: Scope) -> None:
        self.name: Final = name
        self.kind: Final = kind
        self.node: Final = node
        self.scope: Final = scope
        self.sites: list[Concrete] = []
        self.uses: list[Concrete] = []


class Scope:
    """The names that `node` binds, inside `up`. A `WITH` binds none that can be known.

    `merged`: the set is one of several that define an attribute together, which may lose its ``rec``;
    what is used in it may mean what is outside. `uses` are the variables that are not bound by any
    scope, of which this one is a ``with`` around.
    """

    def __init__(self, kind: str, node: Concrete, up: Scope | None) -> None:
        self.kind: Final = kind
        self.node: Final = node
        self.up: Final = up
        self.names: dict[str, Definition] = {}
        self.merged = False
        self.uses: list[Concrete] = []

    def define(self, name: str, kind: str, node: Concrete, site: Concrete) -> None:
        found = self.names.get(name)
        if found is None:
            found = Definition(name, kind, node, self)
            self.names[name] = found
        found.sites.append(site)


class Names:
    """All scopes of a source, outer ones first, and what was looked up in them.

    `meaning`: where a variable, or a name of an ``inherit``, begins -> its definition. `scope_at`: where such
    a use begins -> the scope it is looked up in. `unbound`: the uses that no scope binds, with how many
    ``with`` are around; globals are among them.
    """

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.scopes: list[Scope] = []
        self.meaning: dict[int, Definition] = {}
        self.scope_at: dict[int, Scope | None] = {}
        self.unbound: list[tuple[Concrete, int]] = []
        self.repeated: Final[dict[int, set[str]]] = {}

    def is_merged(self, node: Concrete) -> bool:
        """Whether another binding defines the attribute that this set is the value of, too."""
        binding = node.parent
        while binding is not None and binding.action == t.A_PARENTHESIZED:
            binding = binding.parent
        if binding is None or binding.action != t.A_BINDING or binding.parent is None:
            return False
        name = static_name(binding.children[0].children[0], self.text)
        key = int(binding.parent.begin)
        repeated = self.repeated.get(key)
        if repeated is None:
            repeated = repeated_names(binding.parent, self.text)
            self.repeated[key] = repeated
        return name is not None and name in repeated

    def text_of(self, node: Concrete) -> str:
        return self.text[node.begin : node.end]

    def visible(self, use: Concrete) -> dict[str, Definition]:
        """What is bound where a use is."""
        found: dict[str, Definition] = {}
        scope = self.scope_at.get(int(use.begin))
        while scope is not None:
            for name, definition in scope.names.items():
                found.setdefault(name, definition)
            scope = scope.up
        return found


def analyse(root: Concrete, text: str) -> Names:
    """Look up all variables of a source. Nothing is too deep: the nodes to be visited are kept in a list."""
    names = Names(text)
    walk = Walk(names)
    walk.todo.append((root, None))
    while walk.todo:
        node, scope = walk.todo.pop()
        walk.visit(node, scope)
    return names


class Walk:
    """The nodes that are still to be visited, each with its scope."""

    def __init__(self, names: Names) -> None:
        self.names: Final = names
        self.todo: list[tuple[Concrete, Scope | None]] = []

    def visit(self, node: Concrete, scope: Scope | None) -> None:
        action = node.action
        if action == t.A_VARIABLE:
            self.use(node, self.names.text_of(node), scope)
        elif action == t.A_LET:
            inner = self.scope(LET, node, scope)
            self.bindings(node.children[1], inner, scope)
            self.todo.append((node.children[3], inner))
        elif action == t.A_REC or action == t.A_LET_BODY:
            inner = self.scope(REC, node, scope)
            inner.merged = self.names.is_merged(node)
            self.bindings(node.children[2], inner, scope)
        elif action == t.A_ATTRS:
            self.bindings(node.children[1], scope, scope)
        elif action in LAMBDAS:
            self.function(node, scope)
        elif action == t.A_WITH:
            self.todo.append((node.children[1], scope))
            self.todo.append((node.children[3], self.scope(WITH, node, scope)))
        else:
            for child in node.children:
                if child.action != 0:
                    self.todo.append((child, scope))

    def scope(self, kind: str, node: Concrete, up: Scope | None) -> Scope:
        made = Scope(kind, node, up)
        self.names.scopes.append(made)
        return made

    def bindings(self, bindings: Concrete, inside: Scope | None, outside: Scope | None) -> None:
        """Those of a ``let`` or set, which are defined in `inside` when that is not `outside`."""
        for item in bindings.children:
            if item.action == t.A_BINDING:
                self.todo.append((item.children[0], inside))
                self.todo.append((item.children[2], inside))
                if inside is not None and inside is not outside:
                    first = item.children[0].children[0]
                    name = static_name(first, self.names.text)
                    if name is not None:
                        inside.define(name, inside.kind, first, item)
                continue
            plain = item.action == t.A_INHERIT
            if not plain:
                self.todo.append((item.children[2], inside))
            for attr in item.children[1 if plain else 4].children:
                name = static_name(attr, self.names.text)
                if name is None:
                    continue
                if inside is not None and inside is not outside:
                    inside.define(name, inside.kind, attr, attr)
                if plain:
                    self.use(attr, name, outside)

    def function(self, node: Concrete, scope: Scope | None) -> None:
        inner = self.scope(ARGUMENT, node, scope)
        text = self.names.text
        for child in node.children[:-2]:
            if child.token == t.ID:
                kind = ARGUMENT if node.action == t.A_LAMBDA else WHOLE
                inner.define(text[child.begin : child.end], kind, child, child)
            elif child.action != 0:
                for formal in formals_of(child):
                    name = formal.children[0]
                    inner.define(text[name.begin : name.end], FORMAL, name, formal)
                    if formal.action == t.A_FORMAL_DEFAULT:
                        self.todo.append((formal.children[2], inner))
        self.todo.append((node.children[-1], inner))

    def use(self, node: Concrete, name: str, scope: Scope | None) -> None:
        names = self.names
        if name == "__curPos":
            return
        names.scope_at[int(node.begin)] = scope
        withs = 0
        outer = scope
        while outer is not None:
            definition = outer.names.get(name)
            if definition is not None:
                definition.uses.append(node)
                names.meaning.setdefault(int(node.begin), definition)
                if not outer.merged:
                    return
            if outer.kind == WITH:
                withs += 1
            outer = outer.up
        if int(node.begin) in names.meaning:
            return
        names.unbound.append((node, withs))
        if name not in GLOBALS:
            while scope is not None:
                if scope.kind == WITH:
                    scope.uses.append(node)
                scope = scope.up


def formals_of(pattern: Concrete) -> list[Concrete]:
    """The formals of the pattern of a function."""
    for child in pattern.children:
        if child.action == t.A_FORMALS_FIRST:
            return [formal for formal in child.children if formal.action != 0]
    return []


def static_name(attr: Concrete, text: str) -> str | None:
    """The name that a component of a path is, None when it is computed or has escapes."""
    if attr.token == t.ID:
        return text[attr.begin : attr.end]
    if attr.action == t.A_ATTR_OR:
        return "or"
    if attr.action == t.A_ATTR_STRING:
        inside = attr.children[1]
        if inside.token == t.STRING_TEXT:
            name = text[inside.begin : inside.end]
            return None if "\\" in name else name
        if inside.action == t.A_STRING_EMPTY:
            return ""
    return None


def repeated_names(bindings: Concrete, text: str) -> set[str]:
    """The names that several bindings of a set define, which then is one set with parts of its own."""
    seen: set[str] = set()
    repeated: set[str] = set()
    for item in bindings.children:
        if item.action == t.A_BINDING:
            name = static_name(item.children[0].children[0], text)
            if name is not None and name in seen:
                repeated.add(name)
            elif name is not None:
                seen.add(name)
    return repeated
