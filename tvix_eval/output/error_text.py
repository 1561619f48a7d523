"""The text of an error, as Nix shows it: trace, excerpts of the sources, suggestions."""

from __future__ import annotations

from tvix_eval.errors import Frame, NixError, Position, Sources, ThrownError
from tvix_eval.hints import i64
from tvix_eval.output.terminal import filter_text
from tvix_eval.vm.show import BLUE, MAGENTA, NORMAL, RED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ELLIPSIS: Final = "\xe2\x80\xa6"  # … in UTF-8
FEW_UNITS: Final = 3  # a frame is one unit, its position another: more only with --show-trace
FEW_REPEATS: Final = 5
MOST_SUGGESTIONS: Final = 5
FARTHEST_SUGGESTION: Final = 2
BLANKS: Final = " \t\n\r"
OPEN_ENDED: Final = "\x1b]"  # a sequence that goes on to the next escape or bell, wherever that is
PROGRAM_WARNING: Final = "evaluation warning"  # that of ``builtins.warn``


def error_text(error: NixError, sources: Sources | None, show_trace: bool, colours: bool = False) -> str:
    """Byte text of the error, without a line end, as it goes to a terminal or a log.

    `show_trace`: all frames; otherwise the outermost few.
    """
    return message_text("error", RED, error, sources, show_trace, colours)


def warning_text(
    message: str,
    kind: str = "warning",
    colours: bool = False,
    pos: i64 = 0,
    sources: Sources | None = None,
) -> str:
    """Byte text of a warning, further lines indented under the first; `pos`: what it is about."""
    return message_text(kind, MAGENTA, NixError(message, pos), sources, False, colours)


def message_text(
    kind: str, colour: str, error: NixError, sources: Sources | None, show_trace: bool, colours: bool
) -> str:
    text = laid_out(kind, colour, error, sources, show_trace, colours)
    if not colours and OPEN_ENDED in text:
        # Nix has colours in it always, and takes them out: what does not end swallows the beginning of one.
        text = laid_out(kind, colour, error, sources, show_trace, True)
    return filter_text(text, colours)


def laid_out(
    kind: str, colour: str, error: NixError, sources: Sources | None, show_trace: bool, colours: bool
) -> str:
    writer = ErrorWriter(sources, colours)
    prefix = writer.coloured(kind + ":", colour) + " "
    if writer.write_trace(error.frames, show_trace):
        writer.parts.append("\n" + prefix)
    message = error.message
    if colours and kind != PROGRAM_WARNING:
        from tvix_eval.output.emphasis import emphasised_message

        message = emphasised_message(error)
    elif message.endswith("\n") and not error.ends_verbatim() and not isinstance(error, ThrownError):
        message += NORMAL  # it ends in a value, and what ends a value's colour is laid out, too
    writer.parts.append(message + "\n")
    writer.write_position(error.pos, "")
    writer.write_suggestions(error)
    margin = " " * (len(kind) + 2)
    text = "".join(writer.parts)
    if error.ends_verbatim() and message.endswith("\n"):
        return indented(text[:-1], prefix, margin) + margin
    return indented(text.rstrip(BLANKS), prefix, margin)


def indented(text: str, first: str, rest: str) -> str:
    """`text` with `first` before its first line and `rest` before the others, without blanks at line ends."""
    if not text:
        return ""
    lines: list[str] = []
    margin = first
    for line in text.split("\n"):
        lines.append((margin + line).rstrip(BLANKS))
        margin = rest
    return "\n".join(lines)


class ErrorWriter:
    def __init__(self, sources: Sources | None, colours: bool) -> None:
        self.sources: Final = sources
        self.colours: Final = colours
        self.parts: list[str] = []
        self.units = 0

    def coloured(self, text: str, colour: str) -> str:
        return colour + text + NORMAL if self.colours else text

    def write_trace(self, frames: list[Frame], show_trace: bool) -> bool:
        """Write the frames, outermost first; False when there are none.

        Frames that were shown before are held back; they are shown after all if they are few.
        """
        if not frames:
            return False
        seen: set[tuple[int, str]] = set()
        repeats: list[Frame] = []
        truncate = False
        for frame in reversed(frames):
            if not frame.text:
                continue
            if not show_trace and self.units > FEW_UNITS:
                truncate = True
            if truncate and not frame.always:
                continue
            key = (int(frame.pos), frame.text)
            if key in seen:
                repeats.append(frame)
                continue
            seen.add(key)
            self.write_repeats(repeats)
            repeats = []
            self.units += 1
            self.write_frame(frame)
        self.write_repeats(repeats)
        if truncate:
            note = "(stack trace truncated; use '--show-trace' to show the full, detailed trace)"
            self.parts.append("\n" + self.coloured(note, MAGENTA) + "\n")
        return True

    def write_repeats(self, repeats: list[Frame]) -> None:
        if len(repeats) <= FEW_REPEATS:
            for frame in repeats:
                self.write_frame(frame)
        else:
            note = f"({len(repeats)} duplicate frames omitted)"
            self.parts.append("\n" + self.coloured(note, MAGENTA) + "\n")

    def write_frame(self, frame: Frame) -> None:
        text = frame.text
        if self.colours:
            from tvix_eval.output.emphasis import emphasised_frame

            text = emphasised_frame(frame)
        self.parts.append("\n" + ELLIPSIS + " " + text + "\n")
        if self.write_position(frame.pos, "  "):
            self.units += 1

    def write_position(self, pos: i64, margin: str) -> bool:
        """Write where something is, with the lines around; False if that is not known."""
        if self.sources is None:
            return False
        position = self.sources.find(pos)
        if position is None:
            return False
        place = f"{position.source.name}:{position.line}:{position.column}"
        self.parts.append(
            margin + (BLUE if self.colours else "") + "at " + self.coloured(place, MAGENTA) + ":"
        )
        self.write_excerpt(position)
        return True

    def write_excerpt(self, position: Position) -> None:
        source = position.source
        number = position.line
        for each in (number - 1, number, number + 1):
            line = source.line(each)
            if line is None:
                continue
            self.parts.append(f"\n {each:5d}| {line}")
            if each == number and position.column > 0:
                self.parts.append("\n      |" + " " * position.column + self.coloured("^", RED))
        self.parts.append("\n")

    def write_suggestions(self, error: NixError) -> None:
        names = similar_names(error.wanted_name, error.known_names) if error.known_names else []
        if not names:
            return
        names = [self.coloured(name, MAGENTA) for name in names]
        if len(names) == 1:
            text = names[0]
        else:
            text = "one of " + ", ".join(names[:-1]) + " or " + names[-1]
        self.parts.append("Did you mean " + text + "?\n")


def similar_names(wanted: str, known: list[str]) -> list[str]:
    """The few names that are near to the one wanted, the nearest first."""
    size = len(wanted)
    near: list[tuple[int, str]] = []
    for name in set(known):
        if abs(len(name) - size) <= FARTHEST_SUGGESTION:
            distance = edit_distance(wanted, name)
            if distance <= FARTHEST_SUGGESTION:
                near.append((distance, name))
    near.sort()
    return [name for _, name in near[:MOST_SUGGESTIONS]]


def edit_distance(a: str, b: str) -> int:
    """Levenshtein's: insertions, deletions and replacements of bytes."""
    before = list(range(len(b) + 1))
    for row, left in enumerate(a, 1):
        current = [row]
        for column, right in enumerate(b):
            replaced = before[column] + (left != right)
            current.append(min(before[column + 1] + 1, current[column] + 1, replaced))
        before = current
    return before[-1]
