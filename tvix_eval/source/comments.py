"""Documentation comments, ``/** … */``."""

from __future__ import annotations

from typing import Final

HEADLINE: Final = len("/**")
END: Final = len("*/")


def inner_text(comment: str) -> str:
    """The text of a comment, as Markdown: without what begins and ends it and without its margin."""
    return without_margin(" " * HEADLINE + comment[HEADLINE:-END]) if len(comment) > HEADLINE + END else ""


def without_margin(text: str) -> str:
    """Take from each line as many blanks as the line with the fewest begins with."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    margins = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    margin = min(margins, default=0)
    return "".join(line[margin:] + "\n" for line in lines)
