"""The syntax of the sources that a message speaks of: what a position of Nix's means, from where to where.

A position is where something begins, or the operator of an operation. What of all that begins there is
meant depends on what is said of it.
"""

from __future__ import annotations

from tvix_eval.diagnostics.model import Span
from tvix_eval.errors import Source, Sources
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete, concrete_tree
from tvix_eval.syntax.scopes import LAMBDAS, Names, analyse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LARGE: Final = 4_000_000  # bytes of a source that is not looked into for the sake of a message
OPERANDS: Final = frozenset(
    (
        *(t.A_VARIABLE, t.A_INT, t.A_FLOAT, t.A_STRING, t.A_INDENTED_STRING, t.A_PATH_LITERAL, t.A_URI),
        *(t.A_PATH_INTERPOLATED, t.A_SEARCH_PATH, t.A_PARENTHESIZED, t.A_LET_BODY, t.A_REC, t.A_ATTRS),
        *(t.A_ATTRS_EMPTY, t.A_LIST, t.A_SELECT, t.A_SELECT_OR, t.A_CALL, t.A_CURSED_OR),
    )
)
CALLS: Final = ("while calling the '", "from call site", "attempt to call something")


class Documents:
    """The sources of an evaluation as trees, which are made when they are asked for."""

    def __init__(self, sources: Sources | None) -> None:
        self.sources: Final = sources
        self.trees: Final[dict[int, Concrete | None]] = {}
        self.names: Final[dict[int, Names]] = {}
        self.beginnings: Final[dict[int, dict[int, list[Concrete]]]] = {}

    def tree(self, pos: int) -> Concrete | None:
        """The tree of the source of a position; None when it is too large, or no expression."""
        number = pos >> 32
        if number not in self.trees:
            source = self.source(pos)
            source.starts()  # reads the text
            self.trees[number] = concrete_tree(source.text) if len(source.text) < LARGE else None
        return self.trees[number]

    def source(self, pos: int) -> Source:
        assert self.sources is not None
        return self.sources.source(pos)

    def nodes(self, pos: int) -> list[Concrete]:
        """What begins at a position, the outermost first; empty when that is not known."""
        if pos == 0 or self.sources is None:
            return []
        tree = self.tree(pos)
        if tree is None:
            return []
        number = pos >> 32
        if number not in self.beginnings:
            self.beginnings[number] = by_beginning(tree)
        return self.beginnings[number].get((pos & 0xFFFFFFFF) - 1, [])

    def analysed(self, pos: int) -> Names | None:
        tree = self.tree(pos)
        if tree is None:
            return None
        number = pos >> 32
        if number not in self.names:
            self.names[number] = analyse(tree, self.source(pos).text)
        return self.names[number]

    def span(self, pos: int, said: str) -> Span | None:
        """The place of a position, of which `said` is the message or the frame."""
        if pos == 0 or self.sources is None:
            return None
        source = self.source(pos)
        begin = (pos & 0xFFFFFFFF) - 1
        source.starts()
        if begin > len(source.text) or (not source.text and begin > 0):
            return None
        nodes = self.nodes(pos)
        if not nodes:
            return Span(source, begin, min(begin + 1, len(source.text)))
        first, last = extent(nodes, said, source.text)
        return Span(source, int(first), int(last))

    def text(self, node: Concrete, pos: int) -> str:
        return self.source(pos).text[node.begin : node.end]


def by_beginning(tree: Concrete) -> dict[int, list[Concrete]]:
    """Where something begins -> what does that covers any text, the outermost first."""
    found: dict[int, list[Concrete]] = {}
    todo = [tree]
    while todo:
        node = todo.pop()
        if node.end > node.begin:
            found.setdefault(int(node.begin), []).append(node)
        todo += node.children
    return found


def extent(nodes: list[Concrete], said: str, text: str) -> tuple[int, int]:
    """From where to where reaches what is meant, of the nodes that begin in one place."""
    innermost = nodes[-1]
    if said.startswith("undefined variable"):
        return innermost.begin, innermost.end
    if said.startswith("attribute '") and said.endswith("' missing"):
        missing = component(nodes, said[len("attribute '") : -len("' missing")], text)
        if missing is not None:
            return missing.begin, missing.end
    for node in nodes:
        if node.action == t.A_PATH_ATTR_FIRST:
            return node.begin, node.end
        if node.action in LAMBDAS and not said.startswith(CALLS):
            return node.begin, node.children[-2].begin  # up to the colon
        if node.action == t.A_ASSERT or node.action == t.A_IF or node.action == t.A_WITH:
            return node.begin, node.children[1].end
    widest = innermost
    for node in reversed(nodes):
        if node.action in OPERANDS:
            widest = node
    return widest.begin, widest.end


def component(nodes: list[Concrete], name: str, text: str) -> Concrete | None:
    """The component of that name in the attribute path of a selection."""
    for node in nodes:
        if node.action == t.A_SELECT:
            for each in node.children[2].children:
                if text[each.begin : each.end].strip('"') == name.strip('"'):
                    return each
    return None


def enclosing_call(nodes: list[Concrete]) -> Concrete | None:
    """The whole call, of those that begin in one place."""
    for node in nodes:
        if node.action == t.A_CALL:
            return node
    return None


def arguments_of(call: Concrete) -> list[Concrete]:
    found: list[Concrete] = []
    while call.action == t.A_CALL:
        found.append(call.children[1])
        call = call.children[0]
    found.reverse()
    return found
