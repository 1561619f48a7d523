"""docs/errors.md shows what happens."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from ...importing import ROOT
from ..running import environment

PROGRAM = [sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()"]


def examples(page: str) -> list[tuple[str, str]]:
    """The commands of a page and what they print, in order."""
    found = re.findall(r"^```console\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(found), re.MULTILINE)


def check(page: str, folder: Path) -> None:
    """Run the examples of a page, and compare what they print."""
    shell = f'tvix-eval() {{ {shlex.join(PROGRAM)} "$@"; }}; '
    for command, expected in examples(page):
        made = subprocess.run(
            ["bash", "-c", shell + command],
            cwd=folder,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert made.stdout == expected, command


def test_examples(tmp_path: Path) -> None:
    check("docs/errors.md", tmp_path)
