"""Errors of expressions as the program shows them, without starting one."""

from __future__ import annotations

import pytest

from tvix_eval.diagnostics.build import diagnostic_of
from tvix_eval.diagnostics.model import Diagnostic
from tvix_eval.diagnostics.pretty import pretty_text
from tvix_eval.diagnostics.trace import Places
from tvix_eval.errors import NixError
from tvix_eval.settings import Settings

from ..evaluating import Program

HERE = Places("/home/me", [], ["/lib"])


def failure(text: str) -> NixError:
    """The error that an expression ends with, with all of its trace."""
    with pytest.raises(NixError) as caught:
        Program(Settings(show_trace=True, max_call_depth=500)).value(text)
    return caught.value


def diagnostic(text: str, places: Places = HERE) -> Diagnostic:
    return diagnostic_of(failure(text), places)


def shown(text: str, show_trace: bool = False, colours: bool = False) -> str:
    return readable(pretty_text(diagnostic(text), HERE, show_trace, colours))


def readable(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")
