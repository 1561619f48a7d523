"""Places in a text: offsets in bytes, and what editors and people count instead."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, NamedTuple

LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class Span(NamedTuple):
    """The bytes from `begin` up to, but without, `end`."""

    begin: int
    end: int


class Lines:
    """Where the lines of a text begin. Lines end at LF, CR LF or CR, as for Nix and for editors.

    All offsets are bytes of the UTF-8 text. What lies outside of a text is moved to its nearest place;
    bytes that are no UTF-8 count as one character each.
    """

    def __init__(self, data: bytes) -> None:
        self.data: Final = data
        self.starts: Final = [0, *(match.end() for match in LINE_END.finditer(data))]

    def line(self, offset: int) -> int:
        """The line that a byte is in, from 0."""
        return bisect_right(self.starts, max(offset, 0)) - 1

    def to_utf16(self, offset: int) -> tuple[int, int]:
        """Line and column as the Language Server Protocol counts: from 0, in UTF-16 code units."""
        line = self.line(offset)
        before = decoded(self.data[self.starts[line] : offset])
        return line, len(before) + sum(character > "\uffff" for character in before)

    def from_utf16(self, line: int, column: int) -> int:
        """The offset of a place that is given as by `to_utf16`."""
        begin, text = self.line_text(line)
        units = at = 0
        while at < len(text) and units < column:
            units += 2 if text[at] > "\uffff" else 1
            at += 1
        return begin + len(encoded(text[:at]))

    def to_characters(self, offset: int) -> tuple[int, int]:
        """Line and column as people count: from 1, in characters."""
        line = self.line(offset)
        return line + 1, len(decoded(self.data[self.starts[line] : offset])) + 1

    def from_characters(self, line: int, column: int) -> int:
        """The offset of a place that is given as by `to_characters`."""
        begin, text = self.line_text(line - 1)
        return begin + len(encoded(text[: max(column - 1, 0)]))

    def line_text(self, line: int) -> tuple[int, str]:
        """Where a line (from 0) begins, and its text without its end."""
        if line < 0:
            return 0, ""
        if line >= len(self.starts):
            return len(self.data), ""
        begin = self.starts[line]
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.data)
        return begin, decoded(self.data[begin:end].rstrip(b"\r\n"))


def decoded(data: bytes) -> str:
    """UTF-8 as characters; other bytes as surrogates, so that `encoded` gives them back."""
    return data.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
