"""Indented strings: what is left of the lines when the common indentation is gone.

The indentation is that of the least indented line that has more than spaces. Only spaces
(U+0020) count. Escapes and interpolations are text that ends the indentation of a line;
what they yield is never looked into.
"""

from __future__ import annotations

from tvix_eval.syntax.nodes import ConcatStrings, Node, Str

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

NO_LINE: Final = 1000000  # the indentation where no line has any text


class Piece:
    """A token of an indented string: an interpolated expression, or text as written, or
    (`escaped`) what an escape or a lone ``$`` or ``'`` means."""

    def __init__(self, pos: i64, text: str, escaped: bool, expr: Node | None) -> None:
        self.pos: Final[i64] = pos
        self.text: Final = text
        self.escaped: Final = escaped
        self.expr: Final = expr


def strip_indentation(pos: i64, pieces: list[Piece]) -> Node:
    """The `Str` or `ConcatStrings` of an indented string that begins at `pos`."""
    indentation = common_indentation(pieces)
    last = len(pieces) - 1
    parts: list[Node] = []
    positions: list[int] = []
    at_start = True
    dropped: i64 = 0  # spaces of the current line so far, while `at_start`
    for index, piece in enumerate(pieces):
        expr = piece.expr
        if expr is not None:
            at_start = False
            dropped = 0
            parts.append(expr)
            positions.append(int(piece.pos))
            continue
        text = piece.text
        size: i64 = len(text)
        kept: list[str] = []
        at: i64 = 0
        while at < size:
            if at_start:
                spaces = at
                while spaces < size and text[spaces] == " ":
                    spaces += 1
                skip = indentation - dropped
                dropped += spaces - at
                if skip > 0:
                    at = at + skip if at + skip < spaces else spaces
                if spaces < size:
                    dropped = 0
                    at_start = text[spaces] == "\n"
            newline: i64 = text.find("\n", int(at))
            if newline < 0:
                kept.append(text[at:])
                break
            kept.append(text[at : newline + 1])
            at = newline + 1
            at_start = True
        text = kept[0] if len(kept) == 1 else "".join(kept)
        if index == last:
            text = without_last_line(text)
        if text:
            parts.append(Str(text))
            positions.append(int(piece.pos))
    if not parts:
        return Str("")
    if len(parts) == 1 and isinstance(parts[0], Str):
        return parts[0]
    return ConcatStrings(pos, True, parts, positions)


def common_indentation(pieces: list[Piece]) -> i64:
    least: i64 = NO_LINE
    current: i64 = 0
    at_start = True
    for piece in pieces:
        if piece.expr is not None or piece.escaped:
            if at_start:
                at_start = False
                if current < least:
                    least = current
            continue
        text = piece.text
        size: i64 = len(text)
        at: i64 = 0
        while at < size:
            if at_start:
                while at < size and text[at] == " ":
                    current += 1
                    at += 1
                if at == size:
                    break
                if text[at] == "\n":
                    current = 0
                    at += 1
                    continue
                at_start = False
                if current < least:
                    least = current
            newline: i64 = text.find("\n", int(at))
            if newline < 0:
                break
            at = newline + 1
            at_start = True
            current = 0
    return least


def without_last_line(text: str) -> str:
    """Without what follows the last newline, if that is only spaces."""
    newline = text.rfind("\n")
    if newline >= 0 and not text[newline + 1 :].strip(" "):
        return text[: newline + 1]
    return text
