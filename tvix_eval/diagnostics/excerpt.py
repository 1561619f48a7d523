"""Lines of a source with what is meant underlined, as wide as a terminal shows them."""

from __future__ import annotations

import unicodedata

from tvix_eval.diagnostics.model import Label, Span, decoded
from tvix_eval.vm.show import BLUE, NORMAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

TAB_STOPS: Final = 4
WIDEST: Final = 120  # columns of a line of source
BEFORE: Final = 40  # columns that are left before what is underlined, where a line is cut
CUT: Final = "..."


def excerpt(label: Label, number_width: int, mark: str, colour: str, colours: bool) -> list[str]:
    """The line that a place begins in, and a line of `mark` under it; characters, not bytes."""
    span = label.span
    line = span.source.line(span.line)
    if line is None:
        return []
    start, width, shown = layout(line, span)
    paint = painter(colours)
    number = paint(f"{span.line:>{number_width}} |", BLUE)
    margin = paint(" " * number_width + " |", BLUE)
    marked = paint(mark * max(1, width), colour)
    if span.end_line > span.line:
        marked += paint("...", colour)
    text = " " + paint(decoded(label.text), colour) if label.text else ""
    return [(number + " " + shown).rstrip(), margin + " " * (start + 1) + marked + text]


def layout(line: str, span: Span) -> tuple[int, int, str]:
    """Where in the line, as shown, the place begins, how wide it is, and the line."""
    first = span.column - 1
    characters = decoded(line.rstrip("\r\n"))
    last = len(characters) if span.end_line > span.line else span.end_column - 1
    if span.end_line > span.line:
        last = max(first + 1, len(characters.rstrip()))
    shown: list[str] = []
    columns = [0]
    for character in characters:
        cell = cell_of(character, columns[-1])
        shown.append(cell)
        columns.append(columns[-1] + width_of(cell))
    while len(columns) <= last:
        columns.append(columns[-1] + 1)
    start, end = columns[first], columns[last]
    if columns[-1] <= WIDEST:
        return start, end - start, "".join(shown)
    left = first
    while left > 0 and start - columns[left - 1] <= BEFORE:
        left -= 1
    right = left
    while right < len(shown) and columns[right + 1] - columns[left] <= WIDEST:
        right += 1
    before = CUT if left else ""
    after = CUT if right < len(shown) else ""
    start = start - columns[left] + len(before)
    end = min(end, columns[right]) - columns[left] + len(before)
    return start, end - start, before + "".join(shown[left:right]) + after


def cell_of(character: str, column: int) -> str:
    """How a character is shown: tabs as blanks, what controls a terminal as a picture of it."""
    if character == "\t":
        return " " * (TAB_STOPS - column % TAB_STOPS)
    code = ord(character)
    if code < 32:
        return chr(0x2400 + code)
    if code == 127 or 0x80 <= code < 0xA0 or 0xDC80 <= code <= 0xDCFF:
        return "\ufffd"
    return character


def width_of(cell: str) -> int:
    """How many columns it takes."""
    if cell.isascii():
        return len(cell)
    width = 0
    for character in cell:
        if unicodedata.category(character) not in ("Cc", "Cf", "Mn", "Me"):
            width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


class Painter:
    """Puts colours around text."""

    def __init__(self, colours: bool) -> None:
        self.colours: Final = colours

    def __call__(self, text: str, colour: str) -> str:
        return colour + text + NORMAL if self.colours and text else text


def painter(colours: bool) -> Painter:
    return Painter(colours)
