"""Edits that take something out of a source, with the blanks that belong to it."""

from __future__ import annotations

from tvix_eval.lints.model import Edit, Subject
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BLANKS: Final = " \t"


def without_binding(subject: Subject, binding: Concrete) -> list[Edit]:
    """Takes out a binding; with its line, where there is nothing else. Empty when it has comments."""
    begin, end = int(binding.begin), int(binding.end)
    if subject.has_comment(begin, end):
        return []
    return [whole_lines(subject.text, begin, end)]


def whole_lines(text: str, begin: int, end: int) -> Edit:
    """Takes out a part of a text, and the line ends around it, where nothing else is in its lines."""
    first = begin
    while first > 0 and text[first - 1] in BLANKS:
        first -= 1
    last = end
    while last < len(text) and text[last] in BLANKS:
        last += 1
    starts = first == 0 or text[first - 1] in "\r\n"
    if starts and last < len(text) and text[last] in "\r\n":
        last += 2 if text.startswith("\r\n", last) else 1
        return Edit(first, last, "")
    if starts:
        return Edit(begin, last, "")
    # Between other things one blank is left, which the text before has, or the text after.
    return Edit(first if last < len(text) and last > end else begin, end, "")


def without_name(subject: Subject, name: Concrete) -> list[Edit]:
    """Takes a name out of an ``inherit``; all of that, when it is the only one."""
    names = name.parent
    assert names is not None and names.action == t.A_NAMES_START and names.parent is not None
    if len(names.children) == 1:
        return without_binding(subject, names.parent)
    index = names.children.index(name)
    if index + 1 < len(names.children):
        begin, end = int(name.begin), int(names.children[index + 1].begin)
    else:
        begin, end = int(names.children[index - 1].end), int(name.end)
    return [] if subject.has_comment(begin, end) else [Edit(begin, end, "")]


def without_word(subject: Subject, word: Concrete, following: Concrete) -> list[Edit]:
    """Takes out a word, and what is between it and what follows."""
    begin, end = int(word.begin), int(following.begin)
    return [] if subject.has_comment(begin, end) else [Edit(begin, end, "")]


def replaced(subject: Subject, node: Concrete, text: str, kept: list[Concrete]) -> list[Edit]:
    """`text` for a node, of which it contains `kept`. Empty when a comment would be lost."""
    at = int(node.begin)
    for each in kept:
        if subject.has_comment(at, int(each.begin)):
            return []
        at = int(each.end)
    if subject.has_comment(at, int(node.end)):
        return []
    before = subject.text[node.begin - 1 : node.begin] if node.begin > 0 else ""
    after = subject.text[node.end : node.end + 1]
    left = " " if joins(before) and joins(text[:1]) else ""
    right = " " if joins(after) and joins(text[-1:]) else ""
    return [Edit(int(node.begin), int(node.end), left + text + right)]


def joins(character: str) -> bool:
    """Whether a character may become one token with another of its kind beside it."""
    return character.isalnum() or (character != "" and character in "_'-./+*<>=!&|~\"$:?@")
