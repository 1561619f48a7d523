"""Completion of tvix-eval, in the shells that are here."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tvix_eval.cli import SUBCOMMANDS
from tvix_eval.errors import UsageError
from tvix_eval.lints.options import FLAGS as LINT_FLAGS
from tvix_eval.options import FLAGS
from tvix_eval.shell_completion import CHOICES, SHELLS, completion
from tvix_eval.shell_completion import SUBCOMMANDS as COMPLETED


def test_all_is_known() -> None:
    assert sorted(COMPLETED) == sorted(SUBCOMMANDS)
    assert set(CHOICES) <= {name for flag in FLAGS + LINT_FLAGS for name in flag.names}


@pytest.mark.parametrize("shell", SHELLS)
def test_all_flags_are_there(shell: str) -> None:
    script = completion(shell)
    for flag in FLAGS + LINT_FLAGS:
        for name in flag.names:
            assert (name if shell != "fish" else name.lstrip("-")) in script
    if shutil.which(shell):
        subprocess.run([shell, "-n", "-c", script], check=True)


def test_other_shells() -> None:
    with pytest.raises(UsageError):
        completion("csh")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("re", "repl"),
        ("--prec", "--precompile"),
        ("--profile-m", "--profile-mode --profile-memory"),
        ("--error-format j", "json"),
        ("--lint-url-literals f", "fatal"),
        ("repl --sh", "--show-trace"),
        ("dap --po", "--port"),
        ("lint --fo", "--format"),
        ("lint --format s", "sarif"),
        ("lint --show-t", ""),
        ("stats --j", "--json"),
        ("--max-call-depth 1", ""),
    ],
)
def test_bash(words: str, wanted: str) -> None:
    if not shutil.which("bash"):
        pytest.skip("no bash")
    count = len(words.split())
    script = completion("bash") + (
        f"COMP_WORDS=(tvix-eval {words}); COMP_CWORD={count}; cd /; _tvix_eval; echo ${{COMPREPLY[@]}}\n"
    )
    made = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert (made.stdout.strip(), made.stderr) == (wanted, "")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("re", ["repl"]),
        ("--prec", ["--precompile"]),
        ("--error-format j", ["json"]),
        ("lint --format s", ["sarif"]),
        ("lint --show-t", []),
        ("dap --po", ["--port"]),
    ],
)
def test_fish(line: str, wanted: list[str]) -> None:
    if not shutil.which("fish"):
        pytest.skip("no fish")
    script = completion("fish") + f"complete -C 'tvix-eval {line}'\n"
    made = subprocess.run(["fish", "-N", "-c", script], capture_output=True, text=True, cwd="/")
    assert [each.split("\t")[0] for each in made.stdout.splitlines()] == wanted
