"""The tree of a text for tools: what was written, under the rules of the grammar that made it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tvix_eval.source.positions import Span
from tvix_eval.source.tokens import Token
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete

BINARY: Final = {"left": 0, "right": 2}

# The kinds of nodes, which are the rules of the grammar, and the places of their parts among the children.
# `bindings`, `names`, `items`, `formals` and `attribute_path` are sequences of any length; `parts` is what
# a string with interpolations consists of.
FIELDS: Final[dict[str, dict[str, int]]] = {
    "variable": {},
    "int": {},
    "float": {},
    "string": {"content": 1},
    "string_empty": {},
    "indented_string": {"content": 1},
    "string_interpolated": {"content": 0},
    "parts": {},
    "interpolation": {"expression": 1},
    "path_literal": {},
    "path_interpolated": {},
    "path_text": {},
    "path_home": {},
    "search_path": {},
    "uri": {},
    "parenthesized": {"expression": 1},
    "list": {"items": 1},
    "items": {},
    "attrs": {"bindings": 1},
    "attrs_empty": {},
    "rec": {"bindings": 2},
    "let_body": {"bindings": 2},
    "bindings": {},
    "binding": {"path": 0, "value": 2},
    "inherit": {"names": 1},
    "inherit_from": {"source": 2, "names": 4},
    "names": {},
    "attribute_path": {},
    "attr_or": {},
    "attr_string": {"content": 1},
    "attr_dynamic": {"expression": 1},
    "lambda": {"parameter": 0, "body": 2},
    "lambda_pattern": {"pattern": 0, "body": 2},
    "lambda_pattern_at": {"pattern": 0, "parameter": 2, "body": 4},
    "lambda_at_pattern": {"parameter": 0, "pattern": 2, "body": 4},
    "pattern_open": {"formals": 1},
    "pattern_only_open": {},
    "pattern_comma": {"formals": 1},
    "pattern_closed": {"formals": 1},
    "pattern_empty": {},
    "formals": {},
    "formal": {"name": 0},
    "formal_default": {"name": 0, "default": 2},
    "let": {"bindings": 1, "body": 3},
    "with": {"set": 1, "body": 3},
    "assert": {"condition": 1, "body": 3},
    "if": {"condition": 1, "then": 3, "else": 5},
    "call": {"function": 0, "argument": 1},
    "select": {"set": 0, "path": 2},
    "select_or": {"set": 0, "path": 2, "default": 4},
    "cursed_or": {"function": 0},
    "has_attr": {"set": 0, "path": 2},
    "not": {"operand": 1},
    "negate": {"operand": 1},
    **{name: BINARY for name in ("add", "subtract", "multiply", "divide", "concat", "update")},
    **{name: BINARY for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")},
    **{name: BINARY for name in ("and", "or", "implies", "pipe_from", "pipe_into")},
}
NODE_KINDS: Final = frozenset(FIELDS)

# What `Concrete` calls sequences, by the rule that begins one.
SEQUENCES: Final = {
    t.A_BINDINGS_EMPTY: "bindings",
    t.A_FORMALS_FIRST: "formals",
    t.A_INTERPOLATED_EXPR: "interpolation",
    t.A_INTERPOLATED_START: "parts",
    t.A_LIST_START: "items",
    t.A_NAMES_START: "names",
    t.A_PATH_ATTR_FIRST: "attribute_path",
}
KINDS: Final = {
    number: SEQUENCES.get(number, name[2:].lower())
    for name, number in vars(t).items()
    if name.startswith("A_")
}


class Node:
    """What a rule of the grammar matched, from byte `begin` up to `end`, its first token to its last.

    `kind` is one of `NODE_KINDS`; `children` are nodes and tokens, in order. What precedes the first token
    is not part of a node. Where something was missing in the text, a token covers nothing.
    """

    __slots__ = ("kind", "begin", "end", "children", "parent", "concrete")

    def __init__(self, kind: str, concrete: Concrete, parent: Node | None) -> None:
        self.kind: Final = kind
        self.begin: Final = int(concrete.begin)
        self.end: Final = int(concrete.end)
        self.children: list[Node | Token] = []
        self.parent: Final = parent
        self.concrete: Final = concrete  # ours, not for users

    def __repr__(self) -> str:
        return f"Node({self.kind}, {self.begin}, {self.end})"

    @property
    def span(self) -> Span:
        return Span(self.begin, self.end)

    def field(self, name: str) -> Node | Token:
        """A part by its name, see `FIELDS`. Raises KeyError when such nodes have none of that name."""
        return self.children[FIELDS[self.kind][name]]

    def node(self, name: str) -> Node:
        """A part by its name that is a node. Raises KeyError, and TypeError when it is a token."""
        found = self.field(name)
        if isinstance(found, Token):
            raise TypeError(f"the {name} of this {self.kind} is a token")
        return found

    def nodes(self) -> list[Node]:
        """The children that are nodes."""
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self) -> Iterator[Node]:
        """This node and all below it, each before its children, in the order of the text."""
        todo = [self]
        while todo:
            node = todo.pop()
            yield node
            todo += reversed(node.nodes())

    def tokens(self) -> Iterator[Token]:
        """The tokens below, in the order of the text."""
        todo: list[Node | Token] = [self]
        while todo:
            each = todo.pop()
            if isinstance(each, Token):
                yield each
            else:
                todo += reversed(each.children)

    def ancestors(self) -> Iterator[Node]:
        """The nodes around, the innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def path_to(self, offset: int) -> list[Node]:
        """The nodes that a byte is in, the outermost first, beginning with this one.

        What ends before the byte counts too where nothing begins with it: the place of a cursor after a name.
        """
        path = [self]
        while True:
            touching = [child for child in path[-1].nodes() if child.begin <= offset <= child.end]
            if not touching:
                return path
            covering = [child for child in touching if offset < child.end]
            path.append(covering[0] if covering else touching[-1])


def build(root: Concrete, tokens: list[Token]) -> Node:
    """The tree over the tokens of a text. Nothing is too deep."""
    by_begin = {token.begin: token for token in tokens}
    top = Node(KINDS[int(root.action)], root, None)
    todo = [top]
    while todo:
        node = todo.pop()
        for child in node.concrete.children:
            if child.action != 0:
                inner = Node(KINDS[int(child.action)], child, node)
                node.children.append(inner)
                todo.append(inner)
            elif child.token != t.PATH_END:
                begin, end = int(child.begin), int(child.end)
                found = by_begin.get(begin) if begin < end else None
                node.children.append(found or Token(t.TERMINALS[child.token], begin, end, "", ()))
    return top
