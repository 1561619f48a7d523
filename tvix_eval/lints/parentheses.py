"""Parentheses that change nothing, and hashes in strings."""

from __future__ import annotations

from tvix_eval.lints.model import Edit, Subject
from tvix_eval.lints.removing import joins
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# What needs no parentheses anywhere.
ATOMS: Final = frozenset(
    (
        *(
            t.A_VARIABLE,
            t.A_INT,
            t.A_FLOAT,
            t.A_STRING,
            t.A_INDENTED_STRING,
            t.A_PATH_LITERAL,
            t.A_SEARCH_PATH,
        ),
        *(t.A_LIST, t.A_ATTRS, t.A_ATTRS_EMPTY, t.A_REC, t.A_PARENTHESIZED),
    )
)
# What has keywords of its own, and is better kept apart from others.
OPEN: Final = frozenset((t.A_WITH, t.A_LET, t.A_ASSERT, t.A_IF, t.A_CURSED_OR))
# Digits of the hashes of each algorithm, in base 64, and how many `=` follow.
DIGITS: Final = {"md5": (22, 2), "sha1": (27, 1), "sha256": (43, 1), "sha512": (86, 2)}
BASE64: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def check_parentheses(subject: Subject, node: Concrete) -> None:
    inner = node.children[1]
    if inner.action not in ATOMS and (inner.action in OPEN or not is_delimited(node)):
        return
    if inner.action not in ATOMS and "\n" in subject.text_of(node):
        return  # they show what belongs together
    opened, closed = int(inner.begin), int(inner.end)
    begin, end = int(node.begin), int(node.end)
    if subject.has_comment(begin, opened) or subject.has_comment(closed, end):
        return
    finding = subject.add("redundant-parentheses", node, "these parentheses change nothing")
    text = subject.text
    left = " " if begin > 0 and joins(text[begin - 1]) and joins(text[opened]) else ""
    selected = text[end : end + 1] == "." and inner.action not in (t.A_INT, t.A_FLOAT, t.A_PATH_LITERAL)
    right = " " if joins(text[end : end + 1]) and joins(text[closed - 1]) and not selected else ""
    finding.with_edits([Edit(begin, opened, left), Edit(closed, end, right)])


def is_delimited(node: Concrete) -> bool:
    """Whether what is around a node would end it as well: keywords, ``=`` and ``;``."""
    outer = node.parent
    if outer is None:
        return False  # a whole file in parentheses is a matter of taste
    if outer.action == t.A_BINDING or outer.action == t.A_IF:
        return outer.children[-2] is node if outer.action == t.A_BINDING else outer.children[1] is node
    if outer.action in (t.A_WITH, t.A_ASSERT):
        return outer.children[1] is node
    return outer.action == t.A_INTERPOLATED_EXPR


def check_string(subject: Subject, node: Concrete) -> None:
    """A string that is a hash in SRI form."""
    text = subject.text[node.begin + 1 : node.end - 1]
    algorithm, dash, digits = text.partition("-")
    if not dash or algorithm not in DIGITS:
        return
    bare = digits.rstrip("=")
    count, padding = DIGITS[algorithm]
    if len(bare) == count and BASE64.issuperset(bare) and len(digits) != count + padding:
        subject.add("sri-padding", node, f"a {algorithm} hash ends with {'=' * padding!r}")
