"""How far a long run is, on a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final

WIDTH: Final = 30


class Progress:
    """A bar on stderr, if that is a terminal; nothing otherwise."""

    def __init__(self, what: str, total: int) -> None:
        self.what: Final = what
        self.total: Final = total
        self.done = 0
        self.shows: Final = sys.stderr.isatty()
        self.last_shown = 0.0

    def __enter__(self) -> Progress:
        return self

    def advance(self, count: int = 1) -> None:
        self.done += count
        now = time.monotonic()
        if self.shows and (now - self.last_shown > 0.1 or self.done >= self.total):
            self.last_shown = now
            filled = WIDTH * self.done // max(self.total, 1)
            bar = "█" * filled + "·" * (WIDTH - filled)
            sys.stderr.write(f"\r{self.what} {bar} {self.done}/{self.total}\x1b[K")
            sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.shows:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
