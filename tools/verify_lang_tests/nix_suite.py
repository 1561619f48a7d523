"""Nix's own tests of the language, ``tests/functional/lang`` of a checkout, run through ours.

Each is compared on three levels: the exit class; value and last error line; every byte.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

import attrs

from tvix_eval.testing.cases import (
    ENVIRONMENT,
    KINDS,
    Case,
    Layout,
    Outcome,
    find_test_files,
    kind_of,
    sibling,
)
from tvix_eval.testing.collection import cases_of
from tvix_eval.testing.expectations import (
    EVERY_BYTE,
    EXIT_CLASS,
    NOTHING,
    VALUE_AND_MESSAGE,
    agreement,
    differences,
    expected_outcome,
)
from tvix_eval.testing.runner import Runner
from tvix_glue.testing import instantiate_program

from .progress import Progress

LEVELS: Final = {
    NOTHING: "nothing",
    EXIT_CLASS: "the exit class",
    VALUE_AND_MESSAGE: "value and last error line",
    EVERY_BYTE: "every byte",
}

# What the suite's configuration file says, as words.
CONFIGURATION: Final = ("--show-trace", "--extra-experimental-features", "nix-command flakes")


@attrs.frozen
class Result:
    case: Case
    outcome: Outcome
    level: int


def layout_of_suite(root: Path) -> Layout:
    root = Path(os.path.realpath(root))
    search_path = f"{root.name}/dir3:{root.name}/dir4"
    return Layout(
        root,
        root.parent,
        environment={**ENVIRONMENT, "HOME": "/nonexistent"},
        okay_environment={**ENVIRONMENT, "NIX_PATH": search_path},
    )


def find_cases(root: Path, only: str) -> list[Case]:
    layout = layout_of_suite(root)
    found = [
        attrs.evolve(case, words=(*CONFIGURATION, *case.words))
        for path in find_test_files(layout.root)
        if path.parent == layout.root and only in path.name
        for case in cases_of(path, layout)
    ]
    return [case for case in found if case.expected is not None]


def run_suite(root: Path, only: str) -> int:
    """Report how far the tests agree; how many do not to the byte."""
    cases = find_cases(root, only)
    runner = Runner(instantiate_program)
    results: list[Result] = []
    with Progress("running ours", len(cases)) as progress:
        for case in cases:
            outcome = postprocessed(case, runner.run(case))
            results.append(Result(case, outcome, level_of(case, outcome)))
            progress.advance()
    wrong = [result for result in results if result.level < EVERY_BYTE]
    for result in wrong:
        print(f"{result.case.name}: agrees in {LEVELS[result.level]}")
        print(differences(result.case, result.outcome))
    print(summary(results))
    return len(wrong)


def level_of(case: Case, outcome: Outcome) -> int:
    wanted = expected_outcome(case)
    assert case.expected is not None
    if case.expected.stderr is None:
        wanted = attrs.evolve(wanted, stderr=outcome.stderr)
    return agreement(wanted, outcome)


def postprocessed(case: Case, outcome: Outcome) -> Outcome:
    """An outcome as the test's own script, if it has one, makes it comparable."""
    script = sibling(case.path, ".postprocess")
    bash = shutil.which("bash")
    if not script.exists() or bash is None:
        return outcome
    with tempfile.TemporaryDirectory() as folder:
        stem = Path(folder) / case.name
        errors, values = stem.with_name(stem.name + ".err"), stem.with_name(stem.name + ".out")
        errors.write_bytes(outcome.stderr.encode("latin-1"))
        values.write_bytes(outcome.stdout.encode("latin-1"))
        subprocess.run([bash, str(script), str(stem)], check=True)
        return Outcome(
            outcome.code, values.read_bytes().decode("latin-1"), errors.read_bytes().decode("latin-1")
        )


def summary(results: list[Result]) -> str:
    """A table: for each kind of test, how many agree at least so far."""
    lines = [f"{'':12}{'tests':>8}" + "".join(f"{LEVELS[level]:>28}" for level in list(LEVELS)[1:])]
    for kind in KINDS:
        levels = Counter(result.level for result in results if kind_of(result.case.path) == kind)
        total = sum(levels.values())
        if total:
            reached = [sum(levels[more] for more in levels if more >= level) for level in list(LEVELS)[1:]]
            lines.append(f"{kind:12}{total:>8}" + "".join(f"{count:>28}" for count in reached))
    return "\n".join(lines)
