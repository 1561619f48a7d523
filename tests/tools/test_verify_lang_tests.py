"""The parts of tools/verify_lang_tests that need no Nix."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parent.parent.parent / "tools" / "verify_lang_tests"
sys.path.insert(0, str(TOOL.parent))

from verify_lang_tests.generator import Generator  # noqa: E402
from verify_lang_tests.nix_suite import run_suite  # noqa: E402
from verify_lang_tests.probes import run_probes  # noqa: E402
from verify_lang_tests.shrinker import shrink  # noqa: E402


def test_expressions_depend_on_the_seed_alone() -> None:
    made = [Generator(f"1:{number}").expression() for number in range(50)]
    assert made == [Generator(f"1:{number}").expression() for number in range(50)]
    assert len(set(made)) > 30


def test_shrinking() -> None:
    text = '(let a = [ 1 (throw "x") ]; in { b = (a ++ [ (builtins.head [ 2 ]) ]); })'
    small = shrink(text, lambda candidate: "throw" in candidate)
    assert small == "throw"
    assert shrink("1 + 2", lambda candidate: candidate == "1 + 2") == "1 + 2"


def test_a_suite_of_nix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "lang"
    for each in (folder, folder / "dir3", folder / "dir4"):
        each.mkdir()
    (folder / "eval-okay-a.nix").write_text("[ 1 2 ]")
    (folder / "eval-okay-a.exp").write_text("[ 1 2 ]\n")
    (folder / "parse-fail-b.nix").write_text("(")
    (folder / "parse-fail-b.err.exp").write_text("error: something else\n")
    assert run_suite(folder, "") == 1
    report = capsys.readouterr().out
    assert "parse-fail-b: agrees in the exit class" in report
    assert "eval-okay          1" in report


def test_probes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[tuple[str, str, int, str, str | None]] = [
        ("--eval --strict", "-1 + 3", 0, "2", None),
        ("--eval", "[ ./a\n1 ]", 0, "[ /pwd/a 1 ]", None),
        ("--eval --strict", 'throw "é"', 1, "", "error: é"),
        ("--eval --strict", "1", 0, "2", None),
    ]
    names = ("flags", "expr", "exit", "stdout", "error")
    path = tmp_path / "probes.jsonl"
    path.write_text("".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows))
    assert run_probes(path, {"1"}) == 0
    assert capsys.readouterr().out == "3 probes: 3 agree\n"
    assert run_probes(path, {"--eval [ ./a\\n1 ]"}) == 1
    told = capsys.readouterr().out
    assert "3 probes: 2 agree\n" in told
    assert "it differs: 1\n--- Nix\nexit code 0\n2\n\n--- ours\nexit code 0\n1\n" in told


def test_without_a_nix(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, str(TOOL), "--nix", str(tmp_path / "nothing")], capture_output=True, text=True
    )
    assert made.returncode == 2
    assert made.stderr.startswith("error: there is no ")
