"""Applies the edits of findings, again and again until there are none, and sees to it that they do no harm."""

from __future__ import annotations

import os

from tvix_eval.errors import NixError, Source
from tvix_eval.lints.catalogue import BY_NAME
from tvix_eval.lints.linter import PARSING, Levels, lint, read
from tvix_eval.lints.model import Edit, Finding, Subject
from tvix_eval.syntax.parser import parse
from tvix_eval.syntax.show import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_PASSES: Final = 50


class Fixed:
    """A text after its fixes, and how many there were."""

    def __init__(self, text: str, count: int) -> None:
        self.text: Final = text
        self.count: Final = count


def fix(source: Source, levels: Levels) -> Fixed:
    """Fix what can be fixed in a source. Raises NixError when it is no expression."""
    text = source.text
    count = 0
    for _ in range(MOST_PASSES):
        subject = read(Source(source.name, text, source.is_file))
        findings = [finding for finding in lint(subject, levels) if finding.edits]
        step = best(subject, findings)
        if step.count == 0:
            break
        text = step.text
        count += step.count
    return Fixed(text, count)


def best(subject: Subject, findings: list[Finding]) -> Fixed:
    """The text with as many of the findings fixed as go together and do no harm."""
    for same_tree in (False, True):
        chosen = [each for each in findings if BY_NAME[each.lint].same_tree == same_tree]
        chosen = compatible(chosen)
        if not chosen:
            continue
        text = edited(subject.text, chosen)
        if harmless(subject, text, same_tree):
            return Fixed(text, len(chosen))
        for finding in chosen:
            text = edited(subject.text, [finding])
            if harmless(subject, text, same_tree):
                return Fixed(text, 1)
    return Fixed(subject.text, 0)


def compatible(findings: list[Finding]) -> list[Finding]:
    """Findings whose edits do not overlap, the first of those that do."""
    taken: list[Edit] = []
    chosen: list[Finding] = []
    for finding in findings:
        if not any(overlap(edit, other) for edit in finding.edits for other in taken):
            taken += finding.edits
            chosen.append(finding)
    return chosen


def overlap(left: Edit, right: Edit) -> bool:
    """Whether two edits touch: what one leaves may be what the other is about."""
    return left.begin <= right.end and right.begin <= left.end


def edited(text: str, findings: list[Finding]) -> str:
    edits = [edit for finding in findings for edit in finding.edits]
    edits.sort(key=lambda edit: (edit.begin, edit.end), reverse=True)
    for edit in edits:
        text = text[: edit.begin] + edit.text + text[edit.end :]
    return text


def harmless(subject: Subject, text: str, same_tree: bool) -> bool:
    """Whether a new text is an expression, in which no variable has lost its meaning; or the same tree."""
    try:
        after = read(Source(subject.source.name, text, subject.source.is_file))
    except NixError:
        return False
    if same_tree:
        return tree(subject.text) == tree(text)
    return unbound(after) <= unbound(subject)


def tree(text: str) -> str:
    """The syntax tree as ``--parse`` prints it."""
    return show(parse(text, "", PARSING).root, "/", "/")


def unbound(subject: Subject) -> set[str]:
    """The variables that nothing binds, with those that a ``with`` may bind apart."""
    return {subject.text_of(node) + ("" if withs else "!") for node, withs in subject.names.unbound}


def write_file(path: str, text: str) -> None:
    """Put a text into a file, at once: whoever reads it finds the old or the new. Raises OSError."""
    path = os.path.realpath(path)
    folder, name = os.path.split(path)
    mode = os.stat(path).st_mode & 0o7777
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("latin-1"))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
