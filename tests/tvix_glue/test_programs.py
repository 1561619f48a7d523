"""The programs with a store, as a user meets them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ..tvix_eval.running import Outcome, environment

# What starting a program should not wait for.
HEAVY = {"argparse", "asyncio", "attrs", "enum", "functools", "importlib.resources", "json", "lark"}
HEAVY |= {"pathlib", "prompt_toolkit", "re", "rich", "tempfile", "tvix_eval.repl", "typing"}


def run(folder: Path, entry: str, *words: str, options: tuple[str, ...] = (), **variables: str) -> Outcome:
    program = [sys.executable, *options, "-c", f"from tvix_glue.programs import {entry}; {entry}()"]
    return Outcome(
        subprocess.run(
            [*program, *words], cwd=folder, env=environment(folder, **variables), capture_output=True
        )
    )


FOO = 'derivation { name = "foo"; system = "x86_64-linux"; builder = "/bin/sh"; }'
FOO_DRV = "/nix/store/9d794zbx10n43fa6zaqf33pfymdrm4r2-foo.drv"


@pytest.mark.parametrize("entry", ["evaluate", "instantiate"])
def test_little_is_imported(tmp_path: Path, entry: str) -> None:
    made = run(
        tmp_path,
        entry,
        "--eval" if entry == "instantiate" else "--strict",
        "-E",
        "1 + 1",
        options=("-S", "-X", "importtime"),
    )
    lines = [line for line in made.err.splitlines() if line.startswith("import time:")]
    assert len(lines) > 50, made
    assert {line.rpartition("|")[2].strip() for line in lines} & HEAVY == set()


def test_what_was_put_into_the_store_in_memory_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_text("contents")
    expression = """
        [ (builtins.readFile (builtins.toFile "a" "b")) (builtins.readDir "${./tree}")
          (builtins.readFile "${./tree}/file") (import (%s).drvPath).name ]
    """
    made = run(tmp_path, "evaluate", "--strict", "-E", expression % FOO)
    assert (made.code, made.err) == (0, "")
    assert made.out == '[ "b" { file = "regular"; } "contents" "foo" ]\n'


def test_instantiating_writes_to_a_folder(tmp_path: Path) -> None:
    made = run(tmp_path, "instantiate", "--store", "./store", "--add-root", "link", "-E", FOO)
    assert (made.code, made.out, made.err) == (0, f"{tmp_path}/link\n", "")
    written = tmp_path / "store" / FOO_DRV[1:]
    assert written.read_text().startswith('Derive([("out","/nix/store/')
    assert (tmp_path / "link").resolve() == written
    again = run(tmp_path, "instantiate", "--store", "./store", "-E", f"[ ({FOO}) ]")
    assert (again.code, again.out) == (0, FOO_DRV + "\n")
    assert again.err.startswith("warning: you did not specify '--add-root'")


def test_the_users_own_store(tmp_path: Path) -> None:
    assert run(tmp_path, "instantiate", "-E", FOO, XDG_DATA_HOME=str(tmp_path / "data")).code == 0
    assert (tmp_path / "data/tvix/store" / FOO_DRV[1:]).is_file()


def test_evaluating_alone_writes_nothing(tmp_path: Path) -> None:
    made = run(tmp_path, "instantiate", "--eval", "--store", "./store", "-E", f"({FOO}).drvPath")
    assert (made.code, made.out) == (0, f'"{FOO_DRV}"\n')
    assert not (tmp_path / "store").exists()
    made = run(tmp_path, "instantiate", "--eval", "-E", 'builtins.readFile (builtins.toFile "a" "b")')
    assert made.code == 1 and made.err.endswith("-a' is not valid\n")
    words = ("--eval", "--read-write-mode", "--store", "./store")
    made = run(tmp_path, "instantiate", *words, "-E", 'builtins.readFile (builtins.toFile "a" "b")')
    assert (made.code, made.out, made.err) == (0, '"b"\n', "")


@pytest.mark.parametrize("entry", ["evaluate", "instantiate"])
def test_stores_that_are_none(tmp_path: Path, entry: str) -> None:
    made = run(tmp_path, entry, "--store", "nowhere://x", "-E", "1")
    assert (made.code, made.out) == (1, "")
    assert made.err == "error: don't know how to open Nix store with URI 'nowhere://x'\n"


def test_several_roots(tmp_path: Path) -> None:
    expression = (
        f'[ ({FOO}) (derivation {{ name = "bar"; system = "x"; builder = "y"; outputs = [ "o" ]; }}) ]'
    )
    made = run(tmp_path, "instantiate", "--store", "./store", "--add-root", "link", "-E", expression)
    assert (made.code, made.out) == (0, f"{tmp_path}/link\n{tmp_path}/link-2!o\n")
    (tmp_path / "in-the-way").write_text("")
    made = run(tmp_path, "instantiate", "--store", "./store", "--add-root", "in-the-way", "-E", FOO)
    assert made.code == 1 and "cannot create symlink" in made.err
