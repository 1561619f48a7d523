"""The processes that evaluate: ours, and those of a reference Nix."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import IO, Final

from attrs import asdict, frozen

from tvix_glue.compare.expression import Request, list_of_paths
from tvix_glue.compare.outcomes import Outcome, Path, read_outcome
from tvix_glue.compare.worker import Job

MARK: Final = b"trace: tvix-compare "
LONGEST_MESSAGE: Final = 2000

# The same steps as a worker tells of. What fails in a way that can't be caught ends the process.
STEPS: Final = """\
let
  probe = %s;
  paths = %s;
  tell = value: builtins.trace "tvix-compare ${builtins.toJSON value}" null;
  step = number: builtins.seq (tell { begin = number; }) (
    let
      found = probe (builtins.elemAt paths number);
      attempt = %s (builtins.deepSeq found found);
    in
    tell ({ end = number; } // (if attempt.success then attempt.value else { error = "it throws"; }))
  );
in
builtins.deepSeq (builtins.genList step (builtins.length paths)) null
"""


@frozen
class Event:
    """`begun` or `ended`: the number of a path. Neither: there are none left."""

    begun: int = -1
    ended: int = -1
    outcome: Outcome = Outcome()


class Side:
    """A way to evaluate attributes."""

    name: str
    most: int  # paths for one process, or for one turn of it

    def start(self, paths: list[Path]) -> subprocess.Popen[bytes]:
        """Raises OSError."""
        raise NotImplementedError

    def output(self, process: subprocess.Popen[bytes]) -> IO[bytes]:
        """What the process tells."""
        raise NotImplementedError

    def event(self, line: bytes) -> Event | None:
        """What a line tells; None if it is something else."""
        raise NotImplementedError

    def give(self, process: subprocess.Popen[bytes], paths: list[Path]) -> bool:
        """More paths for a process that has none left. False if it can't have any."""
        return False


class OwnSide(Side):
    """Workers, each of which goes on with more attributes."""

    name = "here"
    most = 8

    def __init__(self, job: Job) -> None:
        self.job: Final = job

    def start(self, paths: list[Path]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tvix_glue.compare.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.write(process, asdict(self.job))
        self.give(process, paths)
        return process

    def output(self, process: subprocess.Popen[bytes]) -> IO[bytes]:
        assert process.stdout is not None
        return process.stdout

    def event(self, line: bytes) -> Event | None:
        return parse_event(line)

    def give(self, process: subprocess.Popen[bytes], paths: list[Path]) -> bool:
        return self.write(process, [list(path) for path in paths])

    def write(self, process: subprocess.Popen[bytes], value: object) -> bool:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(value).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            return False  # it has died, which is found out by reading
        return True


class ReferenceSide(Side):
    """A Nix for each batch. `store`: a folder to write to; "": nothing is written.

    `catch`: what throws does not end the process, but neither is it known why.
    """

    name = "reference"
    most = 200

    def __init__(
        self, program: str, request: Request, system: str = "", store: str = "", catch: bool = True
    ) -> None:
        self.program: Final = program
        self.request: Final = request
        self.system: Final = system
        self.store: Final = store
        self.catch: Final = catch

    def writing_to(self, store: str) -> ReferenceSide:
        return ReferenceSide(self.program, self.request, self.system, store, self.catch)

    def start(self, paths: list[Path]) -> subprocess.Popen[bytes]:
        attempt = "builtins.tryEval" if self.catch else "(value: { success = true; inherit value; })"
        listed = list_of_paths([list(path) for path in paths])
        text = STEPS % (self.request.function(), listed, attempt)
        command = [self.program, "--eval", "--strict", "-"]
        for each in self.request.include:
            command += ["-I", each]
        if self.request.features:
            command += ["--extra-experimental-features", " ".join(self.request.features)]
        if self.system:
            command += ["--option", "system", self.system]
        if self.store:
            command += ["--read-write-mode", "--store", self.store]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(text.encode("utf-8", "surrogateescape"))
            process.stdin.close()
        except BrokenPipeError:
            pass
        return process

    def output(self, process: subprocess.Popen[bytes]) -> IO[bytes]:
        assert process.stderr is not None
        return process.stderr

    def event(self, line: bytes) -> Event | None:
        return parse_event(line[len(MARK) :]) if line.startswith(MARK) else None


def parse_event(line: bytes) -> Event | None:
    try:
        value = json.loads(line)
        if "begin" in value:
            return Event(begun=int(value["begin"]))
        if "end" in value:
            return Event(ended=int(value["end"]), outcome=read_outcome(value))
    except (ValueError, TypeError):
        return None
    return Event()


def message_of(lines: list[bytes]) -> str:
    """Why a Nix failed, of what it said last: the error without its trace."""
    text = b"".join(lines).decode("utf-8", "replace")
    at = text.rfind("error:")
    message = text[at + len("error:") :] if at >= 0 else text
    return " ".join(message.split())[:LONGEST_MESSAGE] or "it failed without a message"


def find_nix(given: str) -> str:
    """The ``nix-instantiate`` that a path means: itself, one beside it, or one in a folder."""
    name = "nix-instantiate"
    places = [os.path.join(given, "bin", name), os.path.join(given, name)]
    if not os.path.isdir(given):
        beside = os.path.join(os.path.dirname(given), name)
        places = [beside if os.path.basename(given) == "nix" else given]
    for place in places:
        if os.access(place, os.X_OK):
            return os.path.abspath(place)
    raise FileNotFoundError(2, "there is no " + name, given)
