"""What lints are, and what they find."""

from __future__ import annotations

from bisect import bisect_left

from tvix_eval.errors import Source
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete
from tvix_eval.syntax.scopes import Names, analyse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

ALLOW: Final = "allow"
WARN: Final = "warn"
DENY: Final = "deny"


class Lint:
    """A kind of finding. `code`: Snix's number, "" when it has none. `level`: the usual one.

    `fix`: what of its findings can be fixed, "" for nothing. `same_tree`: a fix leaves the syntax tree as it is.
    `bad` is an example, and `good` what should be there.
    """

    def __init__(
        self,
        name: str,
        code: str,
        level: str,
        summary: str,
        bad: str,
        good: str,
        fix: str = "",
        same_tree: bool = False,
    ) -> None:
        self.name: Final = name
        self.code: Final = code
        self.level: Final = level
        self.summary: Final = summary
        self.bad: Final = bad
        self.good: Final = good
        self.fix: Final = fix
        self.same_tree: Final = same_tree


class Edit:
    """`text` in place of the bytes `begin` to `end`."""

    def __init__(self, begin: int, end: int, text: str) -> None:
        self.begin: Final = int(begin)
        self.end: Final = int(end)
        self.text: Final = text


class Finding:
    """Something that a lint objects to, in the bytes `begin` to `end`. `edits`: what would fix it, if any."""

    def __init__(self, lint: str, begin: int, end: int, message: str) -> None:
        self.lint: Final = lint
        self.begin: Final = int(begin)
        self.end: Final = int(end)
        self.message: Final = message
        self.hint = ""
        self.edits: list[Edit] = []

    def with_hint(self, hint: str) -> Finding:
        self.hint = hint
        return self

    def with_edits(self, edits: list[Edit]) -> Finding:
        self.edits = edits
        return self


class Subject:
    """A source that is looked at: its text, its tree, and what its names mean.

    `comments`: where each begins and ends.
    """

    def __init__(self, source: Source, root: Concrete, tokens: list[Concrete]) -> None:
        self.source: Final = source
        self.text: Final = source.text
        self.root: Final = root
        self.comments: Final = comments_of(source.text, tokens)
        self.first_token: Final = int(tokens[0].begin) if tokens else len(source.text)
        self.names: Final[Names] = analyse(root, source.text)
        self.unbound: Final = {int(node.begin) for node, _ in self.names.unbound}
        self.findings: list[Finding] = []

    def text_of(self, node: Concrete) -> str:
        return self.text[node.begin : node.end]

    def add(self, lint: str, node: Concrete, message: str) -> Finding:
        """Note a finding about a node."""
        finding = Finding(lint, node.begin, node.end, message)
        self.findings.append(finding)
        return finding

    def has_comment(self, begin: int, end: int) -> bool:
        """Whether a comment is in a part of the text."""
        index = bisect_left(self.comments, (begin, 0))
        if index > 0 and self.comments[index - 1][1] > begin:
            return True
        return index < len(self.comments) and self.comments[index][0] < end

    def is_global(self, node: Concrete, name: str) -> bool:
        """Whether a node is a variable that has the meaning it has everywhere, like ``true``."""
        return node.action == t.A_VARIABLE and self.text_of(node) == name and int(node.begin) in self.unbound


# Looks at a node of the kinds it is registered for, or at a source as a whole.
if TYPE_CHECKING:
    NodeCheck = Callable[[Subject, Concrete], None]
    SubjectCheck = Callable[[Subject], None]


def comments_of(text: str, tokens: list[Concrete]) -> list[tuple[int, int]]:
    """Where the comments are: between tokens, and nowhere else."""
    found: list[tuple[int, int]] = []
    at = 0
    ends = [(int(token.begin), int(token.end)) for token in tokens]
    for begin, end in [*ends, (len(text), len(text))]:
        while at < begin:
            if text[at] == "#":
                stop = at
                while stop < begin and text[stop] not in "\r\n":
                    stop += 1
                found.append((at, stop))
                at = stop
            elif text.startswith("/*", at):
                stop = text.find("*/", at) + 2
                found.append((at, stop))
                at = stop
            else:
                at += 1
        at = max(at, end)
    return found


def unwrapped(node: Concrete) -> Concrete:
    """What is inside of parentheses."""
    while node.action == t.A_PARENTHESIZED:
        node = node.children[1]
    return node
