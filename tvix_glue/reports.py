"""What the programs that report differences have in common: exit codes as of ``diff``, messages, colours."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Final, NoReturn

from rich.console import Console

EXIT_SAME: Final = 0
EXIT_DIFFERENT: Final = 1
EXIT_TROUBLE: Final = 2


class Trouble(Exception):
    """What keeps a program from its work. Its text is for the user."""


def leave(run: Callable[[], int]) -> NoReturn:
    """Run a program and exit with its code. What can go wrong is a message; SIGTERM is as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = run()
        sys.stdout.flush()
    except Trouble as trouble:
        code = complain(str(trouble))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer has nowhere to go
        code = EXIT_TROUBLE
    except OSError as error:
        code = complain(f"{error.filename or 'output'}: {error.strerror}")
    except KeyboardInterrupt:
        code = complain("interrupted by the user")
    sys.exit(code)


def complain(message: str) -> int:
    print("error: " + message, file=sys.stderr)
    return EXIT_TROUBLE


def console(color: str) -> Console:
    """The standard output. `color`: auto, always or never."""
    if color == "always":
        return Console(force_terminal=True, color_system="standard", no_color=False, highlight=False)
    return Console(color_system=None if color == "never" else "auto", highlight=False)


def is_marked(output: Console) -> bool:
    """Whether signs must say what colours would."""
    return output.color_system is None or output.no_color
