"""Running two commands in turn and comparing what the operating system says of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field


@dataclass
class Run:
    """What one process used: CPU seconds (user and system), wall seconds, peak MiB; what it said."""

    cpu: float
    wall: float
    memory: float
    output: bytes


@dataclass
class Side:
    """The runs of one command."""

    command: list[str]
    runs: list[Run] = field(default_factory=list)

    def median(self, what: str) -> float:
        return statistics.median(getattr(run, what) for run in self.runs)


def run_once(command: list[str], environment: dict[str, str], expect: bytes | None) -> tuple[Run, bytes]:
    """Run a command to its end. Raises SystemExit when it fails or prints something unexpected."""
    import time

    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment
    )
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or (expect is not None and out != expect):
        sys.stderr.buffer.write(err[-2000:])
        sys.exit(f"{' '.join(command)}: exit {process.returncode}, printed {out[:200]!r}")
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, out), out


def alternate(
    ours: list[str], theirs: list[str], runs: int, environment: dict[str, str], same_output: bool = True
) -> tuple[Side, Side]:
    """Run both commands `runs` times in turn, after one uncounted run of each."""
    sides = (Side(ours), Side(theirs))
    _, expected = run_once(theirs, environment, None)
    run_once(ours, environment, expected if same_output else None)
    for _ in range(runs):
        for side in sides:
            run, _ = run_once(side.command, environment, expected if same_output else None)
            side.runs.append(run)
    return sides
