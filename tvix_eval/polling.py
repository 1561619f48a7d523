"""Looking up from the evaluation now and then.

This module is never compiled: entering interpreted code is what makes CPython run signal
handlers and let other threads have the interpreter.
"""

from __future__ import annotations

import os
import time

from tvix_eval.errors import Interrupted, LimitExceeded


class Interrupt:
    """A request to stop, and limits. The machine calls `poll` every few thousand calls.

    `seconds` and `memory` (bytes of resident memory of the process) are limits of each run,
    0 for none.
    """

    def __init__(self, seconds: float = 0, memory: int = 0) -> None:
        self.requested = False
        self.seconds = seconds
        self.memory = memory
        self.deadline = 0.0

    def begin(self) -> None:
        """A run begins. What was requested since it was prepared holds."""
        self.deadline = time.monotonic() + self.seconds if self.seconds else 0.0

    def poll(self) -> None:
        if self.requested:
            raise Interrupted("interrupted by the user")
        if self.deadline and time.monotonic() > self.deadline:
            raise LimitExceeded(f"the evaluation took longer than {self.seconds:g} seconds")
        if self.memory and resident_memory() > self.memory:
            raise LimitExceeded(f"the process uses more than {self.memory} bytes of memory")


def resident_memory() -> int:
    """Bytes of memory that this process has in use; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
