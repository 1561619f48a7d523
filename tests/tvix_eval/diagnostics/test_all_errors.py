"""Every error of the golden tests can be shown in every form."""

from __future__ import annotations

import json

import pytest

from tvix_eval.cli import Command
from tvix_eval.diagnostics import face
from tvix_eval.diagnostics.trace import Places
from tvix_eval.errors import NixError
from tvix_eval.testing.cases import find_test_files, layout_of
from tvix_eval.testing.collection import cases_of
from tvix_eval.testing.runner import Runner, own_words

from ...importing import ROOT


def test_all_can_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program falls back to Nix's text where this fails, so nobody would notice."""
    original = face.shown_error
    troubles: list[str] = []
    count = 0

    def shown(error: NixError, form: str, places: Places, show_trace: bool, colours: bool) -> str:
        nonlocal count
        count += 1
        try:
            for whole in (False, True):
                assert original(error, "pretty", places, whole, True)
                assert "\x1b" not in original(error, "pretty", places, whole, False)
            record = json.loads(original(error, "json", places, False, False).encode("latin-1"))
            assert record["severity"] == "error"
        except Exception as trouble:
            troubles.append(f"{error}: {trouble!r}")
        return original(error, form, places, show_trace, colours)

    def program(words: list[str], environment: dict[str, str]) -> int:
        return Command(["--no-code-cache", *own_words(words)], environment).run()

    monkeypatch.setattr(face, "shown_error", shown)
    root = ROOT / "tests" / "nix_tests"
    layout = layout_of(root)
    runner = Runner(program)
    for file in find_test_files(root):
        for case in cases_of(file, layout):
            if case.expected is not None and case.expected.fails:
                runner.run(case)
    assert troubles == []
    assert count > 1000
