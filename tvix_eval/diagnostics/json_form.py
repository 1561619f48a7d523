"""A diagnostic as JSON, for editors: one object in one line. docs/errors.md describes it."""

from __future__ import annotations

from tvix_eval.diagnostics.model import Diagnostic, Entry, Label, Span
from tvix_eval.output.json import quote
from tvix_eval.output.terminal import filter_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

NULL: Final = "null"


def json_text(made: Diagnostic) -> str:
    """Byte text of the object, without a line end."""
    spans = [] if made.primary is None else [labelled(made.primary, True)]
    spans += [labelled(label, False) for label in made.secondary]
    return record(
        [
            ("severity", quoted(made.severity)),
            ("code", quoted(made.code)),
            ("message", quoted(filter_text(made.message, False))),
            ("spans", array(spans)),
            ("hints", array([quoted(hint) for hint in made.hints])),
            ("trace", array([step(entry) for entry in made.trace])),
            ("circle", array([labelled(label, False) for label in made.circle])),
        ]
    )


def labelled(label: Label, primary: bool) -> str:
    members = members_of(label.span)
    members.append(("primary", "true" if primary else "false"))
    members.append(("label", quoted(label.text) if label.text else NULL))
    return record(members)


def members_of(span: Span) -> list[tuple[str, str]]:
    return [
        ("file", quoted(span.source.name)),
        ("line", str(span.line)),
        ("column", str(span.column)),
        ("end_line", str(span.end_line)),
        ("end_column", str(span.end_column)),
        ("begin", str(span.begin)),
        ("end", str(span.end)),
    ]


def step(entry: Entry) -> str:
    return record(
        [
            ("message", quoted(filter_text(entry.text, False))),
            ("span", NULL if entry.span is None else record(members_of(entry.span))),
            ("defined", NULL if entry.defined is None else record(members_of(entry.defined))),
            ("library", "true" if entry.library else "false"),
            ("repeats", str(entry.repeats)),
            ("period", str(entry.period)),
        ]
    )


def record(members: list[tuple[str, str]]) -> str:
    return "{" + ",".join([quoted(name) + ":" + value for name, value in members]) + "}"


def quoted(text: str) -> str:
    """A JSON string; what is not UTF-8 becomes a replacement character."""
    if not text.isascii():
        text = text.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")
    return quote(text)


def array(items: list[str]) -> str:
    return "[" + ",".join(items) + "]"
