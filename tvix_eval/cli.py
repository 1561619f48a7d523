"""``tvix-eval``: evaluate expressions from the command line."""

from __future__ import annotations

import gc
import os
import sys
import time

from tvix_eval import options
from tvix_eval.auto_call import auto_call, find_along_attr_path
from tvix_eval.builtins.registry import Loader, impure_constants, io_builtins, pure_builtins
from tvix_eval.deep import COMPILED
from tvix_eval.errors import NixError, Source, UsageError
from tvix_eval.eval_io import join
from tvix_eval.evaluation import Evaluator
from tvix_eval.options import Arguments, read_arguments
from tvix_eval.output.rendering import JSON, NIX, RAW, XML, write_value
from tvix_eval.program import (
    STDIN_NAME,
    STRING_NAME,
    Program,
    byte_text,
    current_system,
    read_all,
    write,
)
from tvix_eval.search_path import Entry, SearchPath, parse_entry, parse_nix_path
from tvix_eval.settings import Settings
from tvix_eval.store_access import StoreAccess
from tvix_eval.worlds import open_search_path, world

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from tvix_eval.builtins.records import Record
    from tvix_eval.diagnostics.trace import Places
    from tvix_eval.linker import Instruments
    from tvix_eval.profiling.measurement import Measurement
    from tvix_eval.syntax.settings import ParseWarning
    from tvix_eval.vm.observer import Observer

    MakeEvaluator = Callable[[Callable[[str, str], None], Observer | Instruments | None], Evaluator]

PATIENCE: Final = 1.0  # seconds after Ctrl-C, for an evaluation that waits for the system
VERSION: Final = "0.1.0"
# The flags that `make_measurement` takes, in its order.
MEASURED: Final = ("--profile", "--profile-mode", "--profile-interval", "--profile-memory", "--coverage")
SUBCOMMANDS: Final = ("repl", "lint", "stats", "dap")
PRETTY: Final = "pretty"  # the forms of errors
NIX_TEXT: Final = "nix"


