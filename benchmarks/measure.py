"""Running two commands in turn and comparing what the operating system says of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

SHOWN_OF_ERRORS: Final = 2000  # bytes


@dataclass(frozen=True)
class Run:
    """What one process used: CPU seconds (user and system), wall seconds, peak MiB; what it printed.

    The system counts as a process's memory also what the one that started it had: some 30 MiB.
    """

    cpu: float
    wall: float
    memory: float
    output: bytes


@dataclass
class Side:
    """The runs of one command."""

    command: list[str]
    environment: dict[str, str]
    runs: list[Run] = field(default_factory=list)

    def values(self, what: str) -> list[float]:
        return [float(getattr(run, what)) for run in self.runs]

    def median(self, what: str) -> float:
        return statistics.median(self.values(what))


class Failed(Exception):
    """A command failed, or printed something unexpected."""


def run_once(command: list[str], environment: dict[str, str], expect: bytes | None) -> Run:
    """Run a command to its end. Raises Failed. `expect`: what it must print, None for anything."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, env=environment
        )
        assert process.stdout is not None
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.stdout.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0 or (expect is not None and out != expect):
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - SHOWN_OF_ERRORS))
            said = errors.read().decode(errors="replace")
            what = f"exit code {process.returncode}" if process.returncode else "not what Nix prints"
            raise Failed(f"{said}\n{' '.join(command)}: {what}: {out[:200]!r}")
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, out)


def take_turns(
    ours: Side,
    theirs: Side,
    runs: int,
    same_output: bool = True,
    before: Callable[[], None] = lambda: None,
    after: Callable[[], None] = lambda: None,
) -> None:
    """Run both commands `runs` times in turn, after one uncounted run of each. Raises Failed.

    `before` is called before every run of ours, `after` after each counted pair.
    """
    expected = run_once(theirs.command, theirs.environment, None).output
    wanted = expected if same_output else None
    before()
    run_once(ours.command, ours.environment, wanted)
    for _ in range(runs):
        before()
        ours.runs.append(run_once(ours.command, ours.environment, wanted))
        theirs.runs.append(run_once(theirs.command, theirs.environment, wanted))
        after()


def alternate(
    ours: list[str], theirs: list[str], runs: int, environment: dict[str, str], same_output: bool = True
) -> tuple[Side, Side]:
    """`take_turns` in one environment. Ends the program if a command fails."""
    sides = Side(ours, environment), Side(theirs, environment)
    try:
        take_turns(*sides, runs, same_output)
    except Failed as failure:
        sys.exit(str(failure))
    return sides
