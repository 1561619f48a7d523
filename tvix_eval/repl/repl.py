"""A session: what a line does, wherever it comes from and whatever shows what comes of it."""

from __future__ import annotations

import os
import subprocess
from functools import partial
from typing import TYPE_CHECKING, Final

from tvix_eval.activation import MACHINE
from tvix_eval.errors import Interrupted, NixError
from tvix_eval.output.error_text import error_text
from tvix_eval.repl import commands
from tvix_eval.repl.loading import load_expression, load_file, load_files
from tvix_eval.repl.scope import IncompleteInput, Scope
from tvix_eval.vm.machine import REGISTERS
from tvix_eval.vm.show import RAISE_AT_TOP, UNLIMITED, Printer, PrintOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tvix_eval.errors import Sources
    from tvix_eval.program import Program
    from tvix_eval.repl.host import Host
    from tvix_eval.vm.attrs import Attrs
    from tvix_eval.vm.observer import Observer

BLANKS: Final = " \n\r\t"
INDENT: Final = 2
OUT: Final = 1
USUAL_WIDTH: Final = 80
PATIENCE: Final = 2.0  # seconds after Ctrl-C, for an evaluation that waits for the system
BLOCK: Final = 1 << 16  # bytes that are written before an interrupt is looked for


class Repl:
    """`files`: what was loaded, in order. `history`: what was entered since `first_files` were loaded
    and has made variables, to be done once more.

    `show_trace`: all of an error's trace is shown. `colours`, `rich_text`: values are shown in colours,
    documentation as terminals can.
    """

    def __init__(self, host: Host, observer: Observer | None = None, quiet: bool = False) -> None:
        self.host: Final = host
        self.program: Final[Program] = host.program
        self.environment: Final = host.program.environment
        self.store: Final = host.store
        self.quiet = quiet
        self.evaluator: Final = host.evaluator(self.emit, observer)
        self.evaluator.patience = PATIENCE
        self.scope: Final = Scope(self.evaluator, self.evaluator.io.working_directory())
        self.arguments: Final[dict[str, object]] = {}
        self.files: Final = list(host.files)
        self.first_files = list(host.files)
        self.expressions: Final = host.expressions
        self.history: Final[list[str]] = []
        self.last_loaded: Attrs | None = None
        self.commands: dict[str, commands.Command] = commands.BY_NAME
        self.command = ""  # the name of the one that runs
        self.show_trace = host.program.show_trace
        unwanted = "NO_COLOR" in self.environment or "NOCOLOR" in self.environment
        self.rich_text: Final = (
            os.isatty(OUT) and self.environment.get("TERM", "dumb") != "dumb" and not unwanted
        )
        self.colours: Final = self.rich_text or not (unwanted or os.isatty(OUT))

    # What commands use.

    def write(self, text: str) -> None:
        """Show byte text: the answer to what was asked."""
        if self.quiet:
            return
        for at in range(0, len(text), BLOCK):
            if self.evaluator.interrupt.requested and at > 0:
                raise Interrupted("interrupted by the user")
            self.host.write(text[at : at + BLOCK])

    def page(self, text: str) -> None:
        """Show byte text that may be long: by a pager when it is longer than the terminal."""
        pager = self.environment.get("PAGER", "less")
        if not self.rich_text or text.count("\n") < os.get_terminal_size(OUT).lines or not pager:
            self.write(text)
            return
        try:
            subprocess.run(pager, shell=True, input=text.encode("latin-1"))
        except OSError:
            self.write(text)

    def say(self, text: str) -> None:
        """Show byte text: a message."""
        if not self.quiet:
            self.host.say(text)

    def emit(self, kind: str, text: str) -> None:
        """What programs say."""
        if not self.quiet:
            self.host.emit(kind, text)

    def print(self, value: object, depth: int | None) -> None:
        """Print a value, so many sets and lists deep, and what was printed so far if that fails."""
        printer = Printer(
            PrintOptions(
                colours=self.colours,
                force=True,
                derivation_paths=True,
                max_depth=UNLIMITED if depth is None else depth,
                indent=INDENT,
                errors=RAISE_AT_TOP,
            )
        )
        try:
            printer.print(value, False, 0)
            printer.parts.append("\n")
        finally:
            self.write("".join(printer.parts))

    def width(self) -> int:
        """Of the terminal."""
        return os.get_terminal_size(OUT).columns if os.isatty(OUT) else USUAL_WIDTH - 20

    def remember(self, text: str) -> None:
        self.history.append(text)

    def forget_files(self) -> None:
        """Read files again that may have changed."""
        loader = self.evaluator.loader
        loader.resolved.clear()
        loader.values.clear()
        self.evaluator.copied.clear()

    def repeated(self, observer: Observer) -> Repl:
        """A session like this one as it began, which shows nothing."""
        return Repl(self.host, observer, True)

    def replay(self, other: Repl) -> None:
        """Do what has made another session's variables. What has failed there may fail here."""
        self.arguments.update(self.host.arguments(self.evaluator, self.scope.folder))
        steps: list[Callable[[], None]] = [partial(load_file, self, name) for name in other.first_files]
        steps += [partial(load_expression, self, text) for text in self.expressions]
        steps += [partial(self.process, text) for text in other.history]
        for step in steps:
            try:
                step()
            except NixError:
                continue

    # Input.

    def begin(self) -> None:
        """Load what the command line says; inside `Evaluator.run`, as all below."""
        self.arguments.update(self.host.arguments(self.evaluator, self.scope.folder))
        load_files(self)

    def process(self, text: str) -> None:
        """Do what a text says. Raises NixError, IncompleteInput, Quit."""
        REGISTERS.show_trace = self.show_trace
        text = text.strip(BLANKS)
        if not text:
            return
        if text.startswith(":"):
            at = next((at for at, letter in enumerate(text) if letter in BLANKS), len(text))
            self.command = text[:at]
            commands.find(self.commands, self.command).run(self, text[at:].strip(BLANKS))
            return
        bindings = self.scope.parse_bindings(text)
        if bindings is not None:
            self.scope.bind(text, bindings)
            self.remember(text)
        else:
            self.print(self.scope.evaluate(text), 1)

    def answer(self, text: str) -> bool:
        """Do what a text says, and show its error if it fails. False when more is needed.

        Raises Quit.
        """
        try:
            self.evaluator.run(lambda: self.process(text))
        except IncompleteInput:
            return False
        except (NixError, Interrupted, MemoryError, OSError) as trouble:
            self.complain(trouble)
            if self.is_busy():
                self.say("It still waits for the system: nothing else is evaluated before that is over.\n")
        except commands.Quit:
            raise
        except Exception as defect:
            self.program.defect(defect)
        self.write("\n")
        return True

    def is_busy(self) -> bool:
        """Whether an evaluation that was interrupted has not noticed it yet."""
        return MACHINE.holder != 0

    def complain(self, trouble: Exception, sources: Sources | None = None) -> None:
        """Show an error, of this session if nothing else is said."""
        if isinstance(trouble, NixError):
            sources = sources if sources is not None else self.evaluator.sources
            shown = error_text(trouble, sources, self.show_trace, self.program.colours)
        elif isinstance(trouble, MemoryError):
            shown = "error: out of memory"
        elif isinstance(trouble, OSError):
            shown = "error: " + (trouble.strerror or str(trouble)).encode().decode("latin-1")
        else:
            shown = "error: " + str(trouble)
        self.say(shown + "\n")

    def is_complete(self, text: str) -> bool:
        """Whether a text needs no further line, be it right or wrong."""
        try:
            self.scope.check(self.expression_in(text))
        except IncompleteInput:
            return False
        except NixError:
            pass
        return True

    def is_well_formed(self, text: str) -> bool:
        """Whether a text is one command or expression, or bindings."""
        try:
            self.scope.check(self.expression_in(text))
        except (IncompleteInput, NixError):
            return False
        return True

    def expression_in(self, text: str) -> str:
        """What of a text is an expression or bindings; something that is right when nothing is.

        Raises IncompleteInput for a command without its expression.
        """
        text = text.strip(BLANKS)
        if text.startswith(":"):
            words = text.split(maxsplit=1)
            command = self.commands.get(words[0])
            if command is None or command.argument != commands.EXPRESSION:
                text = ""
            elif len(words) < 2:
                raise IncompleteInput
            else:
                text = words[1]
        return text or "null"
