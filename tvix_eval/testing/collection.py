"""The cases of a file, whatever kind of test it holds."""

from __future__ import annotations

from pathlib import Path

from tvix_eval.testing.cases import Case, Layout, case_of_file, kind_of
from tvix_eval.testing.tables import read_table


def cases_of(path: Path, layout: Layout) -> list[Case]:
    """Raises CaseError."""
    if kind_of(path) == "table":
        return read_table(path, layout).cases()
    case = case_of_file(path, layout)
    return [] if case is None else [case]
