"""What differs between two texts, by words; in long texts, of the lines that differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Final

from attrs import frozen

SAME: Final = "same"
LEFT: Final = "left"
RIGHT: Final = "right"
SKIPPED: Final = "skipped"  # its text says how much, and ends the line if it was lines

WORD: Final = re.compile(r"/nix/store/[^\s\"':;,]+|-*\w[\w.+-]*|\s+|.", re.DOTALL)
CONTEXT_LINES: Final = 3
CONTEXT_CHARACTERS: Final = 40
MOST_WORDS: Final = 3000  # of a part that is compared by words
MOST_LINES: Final = 20_000


@frozen
class Segment:
    kind: str
    text: str


def segments(left: str, right: str) -> list[Segment]:
    """The two texts in one: what is `SAME`, and what only one of them has. Long same parts are skipped."""
    if "\n" not in left and "\n" not in right:
        return shorten(by_words(left, right), shorten_characters)
    found: list[Segment] = []
    ours, theirs = left.splitlines(keepends=True), right.splitlines(keepends=True)
    for kind, start, end, start_there, end_there in opcodes(ours, theirs, MOST_LINES):
        if kind == "equal":
            found.append(Segment(SAME, "".join(ours[start:end])))
        else:
            found += by_words("".join(ours[start:end]), "".join(theirs[start_there:end_there]))
    return shorten(found, shorten_lines)


Opcode = tuple[str, int, int, int, int]


def opcodes(left: list[str], right: list[str], most: int) -> list[Opcode]:
    """How `left` becomes `right`. What they begin and end with alike is not searched; nor is too much."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    to, to_there = len(left) - end, len(right) - end
    found: list[Opcode] = [("equal", 0, start, 0, start)]
    if to - start + to_there - start > most:
        found.append(("replace", start, to, start, to_there))
    else:
        matcher = SequenceMatcher(None, left[start:to], right[start:to_there], False)
        found += [
            (kind, a + start, b + start, c + start, d + start) for kind, a, b, c, d in matcher.get_opcodes()
        ]
    found.append(("equal", to, len(left), to_there, len(right)))
    return [each for each in found if each[1] < each[2] or each[3] < each[4]]


def by_words(left: str, right: str) -> list[Segment]:
    found: list[Segment] = []
    ours, theirs = WORD.findall(left), WORD.findall(right)
    for kind, start, end, start_there, end_there in opcodes(ours, theirs, MOST_WORDS):
        if kind == "equal":
            found.append(Segment(SAME, "".join(ours[start:end])))
            continue
        if start < end:
            found.append(Segment(LEFT, "".join(ours[start:end])))
        if start_there < end_there:
            found.append(Segment(RIGHT, "".join(theirs[start_there:end_there])))
    return found


def joined(parts: list[Segment]) -> list[Segment]:
    """Without neighbours of one kind."""
    found: list[Segment] = []
    for part in parts:
        if found and found[-1].kind == part.kind:
            found[-1] = Segment(part.kind, found[-1].text + part.text)
        elif part.text:
            found.append(part)
    return found


def shorten(parts: list[Segment], cut: Callable[[str, bool, bool], list[Segment]]) -> list[Segment]:
    parts = joined(parts)
    found: list[Segment] = []
    for at, part in enumerate(parts):
        if part.kind == SAME:
            found += cut(part.text, at == 0, at == len(parts) - 1)
        else:
            found.append(part)
    return found


def shorten_lines(text: str, first: bool, last: bool) -> list[Segment]:
    """The lines next to a difference. `first`, `last`: there is none before, none after."""
    lines = text.splitlines(keepends=True)
    before = 0 if first else CONTEXT_LINES + 1
    after = 0 if last else CONTEXT_LINES + 1
    skipped = len(lines) - before - after
    if skipped < 2:
        return [Segment(SAME, text)]
    return [
        Segment(SAME, "".join(lines[:before])),
        Segment(SKIPPED, f"{skipped} lines\n"),
        Segment(SAME, "".join(lines[len(lines) - after :])),
    ]


def shorten_characters(text: str, first: bool, last: bool) -> list[Segment]:
    """The characters next to a difference."""
    before = 0 if first else CONTEXT_CHARACTERS
    after = 0 if last else CONTEXT_CHARACTERS
    skipped = len(text) - before - after
    if skipped < 2 * CONTEXT_CHARACTERS:
        return [Segment(SAME, text)]
    return [
        Segment(SAME, text[:before]),
        Segment(SKIPPED, f"{skipped} characters"),
        Segment(SAME, text[len(text) - after :]),
    ]
