"""``tvix-compare`` as a process, with a double of the reference."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tvix_glue
from tvix_glue import FolderStore

from ..instantiating import instantiate

PACKAGES = str(Path(str(tvix_glue.__file__)).parent.parent)
FAKE = Path(__file__).parent / "fake_nix.py"
MAKE = """
let make = name: attrs: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; } // attrs);
in
"""
SET = (
    MAKE
    + """
rec {
  same = make "same" { };
  deep = make "deep" { x = "here"; };
  user = make "user" { inherit deep; };
  fails = throw "no";
  aborts = abort "dead";
  recursive = let x = x; in x;
  overflows = let f = n: 1 + f n; in f 1;
  fine = make "fine" { };
  nested = { recurseForDerivations = true; inner = same; "dotted.name" = same; };
  hidden = { inner = throw "is not looked at"; };
  number = 1;
  here = same;
}
"""
)


class Comparison:
    """A folder with a set, and with what the reference makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "default.nix").write_text(SET)
        self.outcomes: dict[str, object] = {}
        for attribute in ("same", "deep", "user", "fine"):
            self.outcomes[attribute] = self.derivation(SET, attribute)
        same = self.outcomes["same"]
        self.outcomes |= {"nested.inner": same, "nested.dotted.name": same, "here": same}
        self.outcomes |= {"nested": ["dotted.name", "inner", "recurseForDerivations"], "hidden": None}
        self.outcomes |= {"nested.recurseForDerivations": None, "number": None}
        self.outcomes |= {name: "!its error" for name in ("fails", "aborts", "recursive", "overflows")}
        self.outcomes[""] = sorted(name for name in self.outcomes if "." not in name)

    def derivation(self, text: str, attribute: str) -> str:
        return instantiate(FolderStore(str(self.folder / "store")), f"({text}).{attribute}")

    def record(self) -> Path:
        """The outcomes as nix-eval-jobs would print them."""
        file = self.folder / "recorded.jsonl"
        with open(file, "w") as lines:
            for name, value in self.outcomes.items():
                if isinstance(value, str):
                    path = ["nested", "dotted.name"] if "dotted" in name else name.split(".")
                    said = {"error": value[1:]} if value.startswith("!") else {"drvPath": value}
                    lines.write(json.dumps({"attr": name, "attrPath": path, **said}) + "\n")
        return file

    def run(self, *arguments: str, recorded: bool = False) -> subprocess.CompletedProcess[str]:
        if recorded:
            arguments = ("--recorded", str(self.record()), *arguments)
        else:
            arguments = ("--nix", str(self.fake()), *arguments)
        return compare(self.folder, *arguments)

    def fake(self) -> Path:
        program = self.folder / "nix-instantiate"
        (self.folder / "outcomes").write_text(json.dumps(self.outcomes))
        program.write_text(
            f'#!/bin/sh\nFAKE_OUTCOMES={self.folder}/outcomes exec {sys.executable} {FAKE} "$@"\n'
        )
        program.chmod(0o755)
        return program


