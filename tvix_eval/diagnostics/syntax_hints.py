"""What was probably meant, where the syntax is wrong: by what is open, and what does not fit there."""

from __future__ import annotations

from tvix_eval.diagnostics.model import Label, Span
from tvix_eval.errors import NixError, Source
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete, ConcreteParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

CLOSERS: Final = {
    t.LPAREN: "`)`",
    t.LBRACKET: "`]`",
    t.LBRACE: "`}`",
    t.INTERPOLATION: "`}`",
    t.QUOTE: '`"`',
    t.INDENTED_OPEN: "`''`",
}
CLOSING: Final = frozenset((t.RPAREN, t.RBRACKET, t.RBRACE))
COMPARISONS: Final = frozenset((t.EQ, t.NEQ, t.LESS, t.GREATER, t.LEQ, t.GEQ))
PATTERN: Final = frozenset((t.A_FORMALS_FIRST, t.A_FORMAL, t.A_FORMAL_DEFAULT))
# What other languages have, and this one has not, or calls otherwise.
CHARACTERS: Final = {
    "'": "strings are written with double quotes, or with two single ones on each side",
    "&": "`and` of two Booleans is `&&`",
    "|": "`or` of two Booleans is `||`",
    "\\": "a function is written `x: ...`",
    "`": "strings are written with double quotes, or with two single ones on each side",
}


class SyntaxHints:
    """Reads a source that has an error of syntax again, up to it. `hints` and `labels` are what comes of it."""

    def __init__(self, source: Source) -> None:
        self.source: Final = source
        self.parser: Final = ConcreteParser(source.text)
        self.hints: list[str] = []
        self.labels: list[Label] = []
        try:
            self.parser.parse()
        except NixError:
            pass
        unexpected = self.parser.unexpected
        if unexpected is not None:
            self.explain(unexpected)

    def explain(self, unexpected: Concrete) -> None:
        kind = int(unexpected.token)
        opener = self.opener()
        open_kind = -1 if opener is None else int(opener.token)
        if kind == t.COMMA:
            self.comma(open_kind)
        elif kind == t.ASSIGN:
            self.assign(unexpected, open_kind)
        elif kind == t.COLON and self.parser.stack and self.parser.stack[-1].action in PATTERN:
            self.hints.append("a pattern is closed before the colon: `{ a, b }: ...`")
        elif kind == t.COLON and self.at_name(open_kind):
            self.hints.append("an attribute is defined with `=`, and its definition ends with `;`")
        elif kind == t.EQ and self.at_name(open_kind):
            self.hints.append("`==` compares; a definition has one `=`")
        elif kind == t.SEMICOLON:
            self.semicolon(opener, open_kind)
        elif kind == t.INVALID:
            meant = CHARACTERS.get(self.source.text[unexpected.begin : unexpected.begin + 1])
            if meant is not None:
                self.hints.append(meant)
        elif kind in (t.RBRACE, t.IN, t.INHERIT) and self.in_binding():
            self.missing_semicolon(self.previous_end())
        elif kind in COMPARISONS and self.after_comparison():
            self.hints.append("comparisons don't chain: write `a < b && b < c`")
        elif kind == t.END or kind in CLOSING or kind == t.IN:
            self.unclosed(opener, kind)

    # ---- What is there --------------------------------------------------------------

    def opener(self) -> Concrete | None:
        """The innermost bracket or keyword that waits for what ends it."""
        for node in reversed(self.parser.stack):
            if node.action == 0 and (node.token in CLOSERS or node.token in (t.LET, t.IF)):
                return node
        return None

    def in_binding(self) -> bool:
        """Whether the value of a binding is what was read last."""
        stack = self.parser.stack
        return len(stack) > 2 and stack[-2].token == t.ASSIGN and stack[-1].action != 0

    def at_name(self, open_kind: int) -> bool:
        """Whether the path of a binding is what was read last."""
        return open_kind in (t.LBRACE, t.LET) and not self.in_binding()

    def previous_end(self) -> int:
        tokens = self.parser.tokens
        return int(tokens[-1].end) if tokens else 0

    def label(self, begin: int, end: int, text: str) -> None:
        self.labels.append(Label(Span(self.source, begin, end), text))

    # ---- What is to be said ---------------------------------------------------------

    def missing_semicolon(self, after: int) -> None:
        self.label(max(0, after - 1), after, "`;` is missing after this")
        self.hints.append("each binding ends with `;`")

    def comma(self, open_kind: int) -> None:
        stack = self.parser.stack
        if len(stack) > 1 and stack[-1].action == t.A_NAMES_START:
            self.hints.append("the names of an `inherit` are separated by blanks, not by commas")
        elif open_kind == t.LBRACKET:
            self.hints.append("the items of a list are separated by blanks, not by commas")
        elif open_kind in (t.LBRACE, t.LET):
            self.hints.append("bindings end with `;`, not with a comma")
        elif open_kind == t.LPAREN:
            self.hints.append("arguments are separated by blanks: `f a b`, not `f(a, b)`")
        else:
            self.hints.append("nothing is separated by commas but the arguments in `{ a, b }: ...`")

    def assign(self, unexpected: Concrete, open_kind: int) -> None:
        text = self.source.text
        top = self.parser.stack[-1]
        if text.startswith("=>", int(unexpected.begin)):
            self.hints.append("a function is written `x: ...`")
        elif self.in_binding() and top.action == t.A_CALL:
            # The name of the next binding was taken for one more argument.
            self.missing_semicolon(int(top.children[0].end))
        elif open_kind in (t.IF, t.LPAREN, t.LBRACKET) or self.in_binding() or self.after_keyword():
            self.hints.append("`=` defines; `==` compares")
        elif open_kind == -1:
            self.hints.append("definitions stand in a set, `{ ... }`, or between `let` and `in`")

    def after_keyword(self) -> bool:
        stack = self.parser.stack
        return len(stack) > 1 and stack[-2].token in (t.ASSERT, t.WITH)

    def after_comparison(self) -> bool:
        stack = self.parser.stack
        return len(stack) > 2 and stack[-2].token in COMPARISONS

    def semicolon(self, opener: Concrete | None, open_kind: int) -> None:
        tokens = self.parser.tokens
        if tokens and tokens[-1].token == t.SEMICOLON:
            self.hints.append("this is one `;` more than is needed")
        elif open_kind in (t.LPAREN, t.LBRACKET):
            self.unclosed(opener, t.SEMICOLON)
        elif open_kind == -1:
            self.hints.append("only bindings end with `;`, an expression does not")

    def unclosed(self, opener: Concrete | None, kind: int) -> None:
        if opener is None:
            if kind in CLOSING:
                self.hints.append("nothing is open that this could close")
            elif kind == t.END and not self.parser.tokens:
                self.hints.append("the source is empty: an expression was expected")
            return
        if opener.token == t.LET:
            self.label(int(opener.begin), int(opener.end), "this `let` has no `in`")
            self.hints.append("`let` is followed by bindings, `in`, and an expression")
        elif opener.token == t.IF:
            self.label(int(opener.begin), int(opener.end), "this `if` is not complete")
            self.hints.append("`if ... then ... else ...` needs all of its parts")
        else:
            if kind == t.END and self.in_binding():
                self.missing_semicolon(self.previous_end())
            closer = CLOSERS[int(opener.token)]
            end = int(opener.begin) + len(closer) - 2 if opener.token == t.INDENTED_OPEN else int(opener.end)
            self.label(int(opener.begin), end, "this is not closed by " + closer)
