"""The formatter in examples/: it tidies, once and for all, and changes no meaning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ..importing import ROOT
from ..tvix_eval.running import environment
from ..tvix_eval.syntax.support import shown

PROGRAM = str(ROOT / "examples" / "format_blanks.py")
UNTIDY = '\n\n# a  \n{   inherit   a\tb ;  \n\n\n\n  inherit (c)\n    d # why  \n    e ;\n  s = "x  \n\n\n\n";/* b  \n*/ }  \n\n'
TIDY = '# a\n{   inherit a b;\n\n  inherit (c)\n    d # why\n    e;\n  s = "x  \n\n\n\n";/* b  \n*/ }\n'


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROGRAM, *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UNTIDY, TIDY),
        ("1", "1\n"),
        ("''\n  a  \n\n\n\n  b\n''", None),
        ("{inherit a;}", None),
        ("[ 1 2 ]  # c", None),
    ],
)
def test_it_tidies_up(tmp_path: Path, before: str, after: str | None) -> None:
    file = tmp_path / "a.nix"
    file.write_text(before)
    made = run(tmp_path, "a.nix")
    assert (made.returncode, made.stderr) == (0, "")
    text = file.read_text()
    assert after is None or text == after
    assert shown(text) == shown(before)
    again = run(tmp_path, "--check", "a.nix")
    assert (again.returncode, again.stdout) == (0, "")
    assert file.read_text() == text


def test_check_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("1  ")
    made = run(tmp_path, "--check", "a.nix")
    assert (made.returncode, made.stdout) == (1, "a.nix\n")
    assert (tmp_path / "a.nix").read_text() == "1  "


def test_what_is_wrong_stays(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("{ é = 1;  ")
    made = run(tmp_path, "a.nix")
    assert made.returncode == 2
    assert made.stderr.startswith("a.nix:1:3: ")
    assert "Traceback" not in made.stderr


def test_the_suite_keeps_its_trees(tmp_path: Path) -> None:
    files = []
    for path in sorted((ROOT / "tests" / "nix_tests").rglob("*okay*.nix"))[:150]:
        data = path.read_bytes()
        copy = tmp_path / path.name
        copy.write_bytes(data)
        files.append((copy, data.decode("latin-1")))
    run(tmp_path, *(copy.name for copy, _ in files))
    for copy, before in files:
        try:
            wanted = shown(before)
        except Exception:  # those that are not to be parsed
            continue
        assert shown(copy.read_bytes().decode("latin-1")) == wanted, copy.name
    assert run(tmp_path, "--check", *(copy.name for copy, _ in files)).stdout == ""


def test_misuse(tmp_path: Path) -> None:
    made = run(tmp_path)
    assert made.returncode == 2 and made.stderr.startswith("A formatter of blanks")
    made = run(tmp_path, "missing.nix")
    assert (made.returncode, made.stderr) == (2, "missing.nix: No such file or directory\n")
