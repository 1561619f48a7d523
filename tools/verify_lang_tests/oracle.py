"""Random and listed expressions, evaluated strictly and lazily by a real Nix and by ours.

Many expressions go through one process: both programs take several, print the value of each on
a line, and end at the first error. What comes after an error goes through another process.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import attrs

from tvix_eval.testing.cases import Case, Outcome
from tvix_eval.testing.expectations import agreement, error_message, readable
from tvix_eval.testing.runner import Runner
from tvix_glue.testing import instantiate_program

from .generator import Generator
from .golden import comparison
from .nix import Nix
from .progress import Progress
from .shrinker import shrink

BATCH: Final = 100
MODES: Final = {"strictly": ("--eval", "--strict", "-E"), "lazily": ("--eval", "-E")}
FOLDER: Final = Path("/")


@attrs.frozen
class Run:
    """Some expressions through one process: its outcome, and how many it evaluated."""

    expressions: list[str]
    outcome: Outcome

    @property
    def evaluated(self) -> int:
        return len(self.expressions) if self.outcome.code == 0 else self.outcome.stdout.count("\n")


@attrs.frozen
class Difference:
    mode: str
    expression: str
    theirs: Outcome
    ours: Outcome

    def show(self) -> str:
        return f"{self.mode}: {readable(self.expression)}\n{comparison(self.theirs, self.ours)}"


def random_expressions(count: int, seed: int) -> list[str]:
    made = [Generator(f"{seed}:{number}").expression() for number in range(count)]
    return [text.encode("utf-8").decode("latin-1") for text in made]


def listed_expressions(path: Path) -> list[str]:
    """Of a file with an expression on each line; empty lines and comments are passed over."""
    lines = path.read_bytes().decode("latin-1").split("\n")
    return [line for line in lines if line.strip() and not line.startswith("#")]


def case_of(expressions: list[str], mode: str) -> Case:
    # A space before what begins with a minus keeps it from being taken for a flag.
    expressions = [" " * text.startswith("-") + text for text in expressions]
    words = (*MODES[mode], *expressions[:-1])
    return Case("oracle", FOLDER / "oracle.nix", 1, words, FOLDER, FOLDER / "pwd", None, text=expressions[-1])


class Oracle:
    """Compares the two on `level` (see `expectations`), and shrinks what differs."""

    def __init__(self, nix: Nix, level: int, jobs: int) -> None:
        self.nix: Final = nix
        self.level: Final = level
        self.jobs: Final = jobs
        self.runner: Final = Runner(instantiate_program)

    def compare(self, expressions: list[str]) -> list[Difference]:
        """What differs; a difference that many expressions show may be there many times."""
        found: list[Difference] = []
        with Progress("comparing", len(expressions) * len(MODES)) as progress:
            for mode in MODES:
                batches = [expressions[at : at + BATCH] for at in range(0, len(expressions), BATCH)]
                with ThreadPoolExecutor(self.jobs) as pool:
                    for runs in pool.map(lambda batch: self.nix_runs(batch, mode), batches):  # noqa: B023
                        for run in runs:
                            found += self.differences(run, mode)
                            progress.advance(len(run.expressions))
        return found

    def nix_runs(self, expressions: list[str], mode: str) -> list[Run]:
        """Expressions through as many processes of Nix as their errors ask for."""
        runs: list[Run] = []
        while expressions:
            run = Run(expressions, self.nix.run(case_of(expressions, mode)))
            done = expressions if run.outcome.code == 0 else expressions[: run.evaluated + 1]
            runs.append(Run(done, run.outcome))
            expressions = expressions[len(done) :]
        return runs

    def differences(self, theirs: Run, mode: str) -> list[Difference]:
        """Where ours differs on the expressions of a run, each then tried by itself."""
        ours = self.runner.run(case_of(theirs.expressions, mode))
        if agreement(theirs.outcome, ours) >= self.level:
            return []
        found = [
            self.shrunk(expression, mode)
            for expression in theirs.expressions
            if self.differs(expression, mode)
        ]
        return found or [Difference(mode, "  ".join(theirs.expressions), theirs.outcome, ours)]

    def both(self, expression: str, mode: str) -> tuple[Outcome, Outcome]:
        case = case_of([expression], mode)
        return self.nix.run(case), self.runner.run(case)

    def differs(self, expression: str, mode: str) -> bool:
        return agreement(*self.both(expression, mode)) < self.level

    def shrunk(self, expression: str, mode: str) -> Difference:
        """The difference of the smallest expression found that differs in the same manner."""
        manner = manner_of(*self.both(expression, mode))

        def holds(candidate: str) -> bool:
            outcomes = self.both(candidate, mode)
            return agreement(*outcomes) < self.level and manner_of(*outcomes) == manner

        small = shrink(expression, holds)
        return Difference(mode, small, *self.both(small, mode))


def manner_of(theirs: Outcome, ours: Outcome) -> tuple[object, ...]:
    """How two outcomes differ, roughly: exit codes, whether in output, in messages."""
    messages = error_message(theirs.stderr) == error_message(ours.stderr)
    return theirs.code, ours.code, theirs.stdout == ours.stdout, theirs.stderr == ours.stderr, messages


def run_oracle(oracle: Oracle, expressions: list[str]) -> int:
    """Report each difference once; how many there are."""
    shown: set[str] = set()
    for difference in oracle.compare(expressions):
        text = difference.show()
        if text not in shown:
            shown.add(text)
            print(text)
    print(f"{len(expressions)} expressions, strictly and lazily: {len(shown)} differences")
    return len(shown)
