"""What a program shows of errors and warnings, in the form that was asked for."""

from __future__ import annotations

import os

from tvix_eval.diagnostics.build import diagnostic_of, warning_of
from tvix_eval.diagnostics.json_form import json_text
from tvix_eval.diagnostics.model import Diagnostic
from tvix_eval.diagnostics.pretty import pretty_text
from tvix_eval.diagnostics.trace import Places
from tvix_eval.errors import NixError, Source, Sources
from tvix_eval.eval_io import join
from tvix_eval.search_path import parse_entry, split_nix_path
from tvix_eval.syntax.settings import ParseWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

JSON: Final = "json"
STORE: Final = "/nix/store"


def shown_error(error: NixError, form: str, places: Places, show_trace: bool, colours: bool) -> str:
    """Byte text of an error, with a line end."""
    return shown(diagnostic_of(error, places), form, places, show_trace, colours)


def shown_warning(
    name: str, text: str, warning: ParseWarning, form: str, places: Places, colours: bool
) -> str:
    """Byte text of a warning of the parser about a source of that name and text, with a line end."""
    sources = Sources()
    pos = sources.add(Source(name, text, False)) + warning.pos + 1 if warning.pos >= 0 else 0
    return shown(warning_of(warning.text, "", pos, sources), form, places, False, colours)


def shown_line(severity: str, code: str, text: str) -> str:
    """JSON of something that is said without a place."""
    return json_text(Diagnostic(severity, code, text)) + "\n"


def shown(made: Diagnostic, form: str, places: Places, show_trace: bool, colours: bool) -> str:
    return json_text(made) + "\n" if form == JSON else pretty_text(made, places, show_trace, colours)


def places_of(named: list[str], included: list[str], nix_path: str, store: str) -> Places:
    """What is whose, by the command line: see `Places`."""
    try:
        folder = os.getcwdb().decode("latin-1")
    except OSError:  # the working folder is gone
        folder = "/"
    libraries = [parse_entry(each).path for each in [*included, *split_nix_path(nix_path)]]
    if store.startswith((".", "/")):
        libraries.append(store)
    roots = [join(folder, each) for each in libraries if each and "://" not in each]
    return Places(folder, [join(folder, each) for each in named], [*roots, STORE])
