"""One evaluation under the control of a debugger: where it stops, and how it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from tvix_eval.debugger.frames import Frame, Inspector, frames
from tvix_eval.linker import Unit
from tvix_eval.probes.stepping import SteppingInstruments, Watch, link_all
from tvix_eval.vm.machine import Mark
from tvix_eval.vm.positions import position_value

if TYPE_CHECKING:
    from tvix_eval.errors import NixError
    from tvix_eval.evaluation import Evaluator
    from tvix_eval.probes.stepping import Activity, Place

# Why an evaluation has stopped, in the words of the Debug Adapter Protocol.
ENTRY: Final = "entry"
STEP: Final = "step"
BREAKPOINT: Final = "breakpoint"
EXCEPTION: Final = "exception"
PAUSE: Final = "pause"
BREAK: Final = "break"

# How it goes on.
CONTINUE: Final = "continue"
STEP_IN: Final = "step in"
NEXT: Final = "next"
FINISH: Final = "finish"
QUIT: Final = "quit"


class DebuggerQuit(Exception):
    """Whoever debugs has had enough: `error` is what the evaluation has stopped at, if it was one."""

    def __init__(self, error: NixError | None) -> None:
        super().__init__()
        self.error: Final = error


class Stop:
    """Where an evaluation has stopped. `stack`: what is being evaluated, the innermost last."""

    def __init__(
        self, reason: str, stack: list[Activity], error: NixError | None, caught: bool, value: object = None
    ) -> None:
        self.reason: Final = reason
        self.stack: Final = stack
        self.error: Final = error
        self.caught: Final = caught  # the error is inside of `builtins.tryEval`
        self.value: Final = value  # the argument of `builtins.break`
        self.frames: Final[list[Frame]] = frames(stack)


class Face(Protocol):
    """What a debugger is seen through: a terminal, an editor."""

    def stopped(self, stop: Stop) -> str:
        """Show where we are, and return how to go on."""

    def attend(self) -> bool:
        """Do what was asked while the evaluation was running; True when it is to stop."""


class Debugger(Watch):
    """`evaluator` is to be set before anything is evaluated.

    `stop_on_errors`; `stop_on_caught`: on those, too, that `builtins.tryEval` catches.
    """

    def __init__(self, face: Face) -> None:
        super().__init__()
        self.face: Final = face
        self.instruments: Final = SteppingInstruments(self)
        self.evaluator: Evaluator
        self.inspector: Inspector
        self.stop_on_errors = True
        self.stop_on_caught = True
        self.is_stopped = False
        self.attention = False  # the face wants to do something
        self.mode = CONTINUE
        self.frame: Frame | None = None  # that `NEXT` and `FINISH` speak of
        self.base = 0  # where it begins in the stack
        self.first_reason = STEP
        self.offsets: dict[str, set[int]] = {}  # where expressions with breakpoints begin, by file
        self.lines: dict[str, list[int]] = {}  # the lines they are at, by file
        self.seen: set[tuple[str, int]] = set()  # errors that were stopped at

    def attach(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.inspector = Inspector(evaluator)

    def call_attention(self) -> None:
        """Have the face attend to something soon; from any thread."""
        self.attention = True
        self.is_stepping = True

    # What the watch is told.

    def linked(self, place: Place) -> None:
        if self.offsets:
            source = self.evaluator.sources.source(place.pos)
            place.has_breakpoint = int(place.pos & 0xFFFFFFFF) - 1 in self.offsets.get(source.name, ())

    def reached(self) -> None:
        if self.is_stopped:
            return
        if self.attention:
            self.attention = False  # before we look: who calls from now on calls again
            if self.face.attend():
                self.stop(Stop(PAUSE, list(self.stack), None, False))
                return
        place = self.stack[-1].place
        if place.has_breakpoint and self.has_breakpoint(place):
            self.stop(Stop(BREAKPOINT, list(self.stack), None, False))
        elif self.mode == STEP_IN or self.mode == NEXT and self.is_in_frame() or self.has_left_frame():
            reason, self.first_reason = self.first_reason, STEP
            self.stop(Stop(reason, list(self.stack), None, False))
        elif self.mode == CONTINUE:
            self.run_on()

    def run_on(self) -> None:
        """Look no longer at every expression, unless somebody calls in this moment."""
        self.is_stepping = False
        if self.attention:
            self.is_stepping = True

    def failed(self, error: NixError) -> None:
        key = (error.message, int(error.pos))
        if self.is_stopped or not self.stop_on_errors or key in self.seen:
            return
        caught = self.caught > 0
        if caught and not self.stop_on_caught:
            return
        self.seen.add(key)
        self.stop(Stop(EXCEPTION, list(self.stack), error, caught))

    def broke(self, value: object) -> None:
        if not self.is_stopped:
            self.stop(Stop(BREAK, list(self.stack), None, False, value))

    # Stopping and going on.

    def has_breakpoint(self, place: Place) -> bool:
        """Whether it is still wanted."""
        source = self.evaluator.sources.source(place.pos)
        return int(place.pos & 0xFFFFFFFF) - 1 in self.offsets.get(source.name, ())

    def is_in_frame(self) -> bool:
        """Whether we are in the frame that was left by `NEXT`, with nothing else in between."""
        frame = self.frame
        if frame is None or self.stack[-1].env is not frame.innermost.env:
            return False
        return all(each.env is frame.innermost.env for each in self.stack[self.base :])

    def has_left_frame(self) -> bool:
        if self.mode not in (NEXT, FINISH):
            return False
        last = len(self.stack) - 1
        return last < self.base or (self.mode == NEXT and last == self.base)

    def start(self, stop_at_once: bool) -> None:
        """Before anything is evaluated."""
        self.mode = STEP_IN if stop_at_once else CONTINUE
        self.first_reason = ENTRY
        self.is_stepping = stop_at_once

    def stop(self, stop: Stop) -> None:
        """Let whoever debugs look, and go on as they say. Raises DebuggerQuit."""
        self.is_stopped = True
        mark = Mark()
        try:
            self.mode = self.face.stopped(stop)
        finally:
            mark.restore()
            self.is_stopped = False
            del self.stack[len(stop.stack) :]
        if self.mode == QUIT:
            raise DebuggerQuit(stop.error)
        if self.mode == CONTINUE:
            self.run_on()
        else:
            self.is_stepping = True
        self.first_reason = STEP
        self.frame = stop.frames[0] if stop.frames else None
        self.base = len(stop.stack) - (len(self.frame.activities) if self.frame is not None else 0)

    # Breakpoints; inside `Evaluator.run`.

    def set_breakpoints(self, path: str, lines: list[int]) -> list[int]:
        """Those of a file, all of them: the lines they are at, or 0 where there is nothing to stop at.

        Raises NixError when the file can't be read or compiled.
        """
        places = self.places_of(path) if lines else []
        sources = self.evaluator.sources
        first: dict[int, int] = {}  # the offset of the first expression of a line
        for place in places:
            position = sources.find(place.pos)
            offset = int(place.pos & 0xFFFFFFFF) - 1
            if position is not None:
                first[position.line] = min(offset, first.get(position.line, offset))
        found: list[int] = []
        offsets: set[int] = set()
        for line in lines:
            nearest = min((each for each in first if each >= line), default=0)
            found.append(nearest)
            if nearest:
                offsets.add(first[nearest])
        self.offsets[path] = offsets
        self.lines[path] = sorted({line for line in found if line})
        self.mark(path, offsets)
        return found

    def places_of(self, path: str) -> list[Place]:
        """All that an evaluation of a file can stop at. What was linked of it keeps its own places."""
        evaluator = self.evaluator
        base, chunk = evaluator.compiled_file(path)
        before = len(self.instruments.places)
        unit = Unit(
            chunk, base, path[: path.rfind("/")], evaluator.settings.home, evaluator.globals, position_value
        )
        link_all(unit)
        return self.instruments.places[before:]

    def mark(self, path: str, offsets: set[int]) -> None:
        """Tell what is linked already."""
        sources = self.evaluator.sources
        for place in self.instruments.places:
            if sources.source(place.pos).name == path:
                place.has_breakpoint = int(place.pos & 0xFFFFFFFF) - 1 in offsets
