"""Recorded probes: expressions, and what a real Nix printed for them, in a file of JSON lines.

Each line has `flags`, `expr`, `exit`, `stdout` and `error`, the message of the error. Those that hold
only on the machine where they were recorded stand by name in `machine_probes.txt`.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Final

import attrs

from tvix_eval.testing.cases import Case, Outcome
from tvix_eval.testing.expectations import readable
from tvix_eval.testing.runner import Runner
from tvix_glue.testing import instantiate_program

from .progress import Progress

ELSEWHERE: Final = Path(__file__).with_name("machine_probes.txt")
USUAL_FLAGS: Final = "--eval --strict"


@attrs.frozen
class Probe:
    flags: str
    expression: str
    code: int
    stdout: str
    error: str | None

    @property
    def name(self) -> str:
        """Its expression on one line, behind the flags if they are not the usual ones."""
        flags = "" if self.flags == USUAL_FLAGS else self.flags + " "
        return flags + self.expression.replace("\\", "\\\\").replace("\n", "\\n")

    def case(self, folder: Path) -> Case:
        """A run in a folder, which results call ``/pwd``."""
        words = tuple(self.flags.split())
        text = byte_text(self.expression)
        return Case("probe", folder / "probe.nix", 1, words, folder, folder, None, text=text)

    def agrees(self, outcome: Outcome) -> bool:
        """A value is compared to the last blank, an error by the first line of its message."""
        if outcome.code != self.code or outcome.stdout.rstrip() != byte_text(self.stdout):
            return False
        lines = [line.strip() for line in outcome.stderr.split("\n")]
        return self.error is None or byte_text(self.error) in lines


def byte_text(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def read_probes(path: Path) -> list[Probe]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Probe(row["flags"], row["expr"], row["exit"], row["stdout"], row["error"]) for row in rows]


def read_names(path: Path = ELSEWHERE) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("# ")}


def at_home(words: list[str], environment: dict[str, str]) -> int:
    """`tvix-instantiate` for the user whose probes these are."""
    return instantiate_program(words, {**environment, "HOME": "/home/user"})


def run_probes(path: Path, elsewhere: set[str]) -> int:
    """Run all probes of a file but those `elsewhere`; how many differ."""
    probes = [probe for probe in read_probes(path) if probe.name not in elsewhere]
    runner = Runner(at_home)
    differing = 0
    with Progress("probing", len(probes)) as progress, tempfile.TemporaryDirectory() as folder:
        for probe in probes:
            outcome = runner.run(probe.case(Path(os.path.realpath(folder))))
            if not probe.agrees(outcome):
                differing += 1
                shown = readable(f"exit code {outcome.code}\n{outcome.stdout}{outcome.stderr}")
                wanted = f"exit code {probe.code}\n{probe.stdout}\n{probe.error or ''}"
                print(f"it differs: {probe.name}\n--- Nix\n{wanted}\n--- ours\n{shown}")
            progress.advance(1)
    print(f"{len(probes)} probes: {len(probes) - differing} agree")
    return differing
