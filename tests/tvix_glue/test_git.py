"""``fetchGit`` of repositories of this machine. What is expected was said by C++ Nix 2.34.8."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tvix_eval import Evaluation, NixError, NoIO
from tvix_eval.restricted import RESTRICTED, NoFollowIO, RestrictedIO
from tvix_glue import Glue
from tvix_glue.memory import MemoryStore
from tvix_glue.read_only import ReadOnlyStore
from tvix_glue.store import Store

from .instantiating import Instantiation

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

DATE = "2021-01-01T00:00:00Z"
AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a"), ("EMAIL", "a@b"), ("DATE", DATE))
}


def sh(folder: Path, commands: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= AUTHOR | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["sh", "-ec", commands], cwd=folder, check=True, env=environment, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sh(tmp_path, "git init -q -b main r")
    return tmp_path / "r"


TREES = json.loads((Path(__file__).parent / "git_trees.json").read_text())


def evaluate(expression: str, folder: Path, store: Store | None = None) -> str:
    return Instantiation(store or MemoryStore()).text(expression, str(folder))


@pytest.mark.parametrize("case", TREES, ids=[case["name"] for case in TREES])
def test_what_is_said_of_a_tree(case: dict[str, Any], folder: Path) -> None:
    sh(folder, case["setup"])
    said = f'let t = {case["expression"]}; in builtins.toJSON (removeAttrs t ["outPath"] // {{ path = t.outPath; }})'
    assert json.loads(evaluate(said, folder.parent)) == case["said"]


FILES = "mkdir d; echo 1 >d/f; chmod +x d/f; ln -s d/f l; git add .; git commit -qm a"


@pytest.mark.parametrize("reference", ["./r", '{ url = ./r; ref = "HEAD"; }'])
@pytest.mark.parametrize("store", [MemoryStore, ReadOnlyStore])
def test_what_is_fetched_can_be_read(reference: str, store: type[Store], folder: Path) -> None:
    sh(folder, FILES + "; echo 2 >untracked")
    listing = f'builtins.toJSON (map builtins.readDir [(fetchGit {reference}) "${{fetchGit {reference}}}/d"])'
    expected = [{"d": "directory", "l": "symlink"}, {"f": "regular"}]
    assert json.loads(evaluate(listing, folder.parent, store())) == expected
    assert evaluate(f'builtins.readFile "${{fetchGit {reference}}}/l"', folder.parent, store()) == "1\n"


def test_hooks_and_monitors_of_a_repository_do_not_run(folder: Path) -> None:
    sh(folder, FILES + "; printf '#!/bin/sh\\ntouch ../ran\\n' >m; chmod +x m; git config core.fsmonitor ./m")
    evaluate("fetchGit ./r + ''''", folder.parent)
    assert not (folder.parent / "ran").exists()


class OneFile(NoIO):
    def file_type(self, path: str) -> str | None:
        return "directory"


def test_a_world_of_a_host_shows_no_repository_of_the_machine(folder: Path) -> None:
    sh(folder, FILES)
    glue = Glue(MemoryStore(), OneFile())
    with pytest.raises(NixError, match="fetches nothing"):
        evaluation = Evaluation(builtins=glue.builtins(), io=OneFile())
        evaluation.evaluate(f'fetchGit "{folder}"')


def test_restricted_programs_may_not_fetch(folder: Path) -> None:
    sh(folder, FILES)
    io = RestrictedIO(NoFollowIO(), (), RESTRICTED, [])
    glue = Glue(MemoryStore(), io)
    with pytest.raises(NixError, match="access to URI 'git.file:.* is forbidden in restricted mode"):
        Evaluation(builtins=glue.builtins(), io=io).evaluate(f'fetchGit "{folder}"')


def test_without_git_it_is_said_what_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sh(folder, FILES)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NixError, match="executing 'git'"):
        evaluate("fetchGit ./r + ''''", folder.parent)
