"""Tries texts in another process, and notices when that crashes, hangs, or raises what is no error of Nix's."""

from __future__ import annotations

import json
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs
from verify_lang_tests.progress import Progress

from tvix_eval.testing.expectations import readable

from .minimise import minimise
from .trial import DEFECT

WORKER: Final = Path(__file__).with_name("worker.py")
PATIENCE: Final = 40.0  # seconds for one text; its evaluations have limits of their own
FRESH_AFTER: Final = 2_000  # texts: then another process takes over
MINIMISING: Final = 300  # tries
LONGEST_SHOWN: Final = 2_000

CRASH: Final = "crash"
HANG: Final = "hang"


@attrs.frozen
class Ending:
    """`kind`: one of `trial`, or the two above. `detail`: a traceback, or a signal."""

    kind: str
    detail: str

    @property
    def is_finding(self) -> bool:
        return self.kind in (CRASH, HANG, DEFECT)

    @property
    def likeness(self) -> str:
        """What endings of the same cause have in common: for a traceback, its last place."""
        lines = [line for line in self.detail.split("\n") if line.startswith("  File ")]
        return self.kind + (lines[-1] if lines else self.detail)


class Worker:
    """A process that texts are tried in; a new one when it is gone."""

    def __init__(self, patience: float) -> None:
        self.patience: Final = patience
        self.compiled = False
        self.tried = 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert process.stdout is not None
        self.compiled = bool(json.loads(process.stdout.readline()))
        self.tried = 0
        return process

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()

    def restart(self) -> None:
        self.close()
        self.process = self.start()

    def try_text(self, text: str) -> Ending:
        if self.tried >= FRESH_AFTER:
            self.restart()
        self.tried += 1
        data = text.encode("latin-1")
        given, answers = self.process.stdin, self.process.stdout
        assert given is not None and answers is not None
        line = b""
        try:
            pending = memoryview(b"%d\n" % len(data) + data)
            while pending:
                written = given.write(pending)
                pending = pending[written:]
            if not select.select([answers], [], [], self.patience)[0]:
                self.restart()
                return Ending(HANG, "")
            line = answers.readline()
        except BrokenPipeError:
            pass
        if not line:
            code = self.process.wait()
            self.restart()
            return Ending(CRASH, signal.Signals(-code).name if code < 0 else f"exit code {code}")
        kind, detail = json.loads(line)
        return Ending(kind, detail)


class CrashSearch:
    """Tries texts for some seconds. Findings that look alike are minimised and shown once; of those that
    hang nothing is known but the text, and all are shown.
    """

    def __init__(self, seconds: float, patience: float = PATIENCE) -> None:
        self.seconds: Final = seconds
        self.worker: Final = Worker(patience)
        self.endings: Final[Counter[str]] = Counter()
        self.seen: Final[set[str]] = set()
        self.findings = 0

    def run(self, make: Callable[[int], str], first: int) -> int:
        """Try the texts from number `first`; how many findings there are."""
        begin = time.monotonic()
        number = first
        with Progress("trying (seconds)", int(self.seconds)) as progress:
            while (elapsed := time.monotonic() - begin) < self.seconds:
                self.try_text(number, make(number))
                number += 1
                progress.advance(int(elapsed) - progress.done)
        self.worker.close()
        how = "compiled" if self.worker.compiled else "pure"
        endings = ", ".join(f"{kind}: {count}" for kind, count in sorted(self.endings.items()))
        print(f"{number - first} texts, {how}: {endings}; {self.findings} findings")
        return self.findings

    def try_text(self, number: int, text: str) -> None:
        ending = self.worker.try_text(text)
        self.endings[ending.kind] += 1
        likeness = ending.likeness
        if not ending.is_finding or (likeness in self.seen and ending.kind != HANG):
            return
        self.seen.add(likeness)
        self.findings += 1
        small = text
        if ending.kind != HANG:  # for which each try would take all patience
            small = minimise(text, lambda each: self.worker.try_text(each).likeness == likeness, MINIMISING)
        shown = readable(small) if len(small) <= LONGEST_SHOWN else readable(small[:LONGEST_SHOWN]) + " …"
        print(f"--- text {number}: {ending.kind}\n{shown}\n{ending.detail[-LONGEST_SHOWN:]}", flush=True)
