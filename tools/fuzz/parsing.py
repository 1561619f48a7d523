"""Texts through ``--parse``, by a real Nix and by ours: accepted or not, what tree, what error."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import attrs
from verify_lang_tests.golden import comparison
from verify_lang_tests.nix import Nix
from verify_lang_tests.oracle import manner_of
from verify_lang_tests.progress import Progress

from tvix_eval.testing.cases import Case, Outcome
from tvix_eval.testing.expectations import EVERY_BYTE, agreement, readable
from tvix_eval.testing.runner import Runner
from tvix_glue.testing import instantiate_program

from .minimise import minimise

FOLDER: Final = Path("/")
BATCH: Final = 200


def parse_case(text: str) -> Case:
    return Case("mutant", FOLDER / "mutant.nix", 1, ("--parse",), FOLDER, FOLDER / "pwd", None, text=text)


@attrs.frozen
class Difference:
    number: int
    text: str
    theirs: Outcome
    ours: Outcome

    def show(self) -> str:
        return f"--- mutant {self.number}\n{readable(self.text)}\n{comparison(self.theirs, self.ours)}"


class ParseComparison:
    """Compares mutants. Differences that look alike are minimised and kept once."""

    def __init__(self, nix: Nix, jobs: int) -> None:
        self.nix: Final = nix
        self.jobs: Final = jobs
        self.runner: Final = Runner(instantiate_program)
        self.found: Final[list[Difference]] = []
        self.seen: Final[set[str]] = set()
        self.accepted = 0
        self.differing = 0

    def run(self, mutant: Callable[[int], str], first: int, count: int) -> None:
        """Compare the mutants of `count` numbers."""
        with ThreadPoolExecutor(self.jobs) as pool, Progress("parsing", count) as progress:
            for start in range(first, first + count, BATCH):
                numbers = range(start, min(start + BATCH, first + count))
                texts = [mutant(number) for number in numbers]
                answers = pool.map(lambda text: self.nix.run(parse_case(text)), texts)
                for number, text, theirs in zip(numbers, texts, answers, strict=True):
                    self.compare(number, text, theirs)
                    progress.advance()

    def compare(self, number: int, text: str, theirs: Outcome) -> None:
        ours = self.runner.run(parse_case(text))
        self.accepted += theirs.code == 0
        if agreement(theirs, ours) == EVERY_BYTE:
            return
        self.differing += 1
        likeness = self.likeness(theirs, ours)
        if likeness not in self.seen:
            self.seen.add(likeness)
            small = minimise(text, lambda each: self.likeness(*self.both(each)) == likeness)
            difference = Difference(number, small, *self.both(small))
            self.found.append(difference)
            print(difference.show(), flush=True)

    def both(self, text: str) -> tuple[Outcome, Outcome]:
        case = parse_case(text)
        return self.nix.run(case), self.runner.run(case)

    def likeness(self, theirs: Outcome, ours: Outcome) -> str:
        """What differences of the same cause have in common, as far as can be told; none is empty."""
        if agreement(theirs, ours) == EVERY_BYTE:
            return ""
        messages = [first_line(outcome.stderr) for outcome in (theirs, ours)]
        return f"{manner_of(theirs, ours)} {messages}"


def first_line(text: str) -> str:
    """Without what it quotes, and without numbers."""
    return re.sub(r"'[^']*'|\d+", "", text.split("\n", 1)[0])
