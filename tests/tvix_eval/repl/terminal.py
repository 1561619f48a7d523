"""A terminal to run the REPL in: what a user types, and what they see then."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pyte

from ..running import environment

PROGRAM = [sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()"]
ROWS, COLUMNS = 24, 80
PATIENCE = 30.0  # seconds until what is expected must be there
QUIET = 1.0  # seconds without output, after which nothing more is expected
KEYS = {
    "Enter": "\r",
    "Tab": "\t",
    "Backspace": "\x7f",
    "Up": "\x1b[A",
    "Down": "\x1b[B",
    "Left": "\x1b[D",
    "C-c": "\x03",
    "C-d": "\x04",
    "C-r": "\x12",
    "M-Enter": "\x1b\r",
}


class Screen(pyte.Screen):
    """Answers the program when it asks where the cursor is."""

    def __init__(self, handle: int) -> None:
        super().__init__(COLUMNS, ROWS)
        self.handle = handle

    def write_process_input(self, data: str) -> None:
        os.write(self.handle, data.encode())


class Terminal:
    """Runs ``tvix-eval`` with some words, in a folder that is its home, too."""

    def __init__(self, folder: Path, *words: str, **variables: str) -> None:
        self.handle, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.screen = Screen(self.handle)
        self.stream = pyte.ByteStream(self.screen)
        self.process = subprocess.Popen(
            [*PROGRAM, *words],
            cwd=folder,
            env=environment(folder, TERM="xterm-256color", **variables),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(inner)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *error: Any) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.handle)

    def read(self, wait: float) -> bool:
        """Take what the program shows within so many seconds; whether that was anything."""
        if not select.select([self.handle], [], [], wait)[0]:
            return False
        try:
            self.stream.feed(os.read(self.handle, 1 << 16))
        except OSError:  # the program is gone
            return False
        return True

    def shown(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def type(self, keys: str) -> None:
        """``<Name>`` is a key of `KEYS`, and all else what it is."""
        for part in re.split(r"(<[A-Z][A-Za-z-]*>)", keys):
            name = part[1:-1]
            if part and part[0] == "<" and name in KEYS:
                time.sleep(0.2)  # let the program see what came before
                part = KEYS[name]
            os.write(self.handle, part.encode())

    def wait_for(self, expected: str) -> str:
        """What is shown as soon as it is what is expected, or when time is over."""
        end = time.monotonic() + PATIENCE
        while self.shown() != expected and time.monotonic() < end:
            self.read(0.1)
        return self.shown()

    def settled(self) -> str:
        """What is shown when nothing comes any more."""
        while self.read(QUIET):
            pass
        return self.shown()

    def wait_for_text(self, text: str) -> str:
        """What is shown as soon as it contains a text, or when time is over."""
        end = time.monotonic() + PATIENCE
        while text not in self.shown() and time.monotonic() < end:
            self.read(0.1)
        return self.shown()
