"""docs/errors.md shows what happens."""

from __future__ import annotations

from pathlib import Path

from ...pages import check_console_examples


def test_examples(tmp_path: Path) -> None:
    check_console_examples("docs/errors.md", tmp_path)
