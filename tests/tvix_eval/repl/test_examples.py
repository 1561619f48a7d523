"""The examples of builtins: there is one for each, and its value is what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tvix_eval.repl.examples import examples

from ..running import environment

PROGRAM = [sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()"]
FEATURES = "flakes fetch-closure dynamic-derivations"
FLAGS = ["--strict", "--error-format", "nix", "--extra-experimental-features", FEATURES, "-E"]
FILES = {"file": "hello", "folder/file": "inside", "two.nix": "1 + 1", "variable.nix": "x + 1"}
ELSEWHERE = {"fetchClosure", "fetchGit", "fetchMercurial", "fetchTarball", "fetchTree", "fetchurl"}
ELSEWHERE |= {"getFlake", "storePath"}
ENDS_IT = "abort"


def evaluated(folder: Path, *expressions: str) -> tuple[list[str], str]:
    """The values, and the last line of the error."""
    made = subprocess.run(
        [*PROGRAM, *FLAGS, *expressions],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
    )
    return made.stdout.splitlines(), made.stderr.rstrip().rpartition("\n")[2].strip()


def test_each_builtin_has_an_example(tmp_path: Path) -> None:
    names, _ = evaluated(tmp_path, 'builtins.concatStringsSep " " (builtins.attrNames builtins)')
    assert sorted(examples()) == [name for name in names[0].strip('"').split() if name != "builtins"]


def test_examples(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    given = {name: lines for name, lines in examples().items() if name not in ELSEWHERE}
    ends = given.pop(ENDS_IT)
    values, _ = evaluated(tmp_path, *(lines[0] for lines in given.values()))
    assert dict(zip(given, values, strict=True)) == {
        name: lines[1].removeprefix("=> ") for name, lines in given.items()
    }
    assert evaluated(tmp_path, ends[0]) == ([], ends[1].removeprefix("=> "))


def test_examples_that_reach_elsewhere(tmp_path: Path) -> None:
    """They are at least expressions."""
    for name in ELSEWHERE:
        (expression,) = examples()[name]
        text = expression.encode("latin-1").decode()
        assert evaluated(tmp_path, f"builtins.seq (x: {text}) {{ }}") == (["{ }"], "")
