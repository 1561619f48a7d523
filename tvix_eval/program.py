"""What the commands of this package have in common: their text, their messages, their exit codes."""

from __future__ import annotations

import os
import sys

from tvix_eval.errors import Interrupted, NixError, Source, Sources, UsageError
from tvix_eval.output.error_text import error_text, warning_text
from tvix_eval.syntax.settings import ParseWarning
from tvix_eval.vm.show import MAGENTA, NORMAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STDIN_NAME: Final = "\xc2\xabstdin\xc2\xbb"
STRING_NAME: Final = "\xc2\xabstring\xc2\xbb"

# How loud a message is: it is shown when the program is at least as talkative.
ERROR: Final = 0
WARNING: Final = 1
INFO: Final = 3
TALKATIVE: Final = 4
DEBUG: Final = 6
VOMIT: Final = 7


def write(handle: int, text: str) -> None:
    """Write byte text, all of it."""
    data = memoryview(text.encode("latin-1"))
    while data:
        written = os.write(handle, data)
        data = data[written:]  # mypyc would evaluate a call in the slice twice


def read_all(handle: int) -> bytes:
    parts: list[bytes] = []
    while True:
        part = os.read(handle, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)


def byte_text(text: str) -> str:
    """Byte text of what the operating system gave us as `str`."""
    return os.fsencode(text).decode("latin-1")


def current_system() -> str:
    """Nix's name of this platform."""
    machine = os.uname().machine
    return {"arm64": "aarch64"}.get(machine, machine) + "-" + sys.platform.removesuffix("2")


def use_colours(environment: dict[str, str]) -> bool:
    """Colours on a terminal that can show them, unless NO_COLOR or NOCOLOR is set, if only to nothing."""
    unwanted = "NO_COLOR" in environment or "NOCOLOR" in environment
    return os.isatty(2) and environment.get("TERM", "dumb") != "dumb" and not unwanted


class Program:
    """One run of a command called `name`. `environment` is that of the process.

    A command says in `perform` what it does.
    """

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.name: Final = name
        self.environment: Final = environment
        self.colours: Final = use_colours(environment)
        self.show_trace = False
        self.verbosity: int = INFO
        self.json_log = False  # messages are for a program to read

    def perform(self) -> None:
        raise NotImplementedError

    def run(self) -> int:
        """The exit code. Every error becomes a message."""
        try:
            self.perform()
            return 0
        except UsageError as misuse:
            self.complain(misuse)
            self.tell(ERROR, "Try '" + self.name + " --help' for more information.")
        except NixError as error:
            self.complain(error)
            return error.exit_status
        except (Interrupted, KeyboardInterrupt):
            self.fail("interrupted by the user")
        except MemoryError:
            self.fail("out of memory")
        except OSError as trouble:
            self.fail(byte_text(trouble.strerror or str(trouble)))
        except Exception as defect:
            self.defect(defect)
        return 1

    def error_message(self, error: NixError) -> str:
        """What is said of an error."""
        text = error_text(error, error.sources, self.show_trace, self.colours or self.json_log)
        if self.json_log:
            from tvix_eval.output.json_log import log_error

            return log_error(ERROR, error, text)
        return text + "\n"

    def complain(self, error: NixError) -> None:
        self.say(self.error_message(error))

    def defect(self, error: Exception) -> None:
        """An error that is ours, not the program's."""
        self.fail(
            "internal error: "
            + byte_text(type(error).__name__ + ": " + str(error))
            + "\nThis is a defect of "
            + self.name
            + ". Please report it, with what you evaluated."
        )
        if self.environment.get("TVIX_DEBUG"):
            import traceback

            self.say(byte_text("".join(traceback.format_exception(error))))

    def fail(self, message: str) -> None:
        """Say why the run ends, where that is no error of a program."""
        self.say("error: " + message + "\n")

    def say(self, text: str) -> None:
        try:
            write(2, text)
        except OSError:
            pass

    def tell(self, level: int, text: str) -> None:
        """Say something, if the program is as talkative as that."""
        if level > self.verbosity:
            return
        if self.json_log:
            from tvix_eval.output.json_log import log_line

            self.say(log_line(level, text))
        else:
            self.say(text + "\n")

    def warn(self, text: str) -> None:
        """Warn about something that is not in the program."""
        self.emit("warning", text)

    def emit(self, kind: str, text: str) -> None:
        """What the program says while it runs."""
        if kind == "trace":
            self.tell(ERROR, "trace: " + text)
            return
        shown = warning_text(text, kind, self.colours or self.json_log)
        if self.json_log and kind != "warning" and self.verbosity >= WARNING:
            from tvix_eval.output.json_log import log_program_warning

            self.say(log_program_warning(shown, text))
        else:
            self.tell(WARNING, shown)

    def parse_warning(self, name: str, text: str, warning: ParseWarning) -> None:
        if warning.pos < 0:
            mark = MAGENTA + "warning:" + NORMAL if self.colours or self.json_log else "warning:"
            self.tell(WARNING, mark + " " + warning.text)
            return
        sources = Sources()
        pos = sources.add(Source(name, text, False)) + warning.pos + 1
        shown = warning_text(warning.text, "warning", self.colours or self.json_log, pos, sources)
        if self.json_log and self.verbosity >= WARNING:
            from tvix_eval.output.json_log import log_error

            error = NixError(warning.text, pos)
            error.sources = sources
            self.say(log_error(WARNING, error, shown))
        else:
            self.tell(WARNING, shown)
