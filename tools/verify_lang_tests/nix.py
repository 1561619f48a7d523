"""A real Nix, as a program that runs cases."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from tvix_eval.testing.cases import Case, Outcome
from tvix_eval.testing.expectations import relocated

from .progress import Progress

T = TypeVar("T")

TIME_LIMIT: Final = 120.0
TIMED_OUT: Final = -1


class NixMissing(Exception):
    """There is no Nix to run."""


class Nix:
    """``nix-instantiate`` at `path`, by default the one in PATH, without anybody's configuration.

    Its store is a dummy: paths are computed, nothing is written. Raises NixMissing.
    """

    def __init__(self, path: str | None) -> None:
        found = shutil.which(path or "nix-instantiate")
        if found is None:
            raise NixMissing(f"there is no {path or 'nix-instantiate in PATH'}")
        self.path: Final = os.path.abspath(found)
        self.home: Final = tempfile.mkdtemp(prefix="verify-lang-tests-")

    def close(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "NIX_REMOTE": "dummy://",
            "NIX_STORE_DIR": "/nix/store",
            "NIX_CONF_DIR": self.home,
            "NIX_USER_CONF_FILES": "",
            "XDG_CACHE_HOME": self.home,
            "XDG_STATE_HOME": self.home,
            "_NIX_TEST_NO_ENVIRONMENT_WARNINGS": "1",
        }

    def version(self) -> str:
        return self.process(["--version"], b"", Path("/"), {}).stdout.strip()

    def run(self, case: Case) -> Outcome:
        words = [word.encode("latin-1") for word in case.command_line]
        made = self.process(words, case.stdin.encode("latin-1"), case.folder, case.environment)
        return relocated(made, case)

    def process(
        self,
        words: Iterable[str | bytes],
        given: bytes,
        folder: Path,
        environment: Mapping[str, str],
        time_limit: float = TIME_LIMIT,
    ) -> Outcome:
        """Run with words, input, folder and further variables; code `TIMED_OUT` if it takes too long."""
        try:
            made = subprocess.run(
                [self.path, *words],
                input=given,
                capture_output=True,
                cwd=folder,
                env={**self.environment(), **environment},
                timeout=time_limit,
            )
        except subprocess.TimeoutExpired:
            return Outcome(TIMED_OUT, "", "")
        return Outcome(made.returncode, made.stdout.decode("latin-1"), made.stderr.decode("latin-1"))


def in_parallel(what: str, function: Callable[[Case], T], cases: list[Case], jobs: int) -> list[T]:
    """`function` of each case, in their order, `jobs` at a time."""
    results: list[T] = []
    with ThreadPoolExecutor(jobs) as pool, Progress(what, len(cases)) as progress:
        for result in pool.map(function, cases):
            results.append(result)
            progress.advance()
    return results
