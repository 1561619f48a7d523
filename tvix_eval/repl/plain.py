"""The REPL without a terminal: lines from standard input, shown as if they were typed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from tvix_eval.repl.commands import Quit

if TYPE_CHECKING:
    from tvix_eval.repl.repl import Repl

PROMPT: Final = "nix-repl> "
CONTINUATION: Final = "        > "
IN: Final = 0
BLOCK: Final = 1 << 16


class Lines:
    """Lines of a file descriptor, as byte text."""

    def __init__(self, handle: int) -> None:
        self.handle: Final = handle
        self.rest = b""
        self.ended = False

    def next(self) -> str | None:
        """A line without its end; None when there is no more."""
        while b"\n" not in self.rest and not self.ended:
            block = os.read(self.handle, BLOCK)
            self.ended = not block
            self.rest += block
        if not self.rest:
            return None
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode("latin-1")


def converse(repl: Repl, lines: Lines) -> None:
    """Answer each line of standard input. An interrupt gives up what is half entered."""
    echo = not os.isatty(IN)
    text = ""
    while True:
        try:
            repl.write(CONTINUATION if text else PROMPT)
            line = lines.next()
            if line is None:
                repl.write("\n")
                return
            if echo:
                repl.write(line + "\n")
            text += line + "\n"
            if repl.answer(text):
                text = ""
        except KeyboardInterrupt:
            text = ""
            repl.write("\n")
        except Quit:
            return


def start(repl: Repl) -> None:
    """Load what the command line says, whose errors end it all, and converse."""
    repl.evaluator.run(repl.begin)
    converse(repl, Lines(IN))
