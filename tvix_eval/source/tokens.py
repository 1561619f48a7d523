"""Every byte of a text as a token, or as what is between tokens. No text is too wrong for that."""

from __future__ import annotations

import re
from typing import Final

from tvix_eval.errors import NixError
from tvix_eval.source.positions import decoded
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.lexer import Lexer
from tvix_eval.syntax.scanner import EXPRESSION, IN_PATH_SLASH, INDENTED, STRING

WHITESPACE: Final = "whitespace"
LINE_COMMENT: Final = "line_comment"  # ``# …``, without the end of the line
BLOCK_COMMENT: Final = "block_comment"  # ``/* … */``
DOC_COMMENT: Final = "doc_comment"  # ``/** … */``

# What a token can be: the names of the terminals of the grammar. `END` covers nothing.
TOKEN_KINDS: Final = frozenset(t.TERMINALS) - {"PATH_END", "REPL_BINDINGS"}
BETWEEN: Final = re.compile(r"(?P<blank>[ \t\r\n]+)|#[^\r\n]*|/\*.*?\*/", re.DOTALL)


class Trivia:
    """Blanks or a comment before a token, from byte `begin` up to `end`. `kind`: see above."""

    __slots__ = ("kind", "begin", "end", "text")

    def __init__(self, kind: str, begin: int, end: int, text: str) -> None:
        self.kind: Final = kind
        self.begin: Final = begin
        self.end: Final = end
        self.text: Final = text

    def __repr__(self) -> str:
        return f"Trivia({self.kind}, {self.begin}, {self.end})"


class Token:
    """A terminal of the grammar, from byte `begin` up to `end`. `leading`: what is between it and the token before.

    `text` is what was written. The text and all that leads to it, of all tokens in order, is the source;
    the last token is the `END`, whose text is empty.
    """

    __slots__ = ("kind", "begin", "end", "text", "leading")

    def __init__(self, kind: str, begin: int, end: int, text: str, leading: tuple[Trivia, ...]) -> None:
        self.kind: Final = kind
        self.begin: Final = begin
        self.end: Final = end
        self.text: Final = text
        self.leading: Final = leading

    def __repr__(self) -> str:
        return f"Token({self.kind}, {self.text!r})"

    def full_text(self) -> str:
        """The text with what leads to it."""
        return "".join(trivia.text for trivia in self.leading) + self.text


class Lexeme:
    """A token for the parser: the number of its terminal, among them the `PATH_END` that covers nothing."""

    __slots__ = ("kind", "begin", "end")

    def __init__(self, kind: int, begin: int, end: int) -> None:
        self.kind: Final = kind
        self.begin: Final = begin
        self.end: Final = end


def lexemes(text: str) -> list[Lexeme]:
    """The tokens of byte text, without the `END`. What is none is `INVALID`."""
    lexer = Lexer(text, True, False)
    found: list[Lexeme] = []
    last = 0
    while True:
        mode = lexer.mode
        try:
            kind = int(lexer.next())
        except NixError:
            if mode == IN_PATH_SLASH:  # a path ends with a slash: here it ends all the same
                lexer.pop()
                kind = t.PATH_END
            elif mode == STRING or mode == INDENTED:
                kind = t.STRING_TEXT if mode == STRING else t.INDENTED_TEXT
            else:
                kind = t.INT if text[lexer.begin : lexer.end].isdigit() else t.FLOAT
        begin, end = int(lexer.begin), int(lexer.end)
        if kind == t.PATH_END:
            begin = end = int(lexer.at)
        elif kind == t.END:
            if not (begin >= last and text[begin : begin + 1] == "\0"):
                break
            kind = t.INVALID
        while kind == t.INVALID and end < len(text) and "\x80" <= text[end] < "\xc0":
            end += 1  # a character of several bytes stays whole
            lexer.at = end
        found.append(Lexeme(kind, begin, end))
        last = end
    if lexer.mode != EXPRESSION and last < len(text):
        found.append(Lexeme(t.INVALID, last, len(text)))
    return found


def tokenize(data: bytes, found: list[Lexeme]) -> list[Token]:
    """The tokens of a text, each with what leads to it, and the `END`."""
    tokens: list[Token] = []
    text = data.decode("latin-1")
    last = 0
    for each in [*found, Lexeme(t.END, len(data), len(data))]:
        if each.kind == t.PATH_END:
            continue
        leading = between(text, data, last, each.begin) if last < each.begin else ()
        written = decoded(data[each.begin : each.end])
        tokens.append(Token(t.TERMINALS[each.kind], each.begin, each.end, written, leading))
        last = each.end
    return tokens


def between(text: str, data: bytes, begin: int, end: int) -> tuple[Trivia, ...]:
    """The blanks and comments in a part of a text that has nothing else."""
    found: list[Trivia] = []
    while begin < end:
        match = BETWEEN.match(text, begin, end)
        assert match is not None
        found.append(Trivia(trivia_kind(match), begin, match.end(), decoded(data[begin : match.end()])))
        begin = match.end()
    return tuple(found)


def trivia_kind(match: re.Match[str]) -> str:
    if match["blank"] is not None:
        return WHITESPACE
    if match[0].startswith("#"):
        return LINE_COMMENT
    return DOC_COMMENT if re.match(r"/\*\*[^*/]", match[0]) else BLOCK_COMMENT
