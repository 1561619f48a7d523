"""The REPL as a program uses it: transcripts, most of which a real ``nix repl`` has written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "tools"))

from verify_lang_tests.nix_repl import (  # noqa: E402
    Transcript,
    comparable,
    difference,
    find_transcripts,
    run_ours,
    run_suite,
)

TRANSCRIPTS = Path(__file__).parent / "transcripts"


@pytest.mark.parametrize("transcript", find_transcripts(TRANSCRIPTS), ids=lambda each: each.path.stem)
def test_transcripts(transcript: Transcript) -> None:
    assert difference(transcript, run_ours(transcript)) == ""


def test_a_suite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "right.in").write_text("1\n")
    (tmp_path / "right.expected").write_text("Nix <nix version>\nType :? for help.\n\nnix-repl> 1\n1\n")
    (tmp_path / "wrong.in").write_text("2\n")
    (tmp_path / "wrong.expected").write_text("Nix <nix version>\nType :? for help.\n\nnix-repl> 2\n3\n")
    assert run_suite(tmp_path, "") == 1
    shown = capsys.readouterr().out
    assert "wrong:" in shown
    assert shown.endswith("2 transcripts: 1 equal\n")


def test_what_is_compared(tmp_path: Path) -> None:
    shown = (
        "Nix 2.34.8\nnix-repl> :l x\nAdded 25 variables.\na\n... and 5 more; view with :ll\n\n\nnix-repl> \n"
    )
    expected = "Nix <nix version>\n\nnix-repl> :l x\nAdded <number omitted> variables.\n"
    assert comparable(shown, tmp_path) == expected
    assert comparable(f"\x1b[36;1m{tmp_path}/x\x1b[0m", tmp_path) == (
        f"/path/to/tests/functional/{tmp_path.name}/x\n"
    )
