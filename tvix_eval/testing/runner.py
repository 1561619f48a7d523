"""Runs a case in this process, with an evaluation of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from tvix_eval.testing.cases import Case, Outcome
from tvix_eval.testing.expectations import relocated

# A program: its words and its environment, to an exit code. It reads and writes files 0, 1, 2.
Program = Callable[[list[str], dict[str, str]], int]

# Words of nix-instantiate that mean nothing to a program that does nothing but evaluate.
IMPLIED_WORDS: Final = frozenset(("--eval", "--impure", "--read-write-mode", "--no-show-trace"))


def tvix_eval_program(words: list[str], environment: dict[str, str]) -> int:
    """The command line of this package, with none of its code cached."""
    from tvix_eval.cli import Command

    return Command(["--no-code-cache", "--error-format", "nix", *own_words(words)], environment).run()


def own_words(words: Sequence[str]) -> list[str]:
    """Words of ``nix-instantiate`` as ``tvix-eval`` takes them."""
    dropped = set(IMPLIED_WORDS)
    if "--no-show-trace" in words:
        dropped.add("--show-trace")
    return [word for word in words if word not in dropped]


class Runner:
    """Runs cases in this process, one at a time: the working folder, the environment and the
    files 0, 1 and 2 are the case's while it runs."""

    def __init__(self, program: Program = tvix_eval_program) -> None:
        self.program: Final = program

    def run(self, case: Case) -> Outcome:
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given.write(case.stdin.encode("latin-1"))
            given.seek(0)
            with Surroundings(case.folder, case.environment, (given, out, err)):
                words = [os.fsdecode(word.encode("latin-1")) for word in case.command_line]
                code = self.program(words, dict(case.environment))
            outcome = Outcome(code, content(out), content(err).replace("'tvix-eval --help'", NIX_HELP))
        return relocated(outcome, case)


NIX_HELP: Final = "'nix-instantiate --help'"


def content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("latin-1")


class Surroundings:
    """The world of a program that runs in this process; afterwards it is as it was."""

    def __init__(self, folder: Path, environment: Mapping[str, str], files: Sequence[IO[bytes]]) -> None:
        self.folder: Final = folder
        self.environment: Final = environment
        self.files: Final = files
        self.earlier_folder = ""
        self.earlier_environment: dict[str, str] = {}
        self.earlier_files: list[int] = []

    def __enter__(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.earlier_folder = os.getcwd()
        self.earlier_environment = dict(os.environ)
        self.earlier_files = [os.dup(number) for number in range(3)]
        os.chdir(self.folder)
        replace_environment(self.environment)
        for number, file in enumerate(self.files):
            os.dup2(file.fileno(), number)

    def __exit__(self, *unused: object) -> None:
        for number, earlier in enumerate(self.earlier_files):
            os.dup2(earlier, number)
            os.close(earlier)
        replace_environment(self.earlier_environment)
        os.chdir(self.earlier_folder)


def replace_environment(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
