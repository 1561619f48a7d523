"""What the names of a text mean: definitions, references, and what a ``with`` may supply."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from tvix_eval.source.positions import Span
from tvix_eval.source.tree import Node
from tvix_eval.syntax import scopes
from tvix_eval.syntax.concrete import Concrete

GLOBALS: Final = scopes.GLOBALS
LAMBDAS: Final = frozenset(("lambda", "lambda_pattern", "lambda_pattern_at", "lambda_at_pattern"))
SETS: Final = frozenset(("rec", "let_body"))


class Definition:
    """A name that something binds.

    `kind`: "let"; "rec"; "argument" (``x:``), "formal" (``{ x }:``) or "whole" (``{ … } @ x:``). `span` is the name
    where it is bound first. `sites`: the bindings, formals, or names of an ``inherit`` that bind it or, as
    in ``a.b = 1; a.c = 2;``, parts of it. `references`: the variables that mean it, and the names of an ``inherit``
    that take it. `scope` is what binds it, as a whole.
    """

    def __init__(self, name: str, found: scopes.Definition) -> None:
        self.name: Final = name
        self.kind: Final = found.kind
        self.span: Final = span_of(found.node)
        self.sites: Final = [span_of(site) for site in found.sites]
        self.references: Final = [span_of(use) for use in found.uses]
        self.scope: Final = span_of(found.scope.node)

    def __repr__(self) -> str:
        return f"Definition({self.name!r}, {self.kind}, {self.span})"


class NameTable:
    """All definitions of a text in `definitions`, the outer scopes first.

    `undefined`: the variables that nothing can supply. `free`: those that only a ``with`` may, or that are global.
    Offsets are bytes; a place right after a name is one of that name, too.
    """

    def __init__(self, byte_text: str, tree: Node | None) -> None:
        self.tree: Final = tree
        self.definitions: Final[list[Definition]] = []
        self.undefined: Final[list[Span]] = []
        self.free: Final[list[Span]] = []
        self.by_place: Final[
            dict[int, tuple[int, Definition]]
        ] = {}  # begin of a name -> its end, what it means
        self.places: Final[list[int]] = []  # the keys of `by_place`, sorted
        self.by_scope: Final[dict[int, dict[str, Definition]]] = {}  # identity of a scope's node
        if tree is None:
            return
        names = scopes.analyse(tree.concrete, byte_text)
        public: dict[int, Definition] = {}
        for scope in names.scopes:
            bound: dict[str, Definition] = {}
            for found in scope.names.values():
                if found.name:
                    definition = Definition(found.name.encode("latin-1").decode("utf-8", "replace"), found)
                    public[id(found)] = bound[definition.name] = definition
                    self.by_place[definition.span.begin] = (definition.span.end, definition)
            self.by_scope[id(scope.node)] = bound
            self.definitions.extend(bound.values())
        for definition in self.definitions:
            for place in definition.references:
                self.by_place.setdefault(place.begin, (place.end, definition))
        for begin, meant in names.meaning.items():
            if id(meant) in public:  # what ``inherit`` takes comes before what it binds
                end = next(int(use.end) for use in meant.uses if use.begin == begin)
                self.by_place[begin] = (end, public[id(meant)])
        for use, withs in names.unbound:
            name = names.text_of(use)
            if use.begin < use.end:
                known = withs or name in GLOBALS or name.startswith("__")
                (self.free if known else self.undefined).append(span_of(use))
        self.places.extend(sorted(self.by_place))
        self.undefined.sort()
        self.free.sort()

    def definition_at(self, offset: int) -> Definition | None:
        """What the name at a place means, be it where it is used or where it is bound."""
        at = bisect_right(self.places, offset) - 1
        if at < 0:
            return None
        end, definition = self.by_place[self.places[at]]
        return definition if offset <= end else None

    def references_at(self, offset: int) -> list[Span]:
        """Everywhere that the name at a place is used with the same meaning."""
        definition = self.definition_at(offset)
        return [] if definition is None else definition.references

    def visible_at(self, offset: int) -> dict[str, Definition]:
        """The names that an expression at a place could use, but for globals and what a ``with`` supplies."""
        found: dict[str, Definition] = {}
        for node, inner in steps(self.tree, offset):
            if node.kind == "let" or node.kind in LAMBDAS or (node.kind in SETS and inner.kind == "bindings"):
                for name, definition in self.by_scope.get(id(node.concrete), {}).items():
                    found.setdefault(name, definition)
        return found

    def withs_at(self, offset: int) -> list[Node]:
        """The ``with`` expressions that may supply a name at a place, those that come first, first.

        What each supplies is known when its field `set` is evaluated. Names that `visible_at` has come before.
        """
        return [
            node
            for node, inner in steps(self.tree, offset)
            if node.kind == "with" and inner is node.field("body")
        ]


def steps(tree: Node | None, offset: int) -> list[tuple[Node, Node]]:
    """Each node around a place with the child that leads there, the innermost first."""
    path = [] if tree is None else tree.path_to(offset)
    return list(zip(path, path[1:], strict=False))[::-1]


def span_of(node: Concrete) -> Span:
    return Span(int(node.begin), int(node.end))
