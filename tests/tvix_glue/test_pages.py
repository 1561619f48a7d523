"""What the pages about stores and comparisons show is what happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import tvix_glue

PACKAGES = Path(str(tvix_glue.__file__)).parent.parent
DOCS = Path(__file__).parent.parent.parent / "docs"
PROGRAMS = {
    "tvix-instantiate": "from tvix_glue.programs import instantiate; instantiate()",
    "tvix-diff": "from tvix_glue.diff.program import main; main()",
}


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)


def test_stores() -> None:
    (block,) = blocks("stores.md", "python")
    exec(block, {})


def test_comparisons(tmp_path: Path) -> None:
    (tmp_path / "example.nix").write_text(blocks("compare.md", "nix")[0])
    (console,) = blocks("compare.md", "console")
    functions = "".join(
        f'{name}() {{ {shlex.join([sys.executable, "-c", text])} "$@"; }}; '
        for name, text in PROGRAMS.items()
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGES), "HOME": str(tmp_path)}
    steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", console, re.MULTILINE)
    assert len(steps) == 3
    for command, output in steps:
        done = subprocess.run(
            ["bash", "-c", functions + command], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.stdout == output, done.stderr


@pytest.mark.parametrize("page", ["stores.md", "compare.md"])
def test_files_that_are_named_exist(page: str) -> None:
    named = re.findall(r"`((?:tests|tvix_glue)/[a-z_/.]+)`", (DOCS / page).read_text())
    assert [name for name in named if not (DOCS.parent / name).exists()] == []
