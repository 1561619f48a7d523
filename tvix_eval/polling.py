"""Looking up from the evaluation now and then.

This module is never compiled: entering interpreted code is what makes CPython run signal
handlers and let other threads have the interpreter.
"""

from __future__ import annotations

from tvix_eval.errors import Interrupted


class Interrupt:
    """A request to stop. The machine calls `poll` every few thousand calls."""

    def __init__(self) -> None:
        self.requested = False

    def poll(self) -> None:
        if self.requested:
            raise Interrupted("interrupted by the user")
