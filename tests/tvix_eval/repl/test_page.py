"""The session that docs/repl.md shows."""

from __future__ import annotations

from pathlib import Path

from tvix_eval.repl.commands import COMMANDS

from ...importing import ROOT
from ...pages import check_repl_session


def test_the_example(tmp_path: Path) -> None:
    check_repl_session("docs/repl.md", tmp_path)


def test_all_commands_are_there() -> None:
    page = (ROOT / "docs/repl.md").read_text()
    assert [
        command.names[-1] for command in COMMANDS if not any(f"`{name}" in page for name in command.names)
    ] == [":load-flake"]
