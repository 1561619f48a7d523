"""What was found, as text, as JSON and as SARIF."""

from __future__ import annotations

import json

from tvix_eval.diagnostics.json_form import json_text, record
from tvix_eval.diagnostics.model import ERROR, WARNING, Diagnostic, Label, Span
from tvix_eval.errors import NixError, Source, Sources
from tvix_eval.lints.catalogue import ALL, BY_NAME
from tvix_eval.lints.linter import Levels
from tvix_eval.lints.model import ALLOW, DENY, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    Json = dict[str, "Json"] | list["Json"] | str | int | bool | None

SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Final = {"allow": "none", "warn": "warning", "deny": "error"}


class Result:
    """What was found in a source; `fixed` is how much was fixed before."""

    def __init__(self, source: Source) -> None:
        self.source: Final = source
        self.findings: list[Finding] = []
        self.diagnostics: list[Diagnostic] = []
        self.fixed = 0

    def add(self, finding: Finding, levels: Levels) -> None:
        self.findings.append(finding)
        severity = ERROR if levels.of[finding.lint] == DENY else WARNING
        made = Diagnostic(severity, finding.lint, finding.message)
        made.primary = Label(Span(self.source, finding.begin, finding.end))
        if finding.hint:
            made.hints.append(finding.hint)
        self.diagnostics.append(made)

    def add_error(self, error: NixError, made: Diagnostic) -> None:
        """What keeps the source from being read."""
        self.findings.append(Finding("syntax-error", 0, 0, error.message))
        self.diagnostics.append(made)

    def denied(self) -> int:
        return sum(made.severity == ERROR for made in self.diagnostics)


def located(error: NixError, source: Source) -> NixError:
    """An error of the parser, with the source it is about."""
    sources = Sources()
    base = sources.add(source)
    if error.pos:
        error.pos += base
    error.sources = sources
    return error


def summary(results: list[Result]) -> str:
    """One line about all of it."""
    found = sum(len(result.findings) for result in results)
    files = counted(len(results), "source")
    fixed = sum(result.fixed for result in results)
    line = f"{counted(found, 'finding')} in {files}"
    if fixed:
        line += f", {fixed} fixed"
    fixable = sum(bool(finding.edits) for result in results for finding in result.findings)
    if fixable:
        line += f", {fixable} can be fixed with --fix"
    return line


def counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def as_json(results: list[Result]) -> str:
    """One object in a line for each finding, as of errors, with its edits."""
    lines: list[str] = []
    for result in results:
        for finding, made in zip(result.findings, result.diagnostics, strict=True):
            edits = [
                record([("begin", str(edit.begin)), ("end", str(edit.end)), ("text", string(edit.text))])
                for edit in finding.edits
            ]
            lines.append(json_text(made)[:-1] + ',"edits":[' + ",".join(edits) + "]}\n")
    return "".join(lines)


def string(text: str) -> str:
    return json.dumps(readable(text), ensure_ascii=False).encode().decode("latin-1")


def readable(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")


def as_sarif(results: list[Result], levels: Levels, version: str) -> str:
    """A log in SARIF 2.1.0."""
    rules: list[Json] = [
        {
            "id": lint.name,
            "shortDescription": {"text": lint.summary},
            "help": {"text": f"Instead of\n\n{lint.bad}\n\nwrite\n\n{lint.good}"},
            "defaultConfiguration": {
                "level": LEVELS[lint.level],
                "enabled": lint.level != ALLOW,
            },
        }
        for lint in ALL
    ]
    found: list[Json] = [
        sarif_result(result.source, finding, made, levels)
        for result in results
        for finding, made in zip(result.findings, result.diagnostics, strict=True)
    ]
    driver: Json = {"name": "tvix-eval lint", "version": version, "rules": rules}
    log: Json = {
        "$schema": SARIF,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": found}],
    }
    return json.dumps(log, ensure_ascii=False, indent=1).encode("utf-8", "replace").decode("latin-1") + "\n"


def sarif_result(source: Source, finding: Finding, made: Diagnostic, levels: Levels) -> Json:
    name = readable(source.name)
    place: Json = {"artifactLocation": {"uri": name}}
    if made.primary is not None:
        place = {"artifactLocation": {"uri": name}, "region": region(made.primary.span)}
    text = readable(made.message)
    if made.hints:
        text += "\n" + readable(made.hints[0])
    result: dict[str, Json] = {
        "ruleId": finding.lint,
        "ruleIndex": ALL.index(BY_NAME[finding.lint]),
        "level": LEVELS[levels.of[finding.lint]],
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
    if finding.edits:
        replacements: list[Json] = [
            {
                "deletedRegion": region(Span(source, edit.begin, edit.end)),
                "insertedContent": {"text": readable(edit.text)},
            }
            for edit in finding.edits
        ]
        change: Json = {"artifactLocation": {"uri": name}, "replacements": replacements}
        result["fixes"] = [{"description": {"text": "as --fix does"}, "artifactChanges": [change]}]
    return result


def region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "byteOffset": span.begin,
        "byteLength": span.end - span.begin,
    }
