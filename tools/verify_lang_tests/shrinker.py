"""Makes an expression smaller while something stays true of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

TOKEN: Final = re.compile(
    r"''(?:[^']|'(?!'))*''|\"(?:[^\"\\]|\\.)*\"|[A-Za-z_][\w.'-]*|\d[\d.e+-]*|[/~][\w./-]+|\s+|->|\+\+|//|&&|\|\||[=!<>]=|.",
    re.DOTALL,
)
CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
SIMPLE: Final = ("1", '"a"', "[ ]", "{ }", "null", "true", "(x: x)")


def shrink(text: str, holds: Callable[[str], bool], tries: int = 400) -> str:
    """The smallest expression found of which `holds`, in so many tries. It holds of `text`."""
    best = text
    seen = {text}
    while True:
        for candidate in candidates(best):
            if candidate in seen or not candidate.strip():
                continue
            seen.add(candidate)
            tries -= 1
            if tries < 0:
                return best
            if holds(candidate):
                best = candidate
                break
        else:
            return best


def candidates(text: str) -> Iterator[str]:
    """Smaller expressions, the smallest steps last: a group's content for all, something simple
    for a group, a group or a run of tokens left out."""
    tokens = TOKEN.findall(text)
    groups = sorted(find_groups(tokens), key=lambda group: group[0] - group[1])
    for start, end in groups:
        yield "".join(tokens[start + 1 : end]).strip()
        yield "".join(tokens[start : end + 1])
    for start, end in groups:
        before, after = "".join(tokens[:start]), "".join(tokens[end + 1 :])
        inside = "".join(tokens[start + 1 : end])
        group = "".join(tokens[start : end + 1])
        for simple in SIMPLE:
            if len(simple) < len(group):
                yield before + simple + after
        yield before + inside + after
        yield before + after
        for inner_start, inner_end in groups:
            if start < inner_start and inner_end < end:
                yield before + "".join(tokens[inner_start : inner_end + 1]) + after
    for length in (8, 4, 2, 1):
        for start in range(0, len(tokens) - length + 1):
            yield "".join(tokens[:start] + tokens[start + length :])


def find_groups(tokens: list[str]) -> list[tuple[int, int]]:
    """Where brackets open and close."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for number, token in enumerate(tokens):
        if token in CLOSING:
            opened.append(number)
        elif token in CLOSING.values():
            if opened and CLOSING[tokens[opened[-1]]] == token:
                found.append((opened.pop(), number))
            else:
                opened.clear()
    return found
