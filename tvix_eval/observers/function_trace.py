"""``trace-function-calls``: a line for each call that begins, and one when it ends."""

from __future__ import annotations

import time

from tvix_eval.hints import i64
from tvix_eval.observers.positions import position_text
from tvix_eval.vm.observer import Observer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class FunctionTrace(Observer):
    """`say` takes the lines, without line ends."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say: Final = say

    def enter(self, function: object, args: list[object], pos: i64) -> None:
        self.tell("entered", pos)

    def leave(self, pos: i64) -> None:
        self.tell("exited", pos)

    def tell(self, what: str, pos: i64) -> None:
        self.say(f"function-trace {what} {position_text(pos)} at {time.time_ns()}")
