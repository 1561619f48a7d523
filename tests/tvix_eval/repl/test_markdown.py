"""Documentation as a terminal shows it."""

from __future__ import annotations

import pytest

from tvix_eval.repl.markdown import Renderer
from tvix_eval.source.comments import inner_text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("A `b` *c* **d** _e_ f_g_h \\*i\\* &amp;", "A b c d e f_g_h *i* &"),
        (
            "[text](https://x.org/y) <https://z.org> [inside](./other.md)",
            "text https://x.org/y https://z.org inside",
        ),
        ("# One\ntext\n\n## Two", "One\n\ntext\n\n## Two"),
        ("one\ntwo\n\nthree  \nfour\\\nfive", "one two\n\nthree\nfour\nfive"),
        ("```nix\n{ a = 1;\n\n  b = *2*; }\n```", "  │ { a = 1;\n  │\n  │   b = *2*; }"),
        ("text\n\n    code\n      more", "text\n\n  │ code\n  │   more"),
        ("- one\n- two\n  more\n\n1. first\n2. second", "  · one\n  · two more\n\n 1. first\n 2. second"),
        ("- outer\n  - inner\n- next", "  · outer\n      · inner\n  · next"),
        ("`x`\n\n: What it is", "x\n\n  : What it is"),
        ("> said\n> so", "  │ said so"),
        ("| a | b |\n|---|---|\n| one | 2 |", "a   │ b\n────┼──\none │ 2"),
        ("", ""),
        ("*", "  ·"),
        ("```\nnot closed", "  │ not closed"),
    ],
)
def test_plain(markdown: str, shown: str) -> None:
    assert Renderer(60, False).render(markdown) == shown


def test_lines_are_no_longer_than_the_terminal() -> None:
    shown = Renderer(60, False).render("word " * 40 + "\n\n- " + "item " * 40)
    assert max(len(line) for line in shown.split("\n")) < 60
    assert shown.count("word") == shown.count("item") == 40


def test_colours() -> None:
    assert Renderer(60, True).render("a `b` **c**") == "a \x1b[1;94mb\x1b[0m \x1b[1mc\x1b[0m"


def test_a_rule_is_as_wide_as_the_text() -> None:
    assert Renderer(60, False).render("---") == "─" * 60


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("/** one line */", "one line \n"),
        ("/**\n    First.\n\n      code\n    Last.\n  */", "\nFirst.\n\n  code\nLast.\n\n"),
        ("/***/", ""),
    ],
)
def test_comments(comment: str, text: str) -> None:
    assert inner_text(comment) == text
