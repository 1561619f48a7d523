"""docs/lints.md shows what happens, and all lints."""

from __future__ import annotations

from pathlib import Path

from tvix_eval.lints.catalogue import ALL

from ...importing import ROOT
from ...pages import check_console_examples

PAGE = "docs/lints.md"


def rows() -> list[str]:
    """The rows of the table."""
    made: list[str] = []
    for lint in ALL:
        name = f"`{lint.name}`" + (f" ({lint.code})" if lint.code else "")
        summary = lint.summary + (f" (fixed {lint.fix})" if lint.fix else "")
        bad, good = (cell(text) for text in (lint.bad, lint.good))
        made.append(f"| {name} | {lint.level} | {summary.replace('|', chr(92) + '|')} | {bad} | {good} |\n")
    return made


def cell(text: str) -> str:
    return "`` " + text.replace("\n", " ⏎ ").replace("|", "\\|") + " ``"


def test_the_table() -> None:
    assert "".join(rows()) in (ROOT / PAGE).read_text()


def test_examples(tmp_path: Path) -> None:
    check_console_examples(PAGE, tmp_path)
