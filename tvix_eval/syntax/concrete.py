"""The concrete syntax of a source: every token with its place, under the rules that made it.

The automaton is that of `parser`; where that builds the meaning of a source, this keeps what was
written, for tools that speak of it: errors, lints, editors. `parser` is what says whether a source
is right: not all that is wrong with one is wrong with its syntax.
"""

from __future__ import annotations

from tvix_eval.errors import NixError, ParseError
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.lexer import Lexer
from tvix_eval.syntax.parser import NO_TOKEN, syntax_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

# Rules that repeat: the first begins a sequence, which is one node; the others add to it. Where
# several actions begin one, the node has the first of them.
BEGINNINGS: Final[dict[int, int]] = {
    t.A_BINDING_FIRST: t.A_BINDINGS_EMPTY,
    t.A_BINDINGS_EMPTY: t.A_BINDINGS_EMPTY,
    t.A_FORMALS_FIRST: t.A_FORMALS_FIRST,
    t.A_INDENTED_START: t.A_INTERPOLATED_START,
    t.A_INTERPOLATED_START: t.A_INTERPOLATED_START,
    t.A_INTERPOLATED_TEXT_START: t.A_INTERPOLATED_START,
    t.A_LIST_START: t.A_LIST_START,
    t.A_NAMES_START: t.A_NAMES_START,
    t.A_PATH_ATTR_FIRST: t.A_PATH_ATTR_FIRST,
    t.A_PATH_STRING_FIRST: t.A_PATH_ATTR_FIRST,
}
ADDITIONS: Final = frozenset(
    (
        *(t.A_BINDING, t.A_FORMALS_MORE, t.A_INDENTED_EXPR, t.A_INDENTED_TEXT, t.A_INHERIT, t.A_INHERIT_FROM),
        *(t.A_INTERPOLATED_EXPR, t.A_INTERPOLATED_TEXT, t.A_LIST_ITEM, t.A_NAMES_ATTR, t.A_NAMES_STRING),
        *(t.A_PATH_ATTR, t.A_PATH_STRING),
    )
)
# What an addition adds, where it is a node of its own and not just its symbols.
ITEMS: Final[dict[int, int]] = {
    t.A_BINDING_FIRST: t.A_BINDING,
    t.A_BINDING: t.A_BINDING,
    t.A_INHERIT: t.A_INHERIT,
    t.A_INHERIT_FROM: t.A_INHERIT_FROM,
    t.A_INDENTED_EXPR: t.A_INTERPOLATED_EXPR,
    t.A_INTERPOLATED_EXPR: t.A_INTERPOLATED_EXPR,
    t.A_INTERPOLATED_START: t.A_INTERPOLATED_EXPR,
}


class Concrete:
    """A token (`token` is its terminal, `action` 0), or a rule (`action` as in `tables`, `token` -1).

    It begins at byte `begin` and ends before `end`. Sequences are flat: bindings, items of a list, names,
    components of a path, formals and parts of a string are children of one node, whose action is
    `A_BINDINGS_EMPTY`, `A_LIST_START`, `A_NAMES_START`, `A_PATH_ATTR_FIRST`, `A_FORMALS_FIRST` or
    `A_INTERPOLATED_START`, however many there are. `${…}` in any string or path is an `A_INTERPOLATED_EXPR`.
    """

    def __init__(self, token: i64, action: i64, begin: i64, end: i64, children: list[Concrete]) -> None:
        self.token: Final[i64] = token
        self.action: Final[i64] = action
        self.begin: i64 = begin
        self.end: i64 = end
        self.children: Final = children
        self.parent: Concrete | None = None
        for child in children:
            child.parent = self

    def child(self, index: int) -> Concrete:
        return self.children[index]

    def add(self, child: Concrete) -> None:
        child.parent = self
        if not self.children:
            self.begin = child.begin
        self.children.append(child)
        self.end = child.end


