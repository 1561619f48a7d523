"""What pages of the documentation show, and how it is run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from .importing import ROOT
from .tvix_eval.running import environment

PROGRAMS = {"tvix-eval": "evaluate", "tvix-instantiate": "instantiate"}
PROMPT = "nix-repl> "


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def console_examples(page: str) -> list[tuple[str, str]]:
    """Commands and what they print, in order: later ones use the files of earlier ones."""
    text = "".join(blocks(page, "console"))
    steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
    return [(command, output) for command, output in steps if "/path/to" not in command]


def run_in_shell(
    command: str, folder: Path, stderr: int = subprocess.STDOUT
) -> subprocess.CompletedProcess[str]:
    """Run a line of shell that may call our programs by name."""
    shell = ""
    for name, entry in PROGRAMS.items():
        program = [sys.executable, "-c", f"from tvix_glue.programs import {entry}; {entry}()"]
        shell += f'{name}() {{ {shlex.join(program)} "$@"; }}; '
    return subprocess.run(
        ["bash", "-c", shell + command],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def check_console_examples(page: str, folder: Path) -> None:
    """What a page says that its commands print is what they print."""
    for command, expected in console_examples(page):
        assert run_in_shell(command, folder).stdout == expected, command


def check_repl_session(page: str, folder: Path) -> None:
    """What is entered in a page's only session of the REPL gives what is shown."""
    (shown,) = blocks(page, "nix-repl")
    entered = [line.removeprefix(PROMPT) for line in shown.splitlines() if line.startswith(PROMPT)]
    made = subprocess.run(
        [sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()", "repl"],
        input="\n".join(entered) + "\n",
        cwd=folder,
        env=environment(folder, NO_COLOR=""),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = made.stdout.split("\n", 2)[2].removesuffix(f"\n{PROMPT}\n")
    assert printed.replace(f"\n\n{PROMPT}", f"\n{PROMPT}") == shown.removesuffix("\n") + "\n"
