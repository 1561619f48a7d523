"""What the documentation shows is what happens."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tvix_eval.compiler.bytecode import NAMES

from .importing import ROOT
from .pages import blocks, console_examples, run_in_shell
from .tvix_eval.running import run


def test_the_readme_begins_with_two_commands() -> None:
    """They are what .ci/run runs."""
    assert len(blocks("README.md", "sh")[0].splitlines()) == 2


@pytest.mark.parametrize("page", ["README.md", "docs/profiling.md"])
def test_examples(tmp_path: Path, page: str) -> None:
    if page == "docs/profiling.md":
        (tmp_path / "sum.nix").write_text(blocks(page, "nix")[0])
    for command, output in console_examples(page):
        made = run_in_shell(command, tmp_path, subprocess.PIPE)
        assert made.stderr == "" or made.stderr.startswith("warning: you did not specify '--add-root'")
        if output:
            assert made.stdout == output


def test_the_session_of_the_debugger(tmp_path: Path) -> None:
    (tmp_path / "total.nix").write_text(blocks("docs/debugger.md", "nix")[0])
    command, _, shown = blocks("docs/debugger.md", "nix-debug")[0].partition("\n")
    asked = "".join(re.findall(r"^nix-repl> (.*\n)", shown, re.MULTILINE))
    made = run(tmp_path, *command.split()[2:], stdin=asked, NO_COLOR="1")
    assert made.out == shown.replace("/home/ada/", f"{tmp_path}/")
    assert "error: too big" in made.err


def test_launch_arguments_of_the_documentation_exist() -> None:
    known = (ROOT / "tvix_eval/debugger/dap/launching.py").read_text()
    known += (ROOT / "tvix_eval/debugger/dap/server.py").read_text()
    for name in re.findall(r'^  "(\w+)":', blocks("docs/debugger.md", "json")[0], re.MULTILINE):
        assert name in ("type", "request", "name") or f'"{name}"' in known


def test_python_examples_of_the_readme() -> None:
    for block in blocks("README.md", "python"):
        exec(block, {})


def test_the_example_of_the_bytecode(tmp_path: Path) -> None:
    (tmp_path / "example.nix").write_text(blocks("docs/bytecode.md", "nix")[0])
    assert blocks("docs/bytecode.md", "text")[0] == run(tmp_path, "--dump-bytecode", "example.nix").out


def test_all_instructions_are_in_a_family() -> None:
    tables = re.findall(
        r"^\| [^|]+ \| `([A-Z_ ]+)` \|$", (ROOT / "docs/bytecode.md").read_text(), re.MULTILINE
    )
    assert sorted(" ".join(tables).split()) == sorted(NAMES)


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "ARCHITECTURE.md",
        "docs/README.md",
        "docs/errors.md",
        "docs/lints.md",
        "docs/debugger.md",
        "docs/profiling.md",
        "docs/bytecode.md",
        "docs/testing.md",
        "docs/source.md",
        "docs/compatibility.md",
    ],
)
def test_links(page: str) -> None:
    links = re.findall(r"\]\(([^):]+)\)", (ROOT / page).read_text())
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