def compare(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tvix_glue.compare.program", "--jobs", "2", "--no-cache", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": PACKAGES, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    return Comparison(tmp_path)


def statuses(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert done.stderr == ""
    return {each["attr"]: each["status"] for each in json.loads(done.stdout)["attributes"]}


@pytest.mark.parametrize("recorded", [False, True])
def test_sides_that_agree(comparison: Comparison, recorded: bool) -> None:
    done = comparison.run(recorded=recorded)
    assert done.stderr == ""
    assert (done.returncode, done.stdout) == (0, "7 equal, 4 fails on both sides\n")


@pytest.mark.parametrize("recorded", [False, True])
def test_sides_that_differ(comparison: Comparison, recorded: bool) -> None:
    changed = SET.replace('x = "here"', 'x = "there"')
    comparison.outcomes["deep"] = comparison.derivation(changed, "deep")
    comparison.outcomes["user"] = comparison.derivation(changed, "user")
    comparison.outcomes["fails"] = comparison.outcomes["same"]
    comparison.outcomes["fine"] = "!broken there"
    comparison.outcomes["number"] = comparison.outcomes["same"]
    comparison.outcomes[""] = [
        name for name in comparison.outcomes if name not in ("here", "") and "." not in name
    ]
    del comparison.outcomes["here"]
    done = comparison.run("--json", "--store", str(comparison.folder / "store"), recorded=recorded)
    assert done.returncode == 1
    assert {name: status for name, status in statuses(done).items() if status != "equal"} == {
        "deep": "different",
        "user": "different",
        "fails": "fails here",
        "aborts": "fails on both sides",
        "recursive": "fails on both sides",
        "overflows": "fails on both sides",
        "fine": "fails in the reference",
        "number": "only in the reference",
        "here": "only here",
    }
    report = json.loads(done.stdout)
    assert report["counts"]["different"] == 2
    (fine,) = [each for each in report["attributes"] if each["attr"] == "fine"]
    assert fine["reference"] == {"error": "broken there"}
    (cause,) = report["causes"]
    assert (cause["name"], cause["attributes"]) == ("deep", ["deep", "user"])
    assert [(each["left"], each["right"]) for each in cause["differences"]] == [("there", "here")]


def test_text(comparison: Comparison) -> None:
    changed = SET.replace('x = "here"', 'x = "there"')
    comparison.outcomes["deep"] = comparison.derivation(changed, "deep")
    comparison.outcomes["number"] = comparison.outcomes["same"]
    comparison.outcomes["fails"] = comparison.outcomes["same"]
    done = comparison.run("--store", str(comparison.folder / "store"), recorded=True)
    here, there = comparison.derivation(SET, "deep"), comparison.outcomes["deep"]
    assert (
        done.stdout
        == f"""\
Different:
  deep
    - {there}
    + {here}

Fails here:
  fails: no

Only in the reference:
  number

What made them differ (- reference, + here):
1 root cause

1. deep (derivation)
   - {there}
   + {here}
   in deep
   env.x: [-there-]{{+here+}}

6 equal, 1 different, 1 fails here, 1 only in the reference, 3 fails on both sides
"""
    )


def test_derivations_of_the_reference_that_are_nowhere(comparison: Comparison) -> None:
    comparison.outcomes["deep"] = "/nix/store/" + "a" * 32 + "-deep.drv"
    done = comparison.run(recorded=True)
    assert done.returncode == 1
    assert "deep is not analysed: derivation '/nix/store/" in done.stdout
    assert "is not analysed" not in comparison.run("--no-causes", recorded=True).stdout


def test_processes_that_run_away(comparison: Comparison) -> None:
    """In the reference; each takes down but itself."""
    comparison.outcomes |= {"deep": "hang", "fine": "crash", "same": "eat", "user": "!its error"}
    start = time.monotonic()
    done = comparison.run("--json", "--timeout", "4", "--max-memory", "150", "--no-causes")
    assert time.monotonic() - start < 60
    there = {each["attr"]: each["reference"] for each in json.loads(done.stdout)["attributes"]}
    assert there["deep"] == {"error": "it takes longer than 4 seconds"}
    assert there["fine"] == {"error": "it ends with SIGSEGV"}
    assert there["same"] == {"error": "it needs more than 150 MiB of memory"}
    assert there["user"] == {"error": "its error"}
    assert there["here"] == there["nested.inner"] == {"drvPath": comparison.outcomes["here"]}


def test_our_processes_that_run_away(comparison: Comparison) -> None:
    text = """{
      spins = let l = builtins.genList (x: x) 10000; f = g: builtins.foldl' (a: _: g) 0 l; in
        builtins.foldl' (a: _: builtins.foldl' (b: _: builtins.foldl' (c: _: c) 0 l) 0 l) 0 l;
      eats = builtins.foldl' (a: n: a ++ a) [ 1 ] (builtins.genList (x: x) 60);
      fine = derivation { name = "fine"; system = "x86_64-linux"; builder = "/bin/sh"; };
    }"""
    (comparison.folder / "default.nix").write_text(text)
    comparison.outcomes = {"fine": comparison.outcomes["fine"], "eats": "!x", "spins": "!x"}
    done = comparison.run("--json", "--timeout", "6", "--max-memory", "700", recorded=True)
    here = {each["attr"]: each["here"] for each in json.loads(done.stdout)["attributes"]}
    assert here == {
        "fine": {"drvPath": comparison.outcomes["fine"]},
        "spins": {"error": "it takes longer than 6 seconds"},
        "eats": {"error": "it needs more than 700 MiB of memory"},
    }


def test_resumption(comparison: Comparison) -> None:
    log = comparison.folder / "log"
    first = comparison.run("--json", "--resume", str(log))
    starts = comparison.folder / "outcomes.starts"
    count = len(starts.read_text())
    second = comparison.run("--json", "--resume", str(log))
    assert second.stdout == first.stdout
    assert len(starts.read_text()) == count, "nothing is evaluated again"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[: len(lines) // 2]) + lines[-1][:5])
    third = comparison.run("--json", "--resume", str(log))
    assert statuses(third) == statuses(first)
    assert len(starts.read_text()) > count
    other = comparison.run("--resume", str(log), "-A", "nested")
    assert other.returncode == 2
    assert other.stderr == f"error: {log} is of another comparison; remove it to begin anew\n"


def test_part_of_a_set_with_arguments(comparison: Comparison) -> None:
    (comparison.folder / "set.nix").write_text(
        "{ word, n ? 1 }: { x." + "a = " + MAKE + " make word { inherit n; }; }"
    )
    (comparison.folder / "recorded").write_text("")
    done = compare(
        comparison.folder, "set.nix", "-A", "x", "--argstr", "word", "w", "--arg", "n", "1 + 1",
        "--recorded", "recorded", "--json",
    )  # fmt: skip
    expected = comparison.derivation("{ a = " + MAKE + ' make "w" { n = 2; }; }', "a")
    ((name, here),) = [(each["attr"], each["here"]) for each in json.loads(done.stdout)["attributes"]]
    assert (name, here) == ("a", {"drvPath": expected})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one of the arguments --nix --recorded is required"),
        (["--recorded", "absent"], "error: absent: No such file or directory"),
        (["--nix", "/absent"], "error: /absent: there is no nix-instantiate"),
        (["absent.nix", "--recorded", "empty"], "error: there is no file '"),
        (["x", "-E", "1", "--recorded", "empty"], "error: either a file or an expression, not both"),
        (["-A", 'a"', "--recorded", "empty"], "missing closing quote in selection path"),
        (["--jobs", "0", "--recorded", "empty"], "'0' is not a positive number"),
        (["-E", "1 +", "--recorded", "empty"], "error: the set can't be evaluated here: syntax error"),
        (["-E", 'throw "x"', "--recorded", "empty"], "error: the set can't be evaluated here: x"),
        (["--recorded", "default.nix"], "it has neither attrPath nor attr"),
        (["--recorded", "deep"], "error: deep, line 1: not JSON: "),
        (["--recorded", "empty", "--store", "absent"], "error: 'absent' is not a folder"),
        (["--recorded", "empty", "--resume", "/absent/log"], "error: /absent/log: No such file or directory"),
    ],
)
def test_trouble(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "default.nix").write_text("{ }")
    (tmp_path / "empty").write_text("")
    (tmp_path / "deep").write_text("[" * 1_000_000)
    done = compare(tmp_path, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_interruption(comparison: Comparison) -> None:
    comparison.outcomes["deep"] = "hang"
    command = [
        sys.executable,
        "-m",
        "tvix_glue.compare.program",
        "--nix",
        str(comparison.fake()),
        "--no-cache",
    ]
    process = subprocess.Popen(
        command,
        cwd=comparison.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": PACKAGES},
        stderr=subprocess.PIPE,
        text=True,
    )
    starts = comparison.folder / "outcomes.starts"
    deadline = time.monotonic() + 30
    while not starts.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (2, "error: interrupted by the user\n")
