"""Warnings and lints."""

import pytest

from tvix_eval.errors import ParseError
from tvix_eval.syntax.parser import parse
from tvix_eval.syntax.settings import FATAL, WARN, ParseSettings, ParseWarning

from .support import PIPES, SOURCE, error, result

CURSED = (
    "This expression uses `or` as an identifier in a way that will change in a future Nix release.\n"
    "Wrap this entire expression in parentheses to preserve its current meaning:\n"
    "    ({})\n"
    "Give feedback at https://github.com/NixOS/nix/pull/11121"
)


def warnings(text: str, settings: ParseSettings = PIPES) -> list[tuple[int, str]]:
    return [(int(warning.pos), warning.text) for warning in result(text, settings).warnings]


@pytest.mark.parametrize(
    ("text", "column", "excerpt"),
    [
        ("[ f or ]", 3, "f or"),
        ("f 1 or 2", 3, "1 or"),
        ("a.b or c or", 8, "c or"),
        ("[ f\r\n or ]", 3, "f\n or"),
    ],
)
def test_or_as_a_name(text: str, column: int, excerpt: str) -> None:
    assert warnings(text) == [(-1, f"at test.nix:1:{column}: " + CURSED.format(excerpt))]


@pytest.mark.parametrize("text", ["x or", "x or y", "[ (x or) ]", "f (x or)", "a.b or c", "f (g or) (h or)"])
def test_or_that_changes_nothing(text: str) -> None:
    assert warnings(text) == []


def test_lint_warnings() -> None:
    settings = ParseSettings(
        lint_url_literals=WARN, lint_short_path_literals=WARN, lint_absolute_path_literals=WARN
    )
    portable = "path literals are not portable. Consider replacing path literal"
    instead = "by a string, relative path, or parameter (lint-absolute-path-literals)"
    assert warnings("[ x:y a/b ./a .a/b /c ~/d ]", settings) == [
        (
            2,
            'URL literals are discouraged. Consider using a string literal "x:y" instead (lint-url-literals)',
        ),
        (
            6,
            "relative path literal 'a/b' should be prefixed with '.' for clarity: './a/b' (lint-short-path-literals)",
        ),
        (19, f"absolute {portable} '/c' {instead}"),
        (22, f"home {portable} '~/d' {instead}"),
    ]
    assert warnings("[ x:y a/b /c ~/d ]") == []


def test_fatal_lints() -> None:
    text = 'URL literals are disallowed. Consider using a string literal "x:y" instead (lint-url-literals)'
    assert error(" x:y", ParseSettings(lint_url_literals=FATAL)) == (text, 1)
    assert error(" a/b", ParseSettings(lint_short_path_literals=FATAL))[1] == 1
    assert error(" /b", ParseSettings(lint_absolute_path_literals=FATAL))[1] == 1


def test_warnings_survive_an_error() -> None:
    found: list[ParseWarning] = []
    with pytest.raises(ParseError):
        parse("[ f or ] )", SOURCE, PIPES, None, found)
    assert len(found) == 1
