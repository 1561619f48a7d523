"""docs/errors.md shows what happens."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ...importing import ROOT
from ..running import environment

PROGRAM = [sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()"]


def examples(page: str) -> list[tuple[str, str]]:
    """The commands of a page and what they print, in order."""
    found = re.findall(r"^```console\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(found), re.MULTILINE)


@pytest.mark.parametrize("page", ["docs/errors.md"])
def test_examples(page: str, tmp_path: Path) -> None:
    shell = f'tvix-eval() {{ {shlex.join(PROGRAM)} "$@"; }}; '
    for command, expected in examples(page):
        made = subprocess.run(
            ["bash", "-c", shell + command],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert made.stdout == expected, command
