"""An error of an evaluation as a diagnostic."""

from __future__ import annotations

from tvix_eval.diagnostics.documents import Documents
from tvix_eval.diagnostics.hints import hints_of
from tvix_eval.diagnostics.model import ERROR, WARNING, Diagnostic, Label
from tvix_eval.diagnostics.recursion import circle_of
from tvix_eval.diagnostics.trace import Places, first_own, trace_of
from tvix_eval.errors import InfiniteRecursionError, NixError, Sources


def diagnostic_of(error: NixError, places: Places) -> Diagnostic:
    """All that can be said of an error."""
    documents = Documents(error.sources)
    made = Diagnostic(ERROR, error.kind(), error.message)
    pos = int(error.pos)
    span = documents.span(pos, error.message)
    if span is not None:
        made.primary = Label(span)
        made.library = places.is_library(span)
    made.trace = trace_of(error, documents, places)
    if made.primary is None:
        # Nix's error has no place: it is where the innermost step is.
        entry = first_own(made.trace) or next((each for each in made.trace if each.span is not None), None)
        if entry is not None and entry.span is not None:
            made.primary = Label(entry.span, entry.text)
            made.library = entry.library
            if entry.defined is None and not entry.repeats:
                made.trace.remove(entry)
    if isinstance(error, InfiniteRecursionError):
        made.circle = circle_of(error, documents)
    made.hints = hints_of(error, documents, made)
    return made


def warning_of(message: str, code: str, pos: int, sources: Sources | None) -> Diagnostic:
    """A warning as a diagnostic."""
    made = Diagnostic(WARNING, code, message)
    span = Documents(sources).span(pos, message)
    if span is not None:
        made.primary = Label(span)
    return made
