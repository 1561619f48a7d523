"""What is to be said about a program: an error, a warning or a finding, with its places, as data.

Texts are byte text. A line is counted from 1; so is a column, in characters, and `end_column` is that of
the character after the last. Byte offsets are counted from 0.
"""

from __future__ import annotations

from tvix_eval.errors import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ERROR: Final = "error"
WARNING: Final = "warning"


class Span:
    """Bytes `begin` to `end` of a source, which are one line or several."""

    def __init__(self, source: Source, begin: int, end: int) -> None:
        self.source: Final = source
        self.begin: Final = begin
        self.end: Final = max(begin, end)
        self.line, self.column = place(source, begin)
        self.end_line, self.end_column = place(source, self.end)

    def text(self) -> str:
        return self.source.text[self.begin : self.end]


class Label:
    """A place with what is to be said of it, which may be nothing."""

    def __init__(self, span: Span, text: str = "") -> None:
        self.span: Final = span
        self.text: Final = text


class Entry:
    """A step of a trace. `library`: it is in code that was not written here.

    `defined`: where the function begins that was called, when `span` is the call. `repeats`: how often more
    this entry and the `period` - 1 before it come again.
    """

    def __init__(self, text: str, span: Span | None, always: bool = False) -> None:
        self.text: Final = text
        self.span: Final = span
        self.always: Final = always
        self.library = False
        self.defined: Span | None = None
        self.repeats = 0
        self.period = 1


class Diagnostic:
    """`code`: the class of an error, or the name of a lint. `trace`: innermost first.

    `circle`: the values of an infinite recursion; each needs the next, and the last the first.
    """

    def __init__(self, severity: str, code: str, message: str) -> None:
        self.severity: Final = severity
        self.code: Final = code
        self.message: Final = message
        self.primary: Label | None = None
        self.library = False  # the place of the error is in code that was not written here
        self.secondary: list[Label] = []
        self.trace: list[Entry] = []
        self.circle: list[Label] = []
        self.hints: list[str] = []


def place(source: Source, offset: int) -> tuple[int, int]:
    """Line and column of a byte."""
    line, column = source.line_and_column(offset)
    text = source.line(line) or ""
    return line, len(decoded(text[: column - 1])) + max(1, column - len(text))


def decoded(text: str) -> str:
    """Characters of byte text; what is not UTF-8 counts as one character a byte."""
    if text.isascii():
        return text
    return text.encode("latin-1").decode("utf-8", "surrogateescape")
