"""The trace of an error: frames joined that tell of one call, and told once that come again and again."""

from __future__ import annotations

from tvix_eval.diagnostics.documents import Documents
from tvix_eval.diagnostics.model import Entry, Span
from tvix_eval.errors import Frame, NixError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

CALL_SITE: Final = "from call site"
CALLING: Final = "while calling "
LONGEST_PERIOD: Final = 8  # of functions that call each other in a circle
LONGEST: Final = 500  # steps at either end of a trace


class Step:
    """Frames that tell of the same: what was called, and where from."""

    def __init__(self, text: str, pos: int, defined: int, always: bool) -> None:
        self.text: Final = text
        self.pos: Final = pos
        self.defined: Final = defined
        self.always: Final = always

    def same(self, other: Step) -> bool:
        return self.text == other.text and self.pos == other.pos and self.defined == other.defined


class Places:
    """Which sources are the user's own: those given as text, the files named on the command line, and all
    below the working folder that are not found through the lookup path.

    `libraries` are the folders of the lookup path and of the store.
    """

    def __init__(self, folder: str, named: list[str], libraries: list[str]) -> None:
        self.folder: Final = folder.rstrip("/") + "/"
        self.named: Final = named
        self.libraries: Final = libraries

    def is_library(self, span: Span | None) -> bool:
        if span is None or not span.source.is_file:
            return False
        name = span.source.name
        if name in self.named:
            return False
        own = name.startswith(self.folder)
        for library in self.libraries:
            inside = name == library or name.startswith(library.rstrip("/") + "/")
            if inside and not (own and (self.folder + "/").startswith(library.rstrip("/") + "/")):
                return True
        return not name.startswith("/")

    def shown(self, span: Span) -> str:
        """Where a place is, with a name relative to the working folder when it is in there."""
        name = span.source.name
        if self.folder != "/" and name.startswith(self.folder):
            name = name[len(self.folder) :]
        return f"{name}:{span.line}:{span.column}"


def trace_of(error: NixError, documents: Documents, places: Places) -> list[Entry]:
    """The entries of the trace, the innermost first."""
    entries: list[Entry] = []
    steps = folded(joined(error.frames))
    left_out = len(steps) - 2 * LONGEST
    for index, (step, repeats, period) in enumerate(steps):
        if left_out > 0 and LONGEST <= index < LONGEST + left_out:
            if index == LONGEST:
                entries.append(Entry(f"({left_out} steps are left out)", None, True))
            continue
        entry = Entry(step.text, documents.span(step.pos, step.text), step.always)
        entry.library = places.is_library(entry.span)
        if step.defined:
            entry.defined = documents.span(step.defined, step.text)
        entry.repeats, entry.period = repeats, period
        entries.append(entry)
    return entries


def joined(frames: list[Frame]) -> list[Step]:
    """The frames with each call and its call site in one."""
    steps: list[Step] = []
    for frame in frames:
        pos = int(frame.pos)
        text = frame.text.removesuffix(":")
        if not text:
            continue
        if text == CALL_SITE and steps and steps[-1].text.startswith(CALLING) and not steps[-1].defined:
            called = steps.pop()
            steps.append(Step(called.text, pos, called.pos, False))
        elif text == CALL_SITE:
            steps.append(Step("while calling this function", pos, 0, False))
        else:
            steps.append(Step(text, pos, 0, bool(frame.always)))
    return steps


def folded(steps: list[Step]) -> list[tuple[Step, int, int]]:
    """The steps without those that repeat what was before: each with how often it comes again, after the last
    of how many."""
    numbers: list[int] = []
    known: dict[tuple[str, int, int], int] = {}
    for step in steps:
        numbers.append(known.setdefault((step.text, step.pos, step.defined), len(known)))
    result: list[tuple[Step, int, int]] = []
    at = 0
    while at < len(steps):
        best = 0
        for period in range(1, LONGEST_PERIOD + 1):
            group = numbers[at : at + period]
            repeats = 0
            after = at + period
            while len(group) == period and numbers[after : after + period] == group:
                repeats += 1
                after += period
            if repeats > 0 and (repeats > 1 or period > 1):
                best = period
                break
        if best == 0:
            result.append((steps[at], 0, 1))
            at += 1
            continue
        for index in range(best - 1):
            result.append((steps[at + index], 0, 1))
        result.append((steps[at + best - 1], repeats, best))
        at = after
    return result


def first_own(trace: list[Entry]) -> Entry | None:
    """The innermost entry in code that was written here."""
    for entry in trace:
        if entry.span is not None and not entry.library:
            return entry
    return None
