"""Helpers for the tests of the syntax wing."""

from __future__ import annotations

import pytest

from tvix_eval.errors import NixError
from tvix_eval.syntax import tables
from tvix_eval.syntax.lexer import Lexer
from tvix_eval.syntax.parser import ParseResult, parse
from tvix_eval.syntax.settings import ParseSettings
from tvix_eval.syntax.show import show

SOURCE = "test.nix"
PIPES = ParseSettings(pipe_operators=True)


def result(text: str, settings: ParseSettings = PIPES, known: dict[str, int] | None = None) -> ParseResult:
    return parse(text, SOURCE, settings, known)


def shown(text: str) -> str:
    """The canonical text of an expression, in /base and with the home /home."""
    return show(result(text).root, "/base", "/home")


def error(text: str, settings: ParseSettings = PIPES, kind: type[NixError] = NixError) -> tuple[str, int]:
    """The message and the offset (-1 for none) of the error in an expression."""
    with pytest.raises(kind) as caught:
        result(text, settings)
    return caught.value.message, int(caught.value.pos) - 1


def tokens(text: str) -> list[tuple[str, str]]:
    """The tokens of a text: the name of each and what was written."""
    lexer = Lexer(text, True, False)
    found = []
    while (kind := lexer.next()) != tables.END:
        found.append((tables.TERMINALS[kind], text[int(lexer.begin) : int(lexer.end)]))
        if kind == tables.INVALID:
            break
    return found


def kinds(text: str) -> str:
    return " ".join(name for name, _ in tokens(text))
