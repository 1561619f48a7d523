"""Runs all lints over one source."""

from __future__ import annotations

from tvix_eval.errors import Source
from tvix_eval.lints import expressions as e
from tvix_eval.lints import parentheses as p
from tvix_eval.lints.catalogue import ALL
from tvix_eval.lints.model import ALLOW, Finding, Subject
from tvix_eval.lints.names import check_scopes
from tvix_eval.lints.suppression import Suppressions
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import ConcreteParser
from tvix_eval.syntax.parser import parse
from tvix_eval.syntax.settings import ParseSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.lints.model import NodeCheck

PARSING: Final = ParseSettings(pipe_operators=True)
CHECKS: Final[dict[int, NodeCheck]] = {
    t.A_EQUAL: e.check_comparison,
    t.A_NOT_EQUAL: e.check_comparison,
    t.A_AND: e.check_logic,
    t.A_OR: e.check_logic,
    t.A_IMPLIES: e.check_logic,
    t.A_IF: e.check_if,
    t.A_ASSERT: e.check_assert,
    t.A_NOT: e.check_not,
    t.A_UPDATE: e.check_empty_operation,
    t.A_CONCAT: e.check_empty_operation,
    t.A_INHERIT: e.check_inherit,
    t.A_INHERIT_FROM: e.check_inherit,
    t.A_LET: e.check_let,
    t.A_LET_BODY: e.check_legacy_let,
    t.A_BINDING: e.check_binding,
    t.A_LAMBDA: e.check_function,
    t.A_URI: e.check_uri,
    t.A_CURSED_OR: e.check_cursed_or,
    t.A_SELECT: e.check_deprecated,
    t.A_VARIABLE: e.check_deprecated,
    t.A_PARENTHESIZED: p.check_parentheses,
    t.A_STRING: p.check_string,
}


class Levels:
    """Which lints count, and how much."""

    def __init__(self) -> None:
        self.of: Final = {lint.name: lint.level for lint in ALL}

    def set(self, name: str, level: str) -> None:
        self.of[name] = level

    def set_all(self, level: str) -> None:
        for lint in ALL:
            if lint.name != "syntax-error":
                self.of[lint.name] = level


def read(source: Source) -> Subject:
    """A source to be looked at. Raises NixError when it is no expression."""
    source.starts()
    parse(source.text, source.name, PARSING)
    parser = ConcreteParser(source.text)
    root = parser.parse()
    return Subject(source, root, parser.tokens)


def lint(subject: Subject, levels: Levels) -> list[Finding]:
    """The findings of a source that are not allowed, in the order of their places."""
    check_scopes(subject)
    todo = [subject.root]
    while todo:
        node = todo.pop()
        check = CHECKS.get(int(node.action)) if node.action != 0 else None
        if check is not None:
            check(subject, node)
        todo += node.children
    suppressions = Suppressions(subject)
    found = [
        finding
        for finding in [*subject.findings, *suppressions.unknown]
        if levels.of[finding.lint] != ALLOW and not suppressions.allows(finding)
    ]
    found.sort(key=lambda finding: (finding.begin, finding.end, finding.lint))
    return found
