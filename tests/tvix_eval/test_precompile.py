"""``tvix-eval --precompile``: what it compiles, what it says, and that nothing is read afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tvix_eval.precompile import WORTH_A_PROCESS, Outcome, processes, unpacked

from .running import environment, run

# Python reads this before the program, which then notes the Nix files that it opens.
WATCH = """
import os, sys
def watch(event, arguments):
    if event == "open" and str(arguments[0]).strip("'b").endswith(".nix"):
        with open(os.environ["WATCHED"], "a") as log:
            log.write(os.path.basename(os.fsdecode(arguments[0])) + "\\n")
sys.addaudithook(watch)
"""


def write_tree(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def opened(folder: Path, *arguments: str) -> tuple[str, list[str]]:
    """What a run prints, and the Nix files that it opens."""
    (folder / "watch").mkdir(exist_ok=True)
    (folder / "watch/sitecustomize.py").write_text(WATCH)
    log = folder / "watch/log"
    log.write_text("")
    packages = environment(folder)["PYTHONPATH"]
    made = run(folder, *arguments, PYTHONPATH=f"{folder}/watch:{packages}", WATCHED=str(log))
    assert (made.code, made.err) == (0, "")
    return made.out, sorted(log.read_text().split())


def test_files_below_folders(tmp_path: Path) -> None:
    files = {"tree/a.nix": "1", "tree/deep/er/b.nix": "2", "tree/c.txt": "no Nix", "tree/d.nix/e.nix": "3"}
    write_tree(tmp_path, {**files, "one": "4", "other.nix": "not { compiled"})
    made = run(tmp_path, "--precompile", "tree", "one")
    assert (made.code, made.out, made.err) == (0, "4 compiled, 0 up to date, 0 failed\n", "")
    made = run(tmp_path, "--precompile", "tree", "one")
    assert (made.code, made.out, made.err) == (0, "0 compiled, 4 up to date, 0 failed\n", "")
    made = run(tmp_path / "tree", "--precompile", XDG_CACHE_HOME=str(tmp_path / ".cache"))
    assert (made.code, made.out) == (0, "0 compiled, 3 up to date, 0 failed\n")


def test_links(tmp_path: Path) -> None:
    """To files they are files; to folders they are not followed, so that no circle is."""
    write_tree(tmp_path, {"tree/a.nix": "1", "outside/b.nix": "2", "c.nix": "3"})
    (tmp_path / "tree/up").symlink_to(tmp_path / "tree")
    (tmp_path / "tree/outside").symlink_to(tmp_path / "outside")
    (tmp_path / "tree/c.nix").symlink_to(tmp_path / "c.nix")
    (tmp_path / "tree/lost.nix").symlink_to(tmp_path / "nowhere")
    assert run(tmp_path, "--precompile", "tree").out == "2 compiled, 0 up to date, 0 failed\n"
    (tmp_path / "named").symlink_to(tmp_path / "outside")
    assert run(tmp_path, "--precompile", "named").out == "1 compiled, 0 up to date, 0 failed\n"


def test_what_does_not_compile_stops_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.nix": "{ a = ", "b.nix": "1 +\n  undefined", "c.nix": "3"})
    made = run(tmp_path, "--precompile", ".", "missing.nix")
    assert (made.code, made.out) == (1, "1 compiled, 0 up to date, 3 failed\n")
    errors = [run(tmp_path, name).err for name in ("a.nix", "b.nix", "missing.nix")]
    assert all(errors) and made.err == "".join(errors)
    assert run(tmp_path, "--precompile", "c.nix").out == "0 compiled, 1 up to date, 0 failed\n"


def test_warnings_are_given(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.nix": "let or = 1; in builtins.length [ (x: x) or ]"})
    made = run(tmp_path, "--precompile", ".")
    assert made.code == 0 and "warning" in made.err


def test_nothing_is_read_afterwards(tmp_path: Path) -> None:
    """Not even files that were written a moment before they were compiled."""
    write_tree(tmp_path, {"a.nix": "import ./b.nix + import ./lib", "b.nix": "1", "lib/default.nix": "2"})
    out, read = opened(tmp_path, "--precompile", ".")
    assert out == "3 compiled, 0 up to date, 0 failed\n" and set(read) == {"a.nix", "b.nix", "default.nix"}
    assert opened(tmp_path, "a.nix") == ("3\n", [])
    assert opened(tmp_path, "--expr", "import ./a.nix") == ("3\n", [])
    (tmp_path / "b.nix").write_text("5")
    assert opened(tmp_path, "a.nix") == ("7\n", ["b.nix"])


def test_many_files_are_shared_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 3 * WORTH_A_PROCESS
    files = {f"{number:04}.nix": str(number) for number in range(count)}
    write_tree(tmp_path / "tree", {**files, "0007.nix": "{", "0200.nix": "}"})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert [processes(each) for each in (0, 1, WORTH_A_PROCESS, count)] == [1, 1, 1, 2]
    made = run(tmp_path, "--precompile", "tree")
    assert (made.code, made.out) == (1, f"{count - 2} compiled, 0 up to date, 2 failed\n")
    assert made.err.index("0007.nix") < made.err.index("0200.nix")
    out, read = opened(tmp_path, "--strict", "--expr", "map (n: import (./tree + n)) [ /0001.nix /0299.nix ]")
    assert (out, read) == ("[ 1 299 ]\n", [])


def test_an_outcome_crosses_a_pipe() -> None:
    outcome = Outcome()
    outcome.compiled, outcome.up_to_date, outcome.failures = 3, 4, {7: "error: \xc3\xa4"}
    again = unpacked(outcome.packed())
    assert again is not None
    again.add(outcome)
    assert (again.compiled, again.up_to_date, again.failures, again.cannot_write) == (
        *(6, 8),
        {7: "error: \xc3\xa4"},
        False,
    )
    assert unpacked(b"") is None and unpacked(outcome.packed()[:-3]) is None


@pytest.mark.parametrize("arguments", [["-E", "1"], ["-"], ["--no-code-cache", "."]])
def test_what_makes_no_sense(tmp_path: Path, arguments: list[str]) -> None:
    made = run(tmp_path, "--precompile", *arguments)
    assert made.code == 1 and made.out == "" and "'--precompile'" in made.err


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.nix": "1"})
    made = run(tmp_path, "--precompile", "--code-cache", "/proc/nowhere", "a.nix")
    assert (made.code, made.out) == (1, "0 compiled, 0 up to date, 0 failed\n")
    assert made.err == "error: cannot write compiled code to '/proc/nowhere'\n"


def test_settings_have_their_own_entries(tmp_path: Path) -> None:
    """What is compiled for pure evaluations is found by those alone."""
    write_tree(tmp_path, {"a.nix": "1"})
    assert run(tmp_path, "--pure-eval", "--precompile", ".").out == "1 compiled, 0 up to date, 0 failed\n"
    assert run(tmp_path, "--restrict-eval", "--precompile", ".").out == "1 compiled, 0 up to date, 0 failed\n"
    assert run(tmp_path, "--precompile", ".").out == "0 compiled, 1 up to date, 0 failed\n"


def test_it_is_in_help_and_completions(tmp_path: Path) -> None:
    assert "--precompile" in run(tmp_path, "--help").out
    for shell in ("bash", "zsh", "fish"):
        assert "precompile" in run(tmp_path, "--completion", shell).out
