"""Our own golden tests: run through a real Nix, and written down from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import attrs

from tvix_eval.testing.cases import Case, Layout, Outcome, find_test_files, layout_of
from tvix_eval.testing.collection import cases_of
from tvix_eval.testing.expectations import (
    EVERY_BYTE,
    agreement,
    difference,
    differences,
    readable,
    write_expectations,
)
from tvix_eval.testing.fixtures import make_fixtures
from tvix_eval.testing.runner import Runner
from tvix_glue.testing import instantiate_program

from .nix import Nix, in_parallel
from .progress import Progress


@attrs.frozen
class Suite:
    layout: Layout
    cases: list[Case]


def find_suite(root: Path, categories: frozenset[str], only: str) -> Suite:
    """The tests in a folder that need nothing but `categories`, and have `only` in path or name."""
    layout = layout_of(root)
    make_fixtures(layout.root)
    found = [case for path in find_test_files(layout.root) for case in cases_of(path, layout)]
    chosen = [case for case in found if case.needs in categories and only in f"{case.path}::{case.name}"]
    return Suite(layout, chosen)


def heading(case: Case) -> str:
    return f"{case.path}:{case.line}: {case.name}\n{readable(case.text or '')}"


def verify(suite: Suite, nix: Nix, jobs: int) -> int:
    """Report each expectation that Nix does not meet; how many there are."""
    outcomes = in_parallel("running Nix", nix.run, suite.cases, jobs)
    wrong = 0
    for case, outcome in zip(suite.cases, outcomes, strict=True):
        text = differences(case, outcome)
        if text:
            wrong += 1
            print(f"{heading(case)}\n{text}")
    print(f"{len(suite.cases)} cases, {wrong} that Nix does not agree with")
    return wrong


def update(suite: Suite, nix: Nix, jobs: int) -> int:
    """Write down what Nix says, where it is not what is written; how many cases changed."""
    outcomes = in_parallel("running Nix", nix.run, suite.cases, jobs)
    changed = [
        (case, outcome)
        for case, outcome in zip(suite.cases, outcomes, strict=True)
        if differences(case, outcome)
    ]
    for _, group in groupby(changed, key=lambda pair: pair[0].path):
        write_expectations(suite.layout, list(group))
    print(f"{len(suite.cases)} cases, {len(changed)} written anew")
    return len(changed)


def compare(suite: Suite, nix: Nix, jobs: int) -> int:
    """Run each case through Nix and through ours, and report what differs in any byte."""
    outcomes = in_parallel("running Nix", nix.run, suite.cases, jobs)
    differ = 0
    for case, theirs, ours in zip(suite.cases, outcomes, run_ours(suite.cases), strict=True):
        if agreement(theirs, ours) != EVERY_BYTE:
            differ += 1
            print(f"{heading(case)}\n{comparison(theirs, ours)}")
    print(f"{len(suite.cases)} cases, {differ} that differ from Nix")
    return differ


def run_ours(cases: list[Case]) -> Iterator[Outcome]:
    runner = Runner(instantiate_program)
    with Progress("running ours", len(cases)) as progress:
        for case in cases:
            yield runner.run(case)
            progress.advance()


def comparison(theirs: Outcome, ours: Outcome) -> str:
    parts: list[str] = []
    if theirs.code != ours.code:
        parts.append(f"exit code {ours.code}, Nix has {theirs.code}\n")
    if theirs.stdout != ours.stdout:
        parts.append(difference("stdout", theirs.stdout, ours.stdout))
    if theirs.stderr != ours.stderr:
        parts.append(difference("stderr", theirs.stderr, ours.stderr))
    return "".join(parts)
