"""Runs the linter over texts."""

from __future__ import annotations

from tvix_eval.errors import Source
from tvix_eval.lints.fixing import fix
from tvix_eval.lints.linter import Levels, lint, read
from tvix_eval.lints.model import WARN


def everything() -> Levels:
    levels = Levels()
    levels.set_all(WARN)
    return levels


def source(text: str) -> Source:
    return Source("a.nix", text.encode().decode("latin-1"), True)


def found(text: str, levels: Levels | None = None) -> list[tuple[str, str]]:
    """The findings: lints, and what they are about."""
    subject = read(source(text))
    return [
        (each.lint, subject.text[each.begin : each.end].encode("latin-1").decode())
        for each in lint(subject, everything() if levels is None else levels)
    ]


def names(text: str) -> list[str]:
    return [name for name, _ in found(text)]


def fixed(text: str) -> str:
    return fix(source(text), everything()).text.encode("latin-1").decode()
