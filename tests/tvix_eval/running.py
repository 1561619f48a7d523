"""Runs ``tvix-eval`` as a user does: as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import tvix_eval
import tvix_eval.cli

PROGRAM = [sys.executable, "-m", "tvix_eval"]
COMPILED = not str(tvix_eval.cli.__file__).endswith(".py")


def environment(home: Path, **variables: str) -> dict[str, str]:
    """Of a user whose home is `home`, who runs the same `tvix_eval` as these tests."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ
    }
    packages = str(Path(str(tvix_eval.__file__)).parent.parent)
    return {**kept, "PYTHONPATH": packages, "HOME": str(home), **variables}


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the program in `folder`, to be interrupted, which a shell's background jobs can't be."""
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


class Outcome:
    """What a run came to."""

    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.code = process.returncode
        self.out = process.stdout.decode()
        self.err = process.stderr.decode()

    def __repr__(self) -> str:
        return f"exit code {self.code}\n--- output\n{self.out[:5000]}\n--- errors\n{self.err[:5000]}"


def run(
    folder: Path,
    *arguments: str,
    stdin: str = "",
    timeout: float = 60,
    address_space: int = 0,
    **variables: str,
) -> Outcome:
    """Run the program in `folder`, which is its home too. `address_space`: bytes it may have."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))

    return Outcome(
        subprocess.run(
            [*PROGRAM, *arguments],
            cwd=folder,
            env=environment(folder, **variables),
            input=stdin.encode(),
            capture_output=True,
            timeout=timeout,
            preexec_fn=limit if address_space else None,
        )
    )
