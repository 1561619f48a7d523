"""What of a text is what, for syntax colours: by the lexer that parses it."""

from __future__ import annotations

from typing import Final

from tvix_eval.errors import NixError
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.lexer import Lexer

# Kinds of pieces.
PLAIN: Final = ""
COMMAND: Final = "command"
COMMENT: Final = "comment"
KEYWORD: Final = "keyword"
BUILTIN: Final = "builtin"
NUMBER: Final = "number"
TEXT: Final = "string"
PATH: Final = "path"
OPERATOR: Final = "operator"
INVALID: Final = "invalid"

KINDS: Final = {
    t.STRING_TEXT: TEXT,
    t.INDENTED_TEXT: TEXT,
    t.QUOTE: TEXT,
    t.INDENTED_OPEN: TEXT,
    t.INDENTED_CLOSE: TEXT,
    t.INTERPOLATION: OPERATOR,
    t.INT: NUMBER,
    t.FLOAT: NUMBER,
    t.PATH: PATH,
    t.HOME_PATH: PATH,
    t.SEARCH_PATH: PATH,
    t.URI: PATH,
    t.INVALID: INVALID,
    **{kind: KEYWORD for kind in range(t.IF, t.INHERIT + 1)},
    t.OR_KEYWORD: KEYWORD,
    **{kind: OPERATOR for kind in (*range(t.EQ, t.IMPL + 1), *range(t.PIPE_FROM, t.PIPE_INTO + 1))},
    **{kind: OPERATOR for kind in range(t.LESS, t.QUESTION + 1)},
    t.BANG: OPERATOR,
}


def pieces(text: str, builtins: frozenset[str]) -> list[tuple[str, str]]:
    """A text taken apart: kinds and pieces. What can't be lexed is plain."""
    found: list[tuple[str, str]] = []
    start = 0
    if text.startswith(":"):
        words = text.split(maxsplit=1)
        start = len(words[0])
        found.append((COMMAND, text[:start]))
    source = text[start:].encode("utf-8", "surrogateescape")
    at = 0

    def take(kind: str, end: int) -> None:
        nonlocal at
        while end < len(source) and source[end] & 0xC0 == 0x80:
            end += 1  # a character of several bytes, which is no token, stays whole
        if end > at:
            found.append((kind, source[at:end].decode("utf-8", "replace")))
            at = end

    lexer = Lexer(source.decode("latin-1"), True, False)
    in_path = False  # the text of a path is that of strings
    try:
        while (token := int(lexer.next())) != t.END:
            if token == t.PATH_END:
                in_path = False
                continue
            take(COMMENT if source[at : lexer.begin].strip() else PLAIN, int(lexer.begin))
            kind = KINDS.get(token, PLAIN)
            in_path = in_path or kind == PATH
            if kind == TEXT and in_path and token == t.STRING_TEXT:
                kind = PATH
            if token == t.ID and source[lexer.begin : lexer.end].decode("latin-1") in builtins:
                kind = BUILTIN
            take(kind, int(lexer.end))
    except NixError:
        pass
    take(
        COMMENT if source[at:].lstrip()[:1] == b"#" or source[at:].lstrip()[:2] == b"/*" else PLAIN,
        len(source),
    )
    return found