class ConcreteParser:
    """Parses one source. `tokens` has what was read, in order.

    After an error, `stack` has what was understood before it, and `unexpected` the token that did not fit,
    if it is one: at the end of the file it is `END`.
    """

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.stack: list[Concrete] = []
        self.tokens: list[Concrete] = []
        self.unexpected: Concrete | None = None

    def parse(self) -> Concrete:
        """The tree of an expression. Raises ParseError and NixError, as `parser.parse` does."""
        lexer = Lexer(self.text, True, False)
        states: list[int] = []
        state: i64 = 0
        kind: i64 = NO_TOKEN
        stack = self.stack
        while True:
            rule: i64 = t.CONSISTENT[state]
            if rule == 0:
                if kind == NO_TOKEN:
                    kind = lexer.next()
                action: i64 = t.ACTION[state << 6 | kind]
                if action == 0:
                    rule = t.DEFAULT[state]
                elif action < t.STATES:
                    token = self.read(lexer, kind)
                    stack.append(token)
                    self.tokens.append(token)
                    states.append(int(state))
                    state = action
                    kind = NO_TOKEN
                    continue
                elif action == t.ACCEPT:
                    return stack[0]
                elif action != t.ERROR:
                    rule = t.REDUCTIONS[action - t.STATES]
                if rule == 0:
                    self.unexpected = self.read(lexer, kind)
                    raise syntax_error(state, kind, lexer)
            doing: i64 = t.RULE_ACTION[rule]
            if doing != 0:
                size = int(t.LENGTH[rule])
                if size == 0:
                    states.append(int(state))
                    made = self.reduced(doing, [])
                else:
                    begin = len(stack) - size
                    children = stack[begin:]
                    del stack[begin:]
                    del states[begin + 1 :]
                    made = self.reduced(doing, children)
                stack.append(made)
            below: i64 = states[len(states) - 1]
            goal: i64 = t.LHS[rule]
            state = t.GOTO[below << 5 | goal]

    def read(self, lexer: Lexer, kind: i64) -> Concrete:
        if kind == t.PATH_END or kind == t.END:
            return Concrete(kind, 0, lexer.at, lexer.at, [])
        return Concrete(kind, 0, lexer.begin, lexer.end, [])

    def reduced(self, action: i64, children: list[Concrete]) -> Concrete:
        """The node of a rule."""
        key = int(action)
        if key in ADDITIONS:
            sequence = children[0]
            item = ITEMS.get(key)
            if item is not None:
                sequence.add(Concrete(-1, item, children[1].begin, children[-1].end, children[1:]))
            else:
                for child in children[1:]:
                    sequence.add(child)
            return sequence
        if not children:
            last: i64 = self.tokens[len(self.tokens) - 1].end if self.tokens else 0
            return Concrete(-1, BEGINNINGS.get(key, key), last, last, [])
        begin = children[0].begin
        end = children[-1].end
        item = ITEMS.get(key)
        if item is not None:
            children = [Concrete(-1, item, begin, end, children)]
        elif key == t.A_INTERPOLATED_TEXT_START:
            expression = Concrete(-1, t.A_INTERPOLATED_EXPR, children[1].begin, end, children[1:])
            children = [children[0], expression]
        return Concrete(-1, BEGINNINGS.get(key, key), begin, end, children)


def concrete_tree(text: str) -> Concrete | None:
    """The tree of an expression, or None when it is none."""
    try:
        return ConcreteParser(text).parse()
    except NixError:
        return None


def is_concrete_error(error: NixError) -> bool:
    """Whether an error is one of syntax, which leaves a stack and an unexpected token."""
    return isinstance(error, ParseError) and error.message.startswith("syntax error")


def nodes_at(root: Concrete, offset: i64) -> list[Concrete]:
    """The nodes that cover a byte, the outermost first; the last is a token, unless it is in between."""
    found = [root]
    node = root
    while True:
        inner: Concrete | None = None
        for child in node.children:
            if child.begin <= offset < child.end:
                inner = child
                break
        if inner is None:
            return found
        found.append(inner)
        node = inner
