"""The parts of tools/fuzz that need no Nix."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent.parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

from fuzz import crashes, trial  # noqa: E402
from fuzz.crashes import CrashSearch  # noqa: E402
from fuzz.minimise import minimise  # noqa: E402
from fuzz.mutations import Mutator, find_files  # noqa: E402
from fuzz.parsing import ParseComparison  # noqa: E402
from fuzz.raw_texts import RawTexts  # noqa: E402
from fuzz.trial import DEFECT, ERROR, LIMIT, PARSE_ERROR, VALUE, Trial  # noqa: E402
from verify_lang_tests.nix import Nix  # noqa: E402

NO_NIX = """#!/bin/sh
read line
case $line in *bad*) echo "error: it is bad" >&2; exit 1 ;; esac
echo "[ (1) ]"
"""

# Says how it ended, as the worker does, for some texts.
NO_WORKER = """
import json, os, sys, time
print("false", flush=True)
for line in sys.stdin.buffer:
    text = sys.stdin.buffer.read(int(line))
    if b"crash" in text:
        os.abort()
    if b"hang" in text:
        time.sleep(60)
    ending = ["defect", '  File "x.py", line 1'] if b"defect" in text else ["value", ""]
    print(json.dumps(ending), flush=True)
"""


def write_files(folder: Path) -> list[Path]:
    (folder / "a.nix").write_text("{ a = [ 1 2 ]; b = x: x + 1; }\n")
    (folder / "b.nix").write_bytes(b"let s = ''\n  \xff${s}''; in s")
    (folder / "c.txt").write_text("no Nix")
    (folder / "d.nix").write_text("#" * 100_000)
    return find_files([folder])


def test_mutants_depend_on_seed_and_number_alone(tmp_path: Path) -> None:
    files = write_files(tmp_path)
    assert [path.name for path in files] == ["a.nix", "b.nix"]
    mutator = Mutator(files, 3)
    made = [mutator.mutant(number) for number in range(300)]
    assert [Mutator(files, 3).mutant(number) for number in range(299, -1, -1)] == made[::-1]
    assert len(set(made)) > 200
    assert made != [Mutator(files, 4).mutant(number) for number in range(300)]


def test_empty_files_can_be_mutated(tmp_path: Path) -> None:
    (tmp_path / "empty.nix").write_text("")
    mutator = Mutator(find_files([tmp_path]), 0)
    assert {len(mutator.mutant(number)) for number in range(200)} <= {0, 1, 2, 3}


def test_raw_texts_depend_on_seed_and_number_alone() -> None:
    texts = RawTexts(5)
    made = [texts.text(number) for number in range(200)]
    assert [RawTexts(5).text(number) for number in reversed(range(200))] == made[::-1]
    assert len(set(made)) > 150
    "".join(made).encode("latin-1")


def test_minimising() -> None:
    text = "let\n  a = 1;\n  b = 2;\nin\n  a + throw b\n"
    assert minimise(text, lambda each: "throw" in each) == "throw"
    assert minimise(text, lambda each: each.count("=") == 2) == "=="
    tried: list[str] = []

    def never(each: str) -> bool:
        tried.append(each)
        return False

    assert minimise(text, never, tries=5) == text
    assert len(tried) == 5


def test_comparing_what_parses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "nix"
    program.write_text(NO_NIX)
    program.chmod(0o755)
    nix = Nix(str(program))
    texts = ["[ 1 ]", "[ 1 bad ]", "[ 1 ]  # x", "[ 1 2 3 ]", "[ 2 3 ]"]
    comparison = ParseComparison(nix, jobs=2)
    comparison.run(lambda number: texts[number], 0, len(texts))
    nix.close()
    assert (comparison.accepted, comparison.differing) == (4, 3)
    told = capsys.readouterr().out
    assert told.count("--- mutant ") == len(comparison.found) == 2
    assert "exit code 1, Nix has 0" not in told
    assert "error: undefined variable 'bad'" in told


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("{ a = 1", PARSE_ERROR),
        ("a", PARSE_ERROR),
        ("{ a = x: x; }", VALUE),
        ("rec { a = a; }", VALUE),
        ("throw 1", ERROR),
        ('(derivation { name = "a"; }).drvPath', ERROR),
        ('builtins.readFile "/etc/passwd"', ERROR),
        ("let f = n: f (n + 1); in (f 0)", ERROR),
    ],
)
def test_a_trial(text: str, ending: str) -> None:
    assert Trial(text).run() == (ending, "")


def test_a_trial_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SECONDS", 0.2)
    endless = (
        "builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; }"
    )
    assert Trial(endless).run() == (LIMIT, "")


def test_a_trial_shows_defects(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("nobody expects this")

    monkeypatch.setattr(trial, "write_value", broken)
    ending, detail = Trial("1").run()
    assert ending == DEFECT
    assert detail.startswith("Traceback") and "nobody expects this" in detail


def test_what_breaks_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(NO_WORKER)
    monkeypatch.setattr(crashes, "WORKER", worker)
    search = CrashSearch(0, patience=1.0)
    for number, text in enumerate(
        ["fine", "a crash b", "x defect", "[ defect ]", "hang", "crash", "fine", "xhang"]
    ):
        search.try_text(number, text)
    search.worker.close()
    assert search.endings == {"value": 2, "crash": 2, "defect": 2, "hang": 2}
    told = capsys.readouterr().out
    assert "--- text 1: crash\ncrash\nSIGABRT\n" in told
    assert "--- text 2: defect\ndefect\n  File" in told
    assert "--- text 4: hang\nhang\n" in told
    assert "--- text 7: hang\nxhang\n" in told
    assert told.count("--- text ") == search.findings == 4


def test_the_worker(capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["1", "(", 'throw "x"']
    search = CrashSearch(0.01)
    assert search.run(lambda number: texts[number % 3], 0) == 0
    assert "; 0 findings\n" in capsys.readouterr().out
