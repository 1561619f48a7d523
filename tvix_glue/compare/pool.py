"""Has attributes evaluated by several processes, whatever becomes of these."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from attrs import field, frozen, mutable

from tvix_glue.compare.outcomes import Outcome, Outcomes, Path
from tvix_glue.compare.sides import Side, message_of

TICK: Final = 0.1  # seconds between looks at time and memory
KEPT_LINES: Final = 400  # of what a process says besides
FULL: Final = 0.75  # of the memory it may have: a process gets no more to do then


@frozen
class Limits:
    """`timeout`: seconds for one attribute, 0 for any. `memory`: bytes for a process, 0 for any."""

    processes: int = 1
    timeout: float = 0
    memory: int = 0


@mutable
class Run:
    """A process, and how far it is with its paths."""

    process: subprocess.Popen[bytes]
    paths: list[Path]
    since: float  # when it began with what it is doing
    at: int = 0
    finished: int = 0  # since it was started
    idle: bool = False
    rest: bytes = b""
    said: deque[bytes] = field(factory=lambda: deque(maxlen=KEPT_LINES))


class Pool:
    """`tell(path, outcome)` hears of each that is new."""

    def __init__(self, side: Side, limits: Limits, tell: Callable[[Path, Outcome], None]) -> None:
        self.side: Final = side
        self.limits: Final = limits
        self.tell: Final = tell
        self.outcomes: Final[Outcomes] = {}
        self.waiting: Final[deque[Path]] = deque()
        self.runs: Final[dict[int, Run]] = {}
        self.selector: Final = selectors.DefaultSelector()

    def evaluate(self, roots: list[Path], before: Outcomes | None = None) -> Outcomes:
        """The outcome of paths, and of all paths below that are to be looked into.

        `before`: what is known already.
        """
        known = before or {}
        todo = deque(roots)
        while todo:
            path = todo.popleft()
            if path in known:
                self.outcomes[path] = known[path]
                todo.extend((*path, name) for name in known[path].names or ())
            else:
                self.waiting.append(path)
        try:
            while self.waiting or self.busy():
                self.employ()
                self.listen()
        finally:
            for run in list(self.runs.values()):
                self.end(run)
        return self.outcomes

    def busy(self) -> bool:
        return any(not run.idle for run in self.runs.values())

    def left(self) -> int:
        """How many paths are not done, as far as they are known."""
        return len(self.waiting) + sum(len(run.paths) - run.at for run in self.runs.values())

    # Giving out paths.

    def employ(self) -> None:
        for run in [run for run in self.runs.values() if run.idle]:
            if self.waiting and not self.is_full(run):
                run.paths, run.at, run.idle, run.since = self.batch(), 0, False, time.monotonic()
                self.side.give(run.process, run.paths)
            elif self.is_full(run):
                self.end(run)
        while self.waiting and len(self.runs) < self.limits.processes:
            paths = self.batch()
            run = Run(self.side.start(paths), paths, time.monotonic())
            output = self.side.output(run.process).fileno()
            self.runs[output] = run
            os.set_blocking(output, False)
            self.selector.register(output, selectors.EVENT_READ)

    def batch(self) -> list[Path]:
        """Some of what waits; less towards the end, so that all processes end about then."""
        share = len(self.waiting) // (2 * self.limits.processes)
        count = max(1, min(self.side.most, share))
        return [self.waiting.popleft() for _ in range(count)]

    # Hearing of them.

    def listen(self) -> None:
        for key, _ in self.selector.select(TICK):
            output = key.fd
            run = self.runs[output]
            try:
                data = os.read(output, 1 << 16)
            except BlockingIOError:
                continue
            if data:
                self.take(run, data)
            else:
                self.lost(run, None)
        now = time.monotonic()
        for run in [run for run in self.runs.values() if not run.idle]:
            if self.limits.timeout and now - run.since > self.limits.timeout:
                self.lost(run, f"it takes longer than {self.limits.timeout:g} seconds")
            elif self.limits.memory and memory_of(run.process.pid) > self.limits.memory:
                self.lost(run, f"it needs more than {self.limits.memory >> 20} MiB of memory", True)

    def take(self, run: Run, data: bytes) -> None:
        lines = (run.rest + data).split(b"\n")
        run.rest = lines.pop()
        for line in lines:
            event = self.side.event(line)
            if event is None:
                run.said.append(line + b"\n")
            elif event.begun >= 0:
                run.said.clear()
                run.since = time.monotonic()
            elif event.ended == run.at < len(run.paths):
                run.at += 1
                run.finished += 1
                self.note(run.paths[event.ended], event.outcome)
            elif event.ended < 0:
                run.idle = True

    def note(self, path: Path, outcome: Outcome) -> None:
        self.outcomes[path] = outcome
        self.waiting.extend((*path, name) for name in outcome.names or ())
        self.tell(path, outcome)

    def lost(self, run: Run, reason: str | None, again: bool = False) -> None:
        """A process has ended, or must: for a `reason`, or by itself.

        What it was at is to blame, unless it may be what was before: then it is tried `again`, first
        thing in a process of its own.
        """
        code = self.end(run)
        if run.at == len(run.paths):
            return
        path, *others = run.paths[run.at :]
        self.waiting.extendleft(reversed(others))
        if reason is None:
            again = code < 0
            reason = f"it ends with {signal_name(-code)}" if code < 0 else message_of(list(run.said))
        if again and run.finished:
            self.waiting.appendleft(path)
        else:
            self.note(path, Outcome(error=reason))

    def end(self, run: Run) -> int:
        """The exit code; below zero, a signal's."""
        output = self.side.output(run.process)
        if run.process.poll() is None and (run.idle or run.at < len(run.paths)):
            try:
                os.killpg(run.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.selector.unregister(output)
        del self.runs[output.fileno()]
        output.close()
        if run.process.stdin is not None:
            try:
                run.process.stdin.close()
            except BrokenPipeError:
                pass
        return run.process.wait()

    def is_full(self, run: Run) -> bool:
        return bool(self.limits.memory) and memory_of(run.process.pid) > FULL * self.limits.memory


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def memory_of(process: int) -> int:
    """The bytes of memory that a process has now; 0 where that can't be said."""
    try:
        with open(f"/proc/{process}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
