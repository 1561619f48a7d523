"""``tvix-eval --precompile``: files compiled into the code cache before anything evaluates them.

Where there are many, the work is shared out between processes, one for each processor: each is
forked with the evaluator ready, takes every n-th file, and hands back what came of its share.
"""

from __future__ import annotations

import marshal
import os
import time

from tvix_eval.errors import NixError
from tvix_eval.eval_io import SETTLED_AFTER, join, system_error
from tvix_eval.evaluation import Evaluator
from tvix_eval.program import Program, read_all, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SUFFIX: Final = b".nix"
WORTH_A_PROCESS: Final = 100  # files: compiling fewer takes no longer than starting a process
PROGRESS_EVERY: Final = 0.1  # seconds
DONE: Final = b"."  # what a process says of each file, to the one that shows progress


class Outcome:
    """What came of some files. `failures`: texts of errors, by the number of the file."""

    def __init__(self) -> None:
        self.compiled = 0
        self.up_to_date = 0
        self.failures: dict[int, str] = {}
        self.cannot_write = False

    def add(self, other: Outcome) -> None:
        self.compiled += other.compiled
        self.up_to_date += other.up_to_date
        self.failures.update(other.failures)
        self.cannot_write = self.cannot_write or other.cannot_write

    def packed(self) -> bytes:
        return marshal.dumps((self.compiled, self.up_to_date, self.failures, self.cannot_write))


def unpacked(data: bytes) -> Outcome | None:
    """What a process handed back; None when it ended before it could."""
    outcome = Outcome()
    try:
        compiled, up_to_date, failures, cannot_write = marshal.loads(data)
    except (EOFError, ValueError, TypeError):
        return None
    outcome.compiled = compiled
    outcome.up_to_date = up_to_date
    outcome.failures = failures
    outcome.cannot_write = cannot_write
    return outcome


class Precompilation:
    """`evaluation` has a code cache, and is not running. `program` says what is said."""

    def __init__(self, evaluation: Evaluator, program: Program) -> None:
        self.evaluation: Final = evaluation
        self.program: Final = program
        self.paths: Final[list[str]] = []
        self.folder_failures: Final[list[str]] = []
        self.shows: Final = os.isatty(2)
        self.shown_at = 0.0
        self.done = 0

    def run(self, names: list[str]) -> int:
        """Compile files, and all Nix files below folders, and say what came of it. The exit status."""
        folder = self.evaluation.io.working_directory()
        for name in names:
            self.find(join(folder, name))
        outcome = self.compile_all(processes(len(self.paths)))
        self.clear_progress()
        failures = self.folder_failures + [outcome.failures[number] for number in sorted(outcome.failures)]
        for failure in failures:
            self.program.say(failure)
        cache = self.evaluation.front.open_cache()
        assert cache is not None
        if outcome.cannot_write:
            self.program.say("error: cannot write compiled code to '" + cache.folder + "'\n")
        elif outcome.compiled > 0:
            cache.trim()
        write(1, f"{outcome.compiled} compiled, {outcome.up_to_date} up to date, {len(failures)} failed\n")
        return 1 if failures or outcome.cannot_write else 0

    def describe(self, error: NixError) -> str:
        return self.program.error_message(error)

    def find(self, path: str) -> None:
        """Append the files that a path names. Links to folders below it are not followed."""
        encoded = path.encode("latin-1")
        if not os.path.isdir(encoded):
            self.paths.append(path)
            return
        for folder, folders, files in os.walk(encoded, onerror=self.unreadable):
            folders.sort()
            for name in sorted(files):
                if name.endswith(SUFFIX):
                    found = os.path.join(folder, name)
                    if os.path.isfile(found):
                        self.paths.append(found.decode("latin-1"))

    def unreadable(self, error: OSError) -> None:
        folder = os.fsencode(error.filename).decode("latin-1")
        self.folder_failures.append(
            self.describe(system_error('cannot read directory "' + folder + '"', error))
        )

    def compile_all(self, count: int) -> Outcome:
        if count == 1:
            return self.compile_share(0, 1, -1)
        progress, said = os.pipe()
        workers: list[tuple[int, int]] = []
        outcome = Outcome()
        try:
            for number in range(count):
                workers.append(self.start(number, count, said))
            os.close(said)
            while finished := os.read(progress, 4096):
                self.advance(len(finished))
            for number in range(count):
                process, result = workers[number]
                part = unpacked(read_all(result))
                os.close(result)
                os.waitpid(process, 0)
                if part is None:
                    part = self.compile_share(number, count, -1)  # what stopped it shows again, or doesn't
                outcome.add(part)
        except BaseException:
            for process, _ in workers:
                stop(process)
            raise
        os.close(progress)
        return outcome

    def start(self, number: int, count: int, progress: int) -> tuple[int, int]:
        """A process that compiles a share: its number, and where its outcome is to be read."""
        result, handle = os.pipe()
        process = os.fork()
        if process == 0:
            status = 1
            try:
                outcome = self.compile_share(number, count, progress)
                os.close(progress)
                write(handle, outcome.packed().decode("latin-1"))
                status = 0
            finally:
                os._exit(status)
        os.close(handle)
        return process, result

    def compile_share(self, number: int, count: int, progress: int) -> Outcome:
        """Compile every `count`-th file from `number` on. `progress`: what is told of each, -1 for none."""
        outcome = Outcome()
        numbers = list(range(number, len(self.paths), count))
        self.evaluation.run(lambda: self.compile_files(numbers, outcome, progress))
        return outcome

    def compile_files(self, numbers: list[int], outcome: Outcome, progress: int) -> None:
        young: list[int] = []
        for number in numbers:
            if not self.compile_file(number, outcome):
                young.append(number)
            if progress == -1:
                self.advance(1)
            else:
                os.write(progress, DONE)
        if young:
            # Files that just changed have no stamps yet, by which they are found without being read.
            time.sleep(SETTLED_AFTER / 1e9 + 0.05)
            for number in young:
                self.compile_file(number, Outcome())

    def compile_file(self, number: int, outcome: Outcome) -> bool:
        """Whether the file has a stamp, or won't need one."""
        evaluation = self.evaluation
        cache = evaluation.front.open_cache()
        assert cache is not None
        path = self.paths[number]
        try:
            stamp = evaluation.io.stamp(path)
            evaluation.compile_file(path)
        except NixError as error:
            error.sources = evaluation.sources
            outcome.failures[number] = self.describe(error)
            return True
        if cache.broken:
            outcome.cannot_write = True
            return True
        if cache.writes == 0:
            outcome.up_to_date += 1
        else:
            outcome.compiled += 1
        cache.writes = 0  # or it would look again and again whether the cache has grown too big
        return stamp is not None

    def advance(self, count: int) -> None:
        self.done += count
        now = time.monotonic()
        if self.shows and now - self.shown_at > PROGRESS_EVERY:
            self.shown_at = now
            os.write(2, f"\r{self.done}/{len(self.paths)} files\x1b[K".encode())

    def clear_progress(self) -> None:
        if self.shown_at > 0:
            os.write(2, b"\r\x1b[K")


def processes(files: int) -> int:
    """How many processes to share files out between."""
    if not hasattr(os, "fork"):
        return 1
    return max(1, min(os.cpu_count() or 1, files // WORTH_A_PROCESS))


def stop(process: int) -> None:
    try:
        os.kill(process, 15)
        os.waitpid(process, 0)
    except OSError:
        pass