class Command(Program):
    """One run of the program. `environment` is that of the process."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        store: StoreAccess | None = None,
    ) -> None:
        super().__init__("tvix-eval", environment)
        self.store: Final = StoreAccess() if store is None else store
        self.arguments: Arguments = Arguments()
        # Without arguments it is for a person to converse with; a file of that name is ``./repl``.
        self.interactive: Final = arguments[:1] == ["repl"] or (not arguments and os.isatty(0))
        self.subcommand: Final = arguments[0] if arguments and arguments[0] in SUBCOMMANDS else ""
        self.words: Final = arguments[1:] if self.subcommand else arguments
        self.status = 0  # when nothing is wrong that ends the run
        self.error_form = PRETTY

    def run(self) -> int:
        return super().run() or self.status

    def perform(self) -> None:
        if self.subcommand == "stats":
            from tvix_eval.profiling import compare_statistics

            compare_statistics.run(self.words)
            return
        if self.subcommand == "lint" or "--lint" in self.words:
            from tvix_eval.lints.program import run

            self.status = run(self, [word for word in self.words if word != "--lint"])
            return
        self.arguments = read_arguments(self.words)
        self.set_error_form()
        if self.arguments.has("--help"):
            write(1, byte_text(options.help_text()))
        elif self.arguments.has("--version"):
            write(1, "tvix-eval " + VERSION + (" (compiled)" if COMPILED else " (pure)") + "\n")
        elif self.arguments.has("--completion"):
            from tvix_eval.shell_completion import completion

            write(1, byte_text(completion(self.arguments.last("--completion") or "")))
        else:
            self.evaluate()

    def set_error_form(self) -> None:
        form = self.arguments.last("--error-format")
        if form is None:
            form = NIX_TEXT if self.interactive else PRETTY
        if form not in (PRETTY, NIX_TEXT, JSON):
            raise UsageError("'--error-format' wants pretty, nix or json, not '" + form + "'")
        self.error_form = form

    def error_message(self, error: NixError) -> str:
        if self.error_form == NIX_TEXT:
            return super().error_message(error)
        from tvix_eval.diagnostics.face import shown_error

        try:
            return shown_error(error, self.error_form, self.places(), self.show_trace, self.colours)
        except Exception:  # whatever is wrong with how it is shown, the error must be
            return super().error_message(error)

    def fail(self, message: str) -> None:
        self.say_in_form("error", "", message, "error: " + message + "\n")

    def tell(self, level: int, text: str) -> None:
        self.say_in_form("info", "", text, text + "\n")

    def emit(self, kind: str, text: str) -> None:
        if self.error_form == JSON:
            severity = "info" if kind == "trace" else "warning"
            self.say_in_form(severity, kind.replace(" ", "-"), text, "")
        else:
            super().emit(kind, text)

    def say_in_form(self, severity: str, code: str, message: str, text: str) -> None:
        """Say a message that has no place: as JSON where that is wanted, else as `text`."""
        if self.error_form != JSON:
            self.say(text)
            return
        from tvix_eval.diagnostics.face import shown_line

        self.say(shown_line(severity, code, message))

    def parse_warning(self, name: str, text: str, warning: ParseWarning) -> None:
        if self.error_form == NIX_TEXT:
            super().parse_warning(name, text, warning)
            return
        from tvix_eval.diagnostics.face import shown_warning

        self.say(shown_warning(name, text, warning, self.error_form, self.places(), self.colours))

    def places(self) -> Places:
        from tvix_eval.diagnostics.face import places_of

        arguments = self.arguments
        return places_of(
            [byte_text(each) for each in arguments.positional],
            [byte_text(each) for each in arguments.all("--include")],
            byte_text(self.environment.get("NIX_PATH", "")),
            byte_text(arguments.last("--store") or ""),
        )

    def settings(self) -> Settings:
        arguments = self.arguments
        features: list[str] = []
        for names in arguments.all("--experimental-features") + arguments.all(
            "--extra-experimental-features"
        ):
            features.extend(names.split())
        depth = arguments.last("--max-call-depth")
        if depth is not None and not depth.isdigit():
            raise UsageError("'--max-call-depth' wants a number, not '" + depth + "'")
        self.show_trace = arguments.has("--show-trace")
        return Settings(
            max_call_depth=10_000 if depth is None else min(int(depth), 1 << 40),
            show_trace=self.show_trace or self.error_form != NIX_TEXT,  # which chooses from the whole trace
            trace_verbose=arguments.has("--trace-verbose"),
            abort_on_warn=self.environment.get("NIX_ABORT_ON_WARN", "") in ("1", "yes", "true"),
            pure_eval=arguments.has("--pure-eval"),
            experimental_features=features,
            lint_url_literals=self.lint("--lint-url-literals"),
            lint_short_path_literals=self.lint("--lint-short-path-literals"),
            lint_absolute_path_literals=self.lint("--lint-absolute-path-literals"),
            code_cache=self.cache_folder(),
            home=byte_text(self.environment.get("HOME", "/homeless-shelter")),
            colours=self.colours,
        )

    def lint(self, flag: str) -> str:
        level = self.arguments.last(flag)
        if level is None:
            return "ignore"
        if level not in ("ignore", "warn", "fatal"):
            raise UsageError("'" + flag + "' wants ignore, warn or fatal, not '" + level + "'")
        return level

    def cache_folder(self) -> str | None:
        if self.arguments.has("--no-code-cache"):
            return None
        given = self.arguments.last("--code-cache")
        if given is not None:
            return given
        home = self.environment.get("HOME", "")
        cache = self.environment.get("XDG_CACHE_HOME", "") or (home + "/.cache" if home else "")
        return cache + "/tvix/code" if cache.startswith("/") else None

    def evaluate(self) -> None:
        settings = self.settings()
        precompiling = self.arguments.has("--precompile")
        if precompiling:
            self.check_precompile(settings)
        store = self.store
        # Of a file that somebody names, the code may be kept, whatever a program may read.
        restrict = not precompiling and self.arguments.has("--restrict-eval")
        io = world(settings.pure_eval and not precompiling, restrict)
        name = byte_text(self.arguments.last("--store") or "")
        io = store.open(name, name.startswith("dummy:"), settings, io)
        entries: list[Entry] = []
        if not settings.pure_eval:
            entries += [parse_entry(byte_text(each)) for each in self.arguments.all("--include")]
            entries += parse_nix_path(byte_text(self.environment.get("NIX_PATH", "")))
        lookup = SearchPath(io)

        def builtins(loader: Loader) -> list[Record]:
            records: list[Record] = pure_builtins() + io_builtins(io, store.loader(loader), entries, lookup)
            records += store.builtins(settings)
            if not settings.pure_eval:
                records += impure_constants(current_system(), int(time.time()))
            return records

        def make(emit: Callable[[str, str], None], observer: Observer | Instruments | None) -> Evaluator:
            return Evaluator(builtins, io, settings, emit, store.copy_path, self.parse_warning, observer)

        if self.interactive:
            self.converse(make, entries, lookup)
            return
        if self.subcommand == "dap":
            from tvix_eval.debugger.dap.launching import Launcher
            from tvix_eval.debugger.dap.program import serve

            launcher = Launcher(make, entries, lookup, self.show_trace)
            self.status = serve(self, launcher, self.arguments.last("--port"))
            return
        if self.arguments.has("--debugger"):
            self.debug(make, entries, lookup)
            return
        measurement = self.measurement()
        evaluation = make(self.emit, None if measurement is None else measurement.observer)
        evaluation.patience = PATIENCE
        if precompiling:
            self.precompile(evaluation)
            return
        gc.disable()  # afterwards, too: the process ends, and nothing is worth collecting
        job = Job(evaluation, self.arguments, entries, lookup, self.standard_input())
        if measurement is None:
            evaluation.run(job.run)
            return
        job.at_end = measurement.take_stock
        try:
            evaluation.run(job.run)
        finally:
            evaluation.run(lambda: measurement.finish(evaluation.sources))

    def debug(self, make: MakeEvaluator, entries: list[Entry], lookup: SearchPath) -> None:
        from tvix_eval.debugger.program import debug

        def job(evaluation: Evaluator) -> Job:
            return Job(evaluation, self.arguments, entries, lookup, self.standard_input())

        ignore_try = self.arguments.has("--ignore-try")
        self.status = debug(self, self.store, make, job, VERSION, ignore_try)

    def measurement(self) -> Measurement | None:
        """What is to be measured; None when nobody asks."""
        last = self.arguments.last
        asked = [last(name) for name in MEASURED]
        if not any(each is not None for each in asked):
            return None
        from tvix_eval.profiling.measurement import make_measurement

        return make_measurement(*[None if each is None else byte_text(each) for each in asked])

    def check_precompile(self, settings: Settings) -> None:
        if self.arguments.has("--expr") or "-" in self.arguments.positional:
            raise UsageError("'--precompile' is for files and folders")
        if settings.code_cache is None:
            raise UsageError("'--precompile' has no folder to keep compiled code in")

    def precompile(self, evaluation: Evaluator) -> None:
        from tvix_eval.precompile import Precompilation

        self.status = Precompilation(evaluation, self).run(
            [byte_text(name) for name in self.arguments.positional or ["."]]
        )

    def converse(self, make: MakeEvaluator, entries: list[Entry], lookup: SearchPath) -> None:
        from tvix_eval.repl.host import Host
        from tvix_eval.repl.program import run

        arguments = self.arguments
        inputs = [byte_text(each) for each in arguments.positional]
        expressions = inputs if arguments.has("--expr") else []
        files = [byte_text(each) for each in arguments.all("--file")]
        files += [] if arguments.has("--expr") else inputs
        given = arguments.values.get("--arg", [])
        strings = arguments.values.get("--argstr", [])
        run(Host(self, self.store, make, entries, lookup, VERSION, files, expressions, given, strings))

    def standard_input(self) -> str:
        """What is to be evaluated of it; read here, where an interrupt is noticed."""
        if "-" not in self.arguments.positional or self.arguments.has("--expr"):
            return ""
        return read_all(0).decode("latin-1")


class Job:
    """The evaluation of everything the command line names, inside `Evaluator.run`."""

    def __init__(
        self,
        evaluation: Evaluator,
        arguments: Arguments,
        entries: list[Entry],
        lookup: SearchPath,
        stdin: str,
    ) -> None:
        self.stdin: Final = stdin
        self.evaluation: Final = evaluation
        self.arguments: Final = arguments
        self.entries: Final = entries
        self.lookup: Final = lookup
        self.folder: Final = evaluation.io.working_directory()
        self.args: Final[dict[str, object]] = {}
        self.at_end: Callable[[], None] | None = None  # called while what was evaluated is there

    def run(self) -> None:
        open_search_path(self.evaluation.io, self.entries, self.lookup, self.folder)
        for name, expression in self.arguments.values.get("--arg", []):
            self.args[byte_text(name)] = self.evaluation.evaluate_text(
                byte_text(expression), STRING_NAME, self.folder
            )
        for name, string in self.arguments.values.get("--argstr", []):
            self.args[byte_text(name)] = byte_text(string)
        inputs = [byte_text(each) for each in self.arguments.positional]
        if self.arguments.has("--expr"):
            for text in inputs:
                self.text(text, STRING_NAME)
            return
        for name in inputs or ["./default.nix"]:
            if name == "-":
                self.text(self.stdin, STDIN_NAME)
            else:
                self.file(name)

    def text(self, text: str, name: str) -> None:
        if self.shown_without_evaluating(text, name, self.folder):
            return
        self.show(self.evaluation.evaluate_text(text, name, self.folder))

    def file(self, name: str) -> None:
        if name.startswith("<") and name.endswith(">"):
            self.show(self.evaluation.evaluate_text(name, STRING_NAME, self.folder))
            return
        path = join(self.folder, name)
        if self.arguments.has("--parse") or self.arguments.has("--dump-bytecode"):
            path = self.evaluation.resolve(path)
            text = self.evaluation.io.read_file(path).decode("latin-1")
            self.shown_without_evaluating(text, path, path[: path.rfind("/")])
        elif self.arguments.has("--compile-only"):
            path = self.evaluation.resolve(path)
            self.evaluation.compile_file(path)
        else:
            self.show(self.evaluation.evaluate_file(self.evaluation.resolve(path)))

    def shown_without_evaluating(self, text: str, name: str, folder: str) -> bool:
        """Does what ``--parse`` and its like ask for; False when none of them is there."""
        evaluation = self.evaluation
        if self.arguments.has("--parse"):
            write(1, evaluation.show_tree(text, name, folder) + "\n")
            return True
        if self.arguments.has("--dump-bytecode"):
            from tvix_eval.compiler.disassembler import disassemble

            base = evaluation.sources.add(Source(name, text, False))
            listing = disassemble(evaluation.compile(text, name, base, None), Source(name, text, False))
            write(1, byte_text(listing))
            return True
        if self.arguments.has("--compile-only"):
            evaluation.compile(text, name, evaluation.sources.add(Source(name, text, False)), None)
            return True
        return False

    def show(self, root: object) -> None:
        for path in self.arguments.all("--attr") or [""]:
            value = find_along_attr_path(root, byte_text(path), self.args)
            if self.args:
                value = auto_call(value, self.args)
            write_value(
                value,
                self.form(),
                self.arguments.has("--strict"),
                not self.arguments.has("--no-location"),
                write_output,
            )
        if self.at_end is not None:
            self.at_end()

    def form(self) -> str:
        """How to print a value."""
        for form in (RAW, XML, JSON):
            if self.arguments.has("--" + form):
                return form
        return NIX


def write_output(text: str) -> None:
    write(1, text)


def main(store: StoreAccess | None = None) -> int:
    """The program; a host with a store gives access to it."""
    return Command(sys.argv[1:], dict(os.environ), store).run()
