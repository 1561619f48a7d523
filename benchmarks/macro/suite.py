"""Runs workloads in ours and in Nix, in turn, and looks where our time goes."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from measure import Side, run_once, take_turns

from macro.baseline import Figures, Ratio, digest
from macro.workloads import Workload

HERE: Final = Path(__file__).parent
# The installed program is this, and a line that asks which Python is meant.
PROGRAM: Final = (
    "import sys; sys.argv[0] = 'tvix-instantiate'; from tvix_glue.programs import instantiate; instantiate()"
)
OPTIONS: Final = ["--eval", "--strict", "--json"]
# What would make a run do more than evaluate, or find its caches elsewhere.
UNWANTED: Final = ("NIX_CONFIG", "NIX_SHOW_STATS", "NIX_COUNT_CALLS", "TVIX_CODE_CACHE", "TVIX_DEBUG")


@dataclass
class Measured:
    """What came of one workload. `phases`: our CPU seconds by what they were spent on."""

    workload: Workload
    ours: Side
    theirs: Side
    output: str
    phases: dict[str, float] = field(default_factory=dict)

    def ratio(self, what: str) -> Ratio:
        return Ratio.of(self.ours.values(what), self.theirs.values(what))

    def figures(self) -> Figures:
        return Figures(self.output, self.ratio("cpu"), self.ratio("memory"))

    def tree(self) -> dict[str, object]:
        """For JSON."""
        metrics = ("cpu", "wall", "memory")
        return {
            "ours": {what: self.ours.values(what) for what in metrics},
            "nix": {what: self.theirs.values(what) for what in metrics},
            "ratios": {what: self.ratio(what).median for what in metrics},
            "phases": self.phases,
            "output": self.output,
        }


class Suite:
    """`nix`: the reference's nix-instantiate. `places`: inputs, whose paths do not count in what is printed.

    Store paths are computed and nothing is written to a store, by either. Neither reads `nix.conf`.
    """

    def __init__(self, nix: str, scratch: Path, places: list[Path]) -> None:
        self.nix: Final = nix
        self.places: Final = places
        self.scratch: Final = scratch
        self.cold_runs = 0
        # -P: the tvix that is installed, or on PYTHONPATH, and not what lies in the current folder.
        self.ours: Final = [sys.executable, "-P", "-c", PROGRAM]
        self.environment: Final = {
            **{name: value for name, value in os.environ.items() if name not in UNWANTED},
            "NIX_REMOTE": "dummy://",
            "NIX_PATH": "",
            "NIX_CONF_DIR": str(scratch / "no-configuration"),
            "NIX_USER_CONF_FILES": "",
        }

    def environment_for(self, workload: Workload) -> dict[str, str]:
        environment = {**self.environment, "XDG_CACHE_HOME": str(self.scratch / "warm")}
        self.empty_caches(workload, environment)
        return environment

    def empty_caches(self, workload: Workload, environment: dict[str, str]) -> None:
        """Before a cold run: other folders for caches. Emptying the old ones makes file systems slow."""
        if workload.cold:
            self.cold_runs += 1
            environment["XDG_CACHE_HOME"] = str(self.scratch / f"cold-{self.cold_runs}")

    def measure(self, workload: Workload, runs: int, report: Progress) -> Measured:
        """Raises Failed."""
        environment = self.environment_for(workload)
        ours = Side([*self.ours, *OPTIONS, *workload.arguments], environment)
        theirs = Side([self.nix, *OPTIONS, *workload.arguments], environment)
        report.begin(workload.name, runs)
        try:
            take_turns(
                ours, theirs, runs, True, lambda: self.empty_caches(workload, environment), report.advance
            )
        finally:
            report.end()
        return Measured(workload, ours, theirs, digest(theirs.runs[-1].output, self.places))

    def phases(self, workload: Workload, start: float) -> dict[str, float]:
        """Where our time goes, of one more run. Raises Failed. `start`: CPU seconds of evaluating nothing."""
        report, again = self.scratch / "phases.json", self.scratch / f"again-{workload.name}"
        again.mkdir()
        command = [sys.executable, str(HERE / "phases.py"), str(report), str(again)]
        run_once([*command, *OPTIONS, *workload.arguments], self.environment_for(workload), None)
        found: dict[str, float] = json.loads(report.read_text())
        found["total"] += start - found["start"]  # the script imports more than the program does
        found["start"] = start
        return found

    def versions(self) -> dict[str, str]:
        """Of what is compared. Raises Failed."""
        version = run_once([self.nix, "--version"], self.environment, None).output.decode()
        return {"nix": version.split()[-1], "python": sys.version.split()[0]}

    def is_compiled(self) -> bool:
        """Whether ours is compiled. Raises Failed when it isn't there."""
        made = run_once(
            [sys.executable, "-P", "-c", "from tvix_eval.deep import COMPILED; print(COMPILED)"],
            self.environment,
            None,
        )
        return made.output == b"True\n"


class Progress:
    """What is being measured, on stderr if that is a terminal."""

    def __init__(self) -> None:
        self.shows: Final = sys.stderr.isatty()
        self.name = ""
        self.runs = 0
        self.done = 0

    def begin(self, name: str, runs: int) -> None:
        self.name, self.runs, self.done = name, runs, 0
        self.show()

    def advance(self) -> None:
        self.done += 1
        self.show()

    def show(self) -> None:
        if self.shows:
            sys.stderr.write(f"\r{self.name}: {self.done} of {self.runs} pairs of runs\x1b[K")
            sys.stderr.flush()

    def end(self) -> None:
        if self.shows:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
