"""Source text to tree: the LR automaton of nix.lark, run without recursion.

The tables are bison's in all that can be seen: a state with only one action is left before
the next token is read, and an error is noticed after the default reductions. So errors come
in the order in which Nix finds them, and say what it says.
"""

from __future__ import annotations

from tvix_eval.errors import ParseError, Source
from tvix_eval.syntax.actions import Actions, Cell
from tvix_eval.syntax.lexer import Lexer
from tvix_eval.syntax.names import Symbols
from tvix_eval.syntax.nodes import Node
from tvix_eval.syntax.settings import ParseSettings, ParseWarning
from tvix_eval.syntax.tables import (
    ACCEPT,
    ACTION,
    CONSISTENT,
    DEFAULT,
    END,
    ERROR,
    GOTO,
    ID,
    LENGTH,
    LHS,
    NAMES,
    REDUCTIONS,
    RULE_ACTION,
    STATES,
    URI,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

NO_TOKEN: Final = -1
MOST_EXPECTED: Final = 4  # a longer list of what was expected is left out


class ParseResult:
    """`root`: the expression; for bindings of a REPL, an `Attrs`.

    `symbols`: all names, numbered in the order in which Nix would.
    `docs`: offset of a function, or of what defines or contains one -> where the
    documentation comment before it begins and ends.
    """

    def __init__(
        self,
        root: Node,
        symbols: Symbols,
        warnings: list[ParseWarning],
        docs: dict[int, tuple[int, int]],
    ) -> None:
        self.root: Final = root
        self.symbols: Final = symbols
        self.warnings: Final = warnings
        self.docs: Final = docs

    def symbol_names(self) -> list[str]:
        return list(self.symbols.numbers)


def parse(
    text: str,
    source_name: str,
    settings: ParseSettings,
    known: dict[str, int] | None = None,
    warnings: list[ParseWarning] | None = None,
    repl: bool = False,
) -> ParseResult:
    """Parse an expression or, with `repl`, bindings.

    `text` has one latin-1 character for each byte. `source_name` is how messages call it.
    `known` has the numbers of the names that exist already, from 0. `warnings` is where to
    put those found: it has them also when an error is raised.

    Raises `ParseError`, and `NixError` for a NUL in a string or a path in the home directory
    where that is forbidden; their `pos` is the byte offset plus one, or 0.
    """
    if warnings is None:
        warnings = []
    lexer = Lexer(text, settings.pipe_operators, repl)
    symbols = Symbols({} if known is None else known)
    actions = Actions(Source(source_name, text, False), settings, symbols, lexer.docs, warnings)
    root = run(lexer, actions)
    return ParseResult(root, symbols, warnings, lexer.docs)


def run(lexer: Lexer, actions: Actions) -> Node:
    """Shift and reduce until the source is accepted."""
    cells = [Cell()]
    actions.cells = cells
    room: i64 = 1
    top: i64 = 0
    state: i64 = 0
    below: i64 = 0  # cells[top].below
    kind: i64 = NO_TOKEN
    while True:
        rule: i64 = CONSISTENT[state]
        if rule == 0:
            if kind == NO_TOKEN:
                kind = lexer.next()
            action: i64 = ACTION[state << 6 | kind]
            if action == 0:
                rule = DEFAULT[state]
            elif action < STATES:
                top += 1
                if top == room:
                    cells.append(Cell())
                    room += 1
                cell = cells[top]
                cell.below = below = state
                cell.begin = lexer.begin
                if kind == ID:
                    cell.name = lexer.name
                    cell.dynamic = None
                elif kind <= URI:
                    cell.text = lexer.text
                    cell.dynamic = None
                state = action
                kind = NO_TOKEN
                continue
            elif action == ACCEPT:
                return cells[1].node
            elif action != ERROR:
                rule = REDUCTIONS[action - STATES]
            if rule == 0:
                raise syntax_error(state, kind, lexer)
        doing: i64 = RULE_ACTION[rule]
        if doing != 0:
            top -= LENGTH[rule] - 1
            if top == room:
                cells.append(Cell())
                room += 1
            first = cells[top]
            if LENGTH[rule] == 0:
                first.below = state
            below = first.below
            actions.reduce(doing, first, top)
        # A rule without an action has one symbol: only the state changes.
        made: i64 = LHS[rule]
        state = GOTO[below << 5 | made]


def syntax_error(state: i64, kind: i64, lexer: Lexer) -> ParseError:
    """What bison says: the token that was found, and what would have been right, when the
    state was reached, if that is not too much."""
    expected: list[str] = []
    for index in range(len(NAMES)):
        action: i64 = ACTION[state << 6 | index]
        if action != 0 and action != ERROR:
            expected.append(NAMES[index])
    message = "syntax error, unexpected " + NAMES[kind]
    if 0 < len(expected) <= MOST_EXPECTED:
        message += ", expecting " + " or ".join(expected)
    return ParseError(message, (lexer.end if kind == END else lexer.begin) + 1)
