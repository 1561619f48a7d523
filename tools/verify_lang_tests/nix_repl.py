"""Transcripts of REPLs: what is entered (``.in``), and all that is shown then (``.expected``).

Nix's own are ``tests/functional/repl`` of a checkout. Ours have the same format and are written by a real
``nix repl``, but for those of what it has not.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import attrs

import tvix_glue.programs

from .nix import Nix

OURS: Final = (sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()", "repl")
PLACE: Final = "/path/to/tests/functional"  # what a suite's parent folder is called in what is expected
TIME_LIMIT: Final = 120.0
SETTINGS_OF_THE_SUITE: Final = ("--show-trace",)  # Nix's configuration file for its tests says so


@attrs.frozen
class Transcript:
    """`flags`: words of the command line, from a ``.flags`` file."""

    path: Path
    flags: tuple[str, ...]

    @property
    def expected(self) -> Path:
        return self.path.with_suffix(".expected")


def find_transcripts(folder: Path, only: str = "") -> list[Transcript]:
    found = []
    for path in sorted(folder.rglob("*.in")):
        flags = path.with_suffix(".flags")
        if only in path.name:
            words = flags.read_text().split() if flags.exists() else []
            found.append(Transcript(path, tuple(words)))
    return found


def run_ours(transcript: Transcript, flags: tuple[str, ...] = (), raw_markdown: bool = False) -> str:
    """What ours shows. `raw_markdown`: documentation as it is, not rendered."""
    packages = str(Path(str(tvix_glue.programs.__file__)).parent.parent)
    variables = {"PYTHONPATH": packages}
    if raw_markdown:
        variables["_NIX_TEST_RAW_MARKDOWN"] = "1"
    return run(transcript, [*OURS, *flags, *transcript.flags], variables)


def run_nix(transcript: Transcript, nix: Nix) -> str:
    """What the ``nix repl`` beside a ``nix-instantiate`` shows."""
    program = str(Path(nix.path).with_name("nix"))
    words = [program, "repl", "--extra-experimental-features", "nix-command", *transcript.flags]
    return run(transcript, words, nix.environment())


def run(transcript: Transcript, words: list[str], variables: dict[str, str]) -> str:
    with tempfile.TemporaryDirectory() as home:
        made = subprocess.run(
            words,
            input=transcript.path.read_bytes(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=transcript.path.parent,
            env={
                "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
                "HOME": home,
                "EDITOR": "true",
                **variables,
            },
            timeout=TIME_LIMIT,
        )
    return comparable(made.stdout.decode("utf-8", "replace"), transcript.path.parent)


def comparable(shown: str, folder: Path) -> str:
    """What was shown, without colours, versions, places and empty lines that depend on the terminal library."""
    text = re.sub(r"\x1b\[([0-9]{1,2}(;[0-9]{1,2})?)?[mK|]", "", shown).replace("\0", "")
    text = re.sub(r"\n+nix-repl>", "\n\nnix-repl>", text)
    text = re.sub(r"([^\n])\n+nix-repl>[ \n]*\Z", r"\1", text).rstrip(" \n") + "\n"
    text = text.replace(str(folder.parent.resolve()), PLACE)
    text = re.sub(r"\A(Tvix|Nix) .*", "Nix <nix version>", text)
    text = re.sub(r"Added [0-9]+ variables\.\n.*\n", "Added <number omitted> variables.\n", text)
    return re.sub(r"^\.\.\. and [0-9]+ more; view with :ll\n", "", text, flags=re.MULTILINE)


def difference(transcript: Transcript, shown: str) -> str:
    """How what was shown differs from what is expected; "" if it does not."""
    expected = transcript.expected.read_text()
    lines = difflib.unified_diff(
        expected.splitlines(), shown.splitlines(), "expected", "shown", lineterm="", n=2
    )
    return "" if expected == shown else "\n".join(lines)


def run_suite(folder: Path, only: str) -> int:
    """Run a checkout's transcripts through ours; how many are not equal."""
    transcripts = find_transcripts(folder, only)
    wrong = 0
    for each in transcripts:
        found = difference(each, run_ours(each, SETTINGS_OF_THE_SUITE, raw_markdown=True))
        if found:
            wrong += 1
            print(f"{each.path.stem}:\n{found}")
    print(f"{len(transcripts)} transcripts: {len(transcripts) - wrong} equal")
    return wrong


def hold_against_nix(folder: Path, nix: Nix, only: str, write: bool) -> int:
    """Whether Nix shows what our transcripts expect, or, to `write`, what it shows; how many differ."""
    wrong = 0
    transcripts = find_transcripts(folder, only)
    for each in transcripts:
        shown = run_nix(each, nix)
        if write:
            each.expected.write_text(shown)
        elif found := difference(each, shown):
            wrong += 1
            print(f"{each.path.stem}:\n{found}")
    print(f"{len(transcripts)} transcripts: {len(transcripts) - wrong} equal")
    return wrong
