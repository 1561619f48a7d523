"""Comments that allow lints: ``# tvix: allow(unused-binding)``.

Before the first token, such a comment counts for the whole file; elsewhere for its own line and, when it stands
alone in it, for the next line that has anything else.
"""

from __future__ import annotations

from tvix_eval.lints.catalogue import BY_CODE, BY_NAME
from tvix_eval.lints.model import Finding, Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MARK: Final = "tvix:"
ALLOW: Final = "allow("


class Suppressions:
    """What the comments of a source allow: in the file, and in lines by their numbers."""

    def __init__(self, subject: Subject) -> None:
        self.subject: Final = subject
        self.everywhere: set[str] = set()
        self.lines: dict[int, set[str]] = {}
        self.unknown: list[Finding] = []
        for begin, end in subject.comments:
            names = self.names(begin, end)
            if not names:
                continue
            if begin < subject.first_token:
                self.everywhere |= names
                continue
            for line in self.meant(begin, end):
                self.lines.setdefault(line, set()).update(names)

    def names(self, begin: int, end: int) -> set[str]:
        """The lints that a comment allows."""
        text = self.subject.text[begin:end].lstrip("#/*").strip(" \t*/")
        if not text.startswith(MARK):
            return set()
        text = text[len(MARK) :].strip()
        if not text.startswith(ALLOW) or ")" not in text:
            self.unknown.append(
                Finding("unknown-lint", begin, end, "this should be `tvix: allow(LINT, ...)`")
            )
            return set()
        found: set[str] = set()
        for word in text[len(ALLOW) : text.index(")")].replace(",", " ").split():
            if word in BY_NAME or word == "all":
                found.add(word)
            elif word in BY_CODE and word:
                found.update(BY_CODE[word])
            else:
                self.unknown.append(Finding("unknown-lint", begin, end, f"there is no lint `{word}`"))
        return found

    def meant(self, begin: int, end: int) -> list[int]:
        """The lines that a comment counts for."""
        subject = self.subject
        own = subject.source.line_and_column(begin)[0]
        line = subject.source.line(own) or ""
        column = subject.source.line_and_column(begin)[1]
        if line[: column - 1].strip():
            return [own]
        at = end
        skipped = {first: last for first, last in subject.comments}
        while at < len(subject.text) and (subject.text[at].isspace() or at in skipped):
            at = skipped.get(at, at + 1)
        return [own, subject.source.line_and_column(at)[0]]

    def allows(self, finding: Finding) -> bool:
        line = self.subject.source.line_and_column(finding.begin)[0]
        allowed = self.everywhere | self.lines.get(line, set())
        return finding.lint in allowed or "all" in allowed
