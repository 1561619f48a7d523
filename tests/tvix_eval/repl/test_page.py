"""The session that docs/repl.md shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tvix_eval.repl.commands import COMMANDS

from ..running import environment

PAGE = Path(__file__).parents[3] / "docs" / "repl.md"
PROGRAM = [sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()", "repl"]
PROMPT = "nix-repl> "


def test_the_example(tmp_path: Path) -> None:
    found = re.search(r"^```nix-repl\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    entered = [line.removeprefix(PROMPT) for line in found[1].splitlines() if line.startswith(PROMPT)]
    made = subprocess.run(
        PROGRAM,
        input="\n".join(entered) + "\n",
        cwd=tmp_path,
        env=environment(tmp_path, NO_COLOR=""),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    shown = made.stdout.split("\n", 2)[2].removesuffix(f"\n{PROMPT}\n")
    assert shown.replace(f"\n\n{PROMPT}", f"\n{PROMPT}") == found[1].removesuffix("\n") + "\n"


def test_all_commands_are_there() -> None:
    page = PAGE.read_text()
    assert [
        command.names[-1] for command in COMMANDS if not any(f"`{name}" in page for name in command.names)
    ] == [":load-flake"]
