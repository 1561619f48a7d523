"""``tvix-eval``: evaluate expressions from the command line."""

from __future__ import annotations

import os
import sys
import time

from tvix_eval import options
from tvix_eval.auto_call import auto_call, find_along_attr_path
from tvix_eval.builtins.registry import Loader, impure_constants, io_builtins, pure_builtins
from tvix_eval.builtins.storeless import storeless_builtins
from tvix_eval.errors import Interrupted, NixError, Source, Sources, UsageError
from tvix_eval.eval_io import StdIO, join
from tvix_eval.evaluation import Evaluation
from tvix_eval.options import Arguments, read_arguments
from tvix_eval.output.error_text import error_text, warning_text
from tvix_eval.search_path import parse_entry, parse_nix_path
from tvix_eval.settings import Settings
from tvix_eval.syntax.settings import ParseWarning
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.force import force
from tvix_eval.vm.strings import ContextBuilder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from tvix_eval.builtins.records import Record

VERSION: Final = "0.1.0"
STDIN_NAME: Final = "\xc2\xabstdin\xc2\xbb"
STRING_NAME: Final = "\xc2\xabstring\xc2\xbb"


def write(handle: int, text: str) -> None:
    """Write byte text, all of it."""
    data = memoryview(text.encode("latin-1"))
    while data:
        written = os.write(handle, data)
        data = data[written:]  # mypyc would evaluate a call in the slice twice


def byte_text(text: str) -> str:
    """Byte text of what the operating system gave us as `str`."""
    return os.fsencode(text).decode("latin-1")


class Command:
    """One run of the program. `environment` is that of the process.

    `store_builtins` gives the builtins that need a store, `copy_path` puts a file into it.
    """

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        store_builtins: Callable[[], list[Record]] | None = None,
        copy_path: Callable[[str], str] | None = None,
    ) -> None:
        self.environment: Final = environment
        self.store_builtins: Final = store_builtins
        self.copy_path: Final = copy_path
        self.colours = use_colours(environment)
        self.show_trace = False
        self.arguments: Arguments = Arguments()
        self.words: Final = arguments

    def run(self) -> int:
        """The exit code. Every error becomes a message."""
        try:
            self.arguments = read_arguments(self.words)
            if self.arguments.has("--help"):
                write(1, byte_text(options.help_text()))
            elif self.arguments.has("--version"):
                write(1, "tvix-eval " + VERSION + "\n")
            elif self.arguments.has("--completion"):
                write(1, byte_text(options.completion(self.arguments.last("--completion") or "")))
            else:
                self.evaluate()
            return 0
        except UsageError as misuse:
            self.complain(misuse)
            self.say("Try 'tvix-eval --help' for more information.\n")
        except NixError as error:
            self.complain(error)
        except (Interrupted, KeyboardInterrupt):
            self.say("error: interrupted by the user\n")
        except MemoryError:
            self.say("error: out of memory\n")
        except OSError as trouble:
            self.say("error: " + byte_text(trouble.strerror or str(trouble)) + "\n")
        except Exception as defect:
            self.defect(defect)
        return 1

    def complain(self, error: NixError) -> None:
        self.say(error_text(error, error.sources, self.show_trace, self.colours) + "\n")

    def defect(self, error: Exception) -> None:
        """An error that is ours, not the program's."""
        self.say(
            "error: internal error: "
            + byte_text(type(error).__name__ + ": " + str(error))
            + "\nThis is a defect of tvix-eval. Please report it, with what you evaluated.\n"
        )
        if self.environment.get("TVIX_DEBUG"):
            import traceback

            self.say(byte_text("".join(traceback.format_exception(error))))

    def say(self, text: str) -> None:
        try:
            write(2, text)
        except OSError:
            pass

    def emit(self, kind: str, text: str) -> None:
        """What the program says while it runs."""
        if kind == "trace":
            self.say("trace: " + text + "\n")
        else:
            self.say(warning_text(text, kind, self.colours) + "\n")

    def parse_warning(self, name: str, text: str, warning: ParseWarning) -> None:
        if warning.pos < 0:
            self.say("warning: " + warning.text + "\n")
            return
        sources = Sources()
        base = sources.add(Source(name, text, False))
        pos = base + warning.pos + 1 if warning.pos >= 0 else 0
        self.say(warning_text(warning.text, "warning", self.colours, pos, sources) + "\n")

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
            show_trace=self.show_trace,
            trace_verbose=arguments.has("--trace-verbose"),
            abort_on_warn=self.environment.get("NIX_ABORT_ON_WARN", "") in ("1", "yes", "true"),
            pure_eval=arguments.has("--pure-eval"),
            experimental_features=features,
            lint_url_literals=self.lint("--lint-url-literals"),
            lint_short_path_literals=self.lint("--lint-short-path-literals"),
            lint_absolute_path_literals=self.lint("--lint-absolute-path-literals"),
            code_cache=self.cache_folder(),
            home=byte_text(self.environment.get("HOME", "/homeless-shelter")),
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
        io = StdIO()
        entries = [parse_entry(byte_text(each)) for each in self.arguments.all("--include")]
        if not settings.pure_eval:
            entries += parse_nix_path(byte_text(self.environment.get("NIX_PATH", "")))

        def builtins(loader: Loader) -> list[Record]:
            records: list[Record] = pure_builtins() + io_builtins(io, loader, entries)
            records += (
                storeless_builtins(settings.experimental_features)
                if self.store_builtins is None
                else self.store_builtins()
            )
            if not settings.pure_eval:
                records += impure_constants(current_system(), int(time.time()))
            return records

        evaluation = Evaluation(builtins, io, settings, self.emit, self.copy_path, self.parse_warning)
        evaluation.run(Job(evaluation, self.arguments, io).run)


class Job:
    """The evaluation of everything the command line names, inside `Evaluation.run`."""

    def __init__(self, evaluation: Evaluation, arguments: Arguments, io: StdIO) -> None:
        self.evaluation: Final = evaluation
        self.arguments: Final = arguments
        self.folder: Final = io.working_directory()
        self.args: Final[dict[str, object]] = {}

    def run(self) -> None:
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
                self.text(read_all(0).decode("latin-1"), STDIN_NAME)
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
            write(1, self.render(value))

    def render(self, value: object) -> str:
        """What to print of a value."""
        strict = self.arguments.has("--strict")
        context = ContextBuilder()
        if self.arguments.has("--raw"):
            return coerce_to_string(value, context, 0, "while generating the nix-instantiate output")
        if self.arguments.has("--xml"):
            from tvix_eval.output.xml import to_xml

            return to_xml(value, strict, not self.arguments.has("--no-location"), context, 0)
        if self.arguments.has("--json"):
            from tvix_eval.output.json import to_json

            return to_json(value, strict, 0, context) + "\n"
        from tvix_eval.output.printer import print_value

        if strict:
            from tvix_eval.vm.deep import deep_force

            value = deep_force(value)
        return print_value(force(value, 0)) + "\n"


def current_system() -> str:
    """Nix's name of this platform."""
    machine = os.uname().machine
    return {"arm64": "aarch64"}.get(machine, machine) + "-" + sys.platform.removesuffix("2")


def read_all(handle: int) -> bytes:
    parts: list[bytes] = []
    while True:
        part = os.read(handle, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)


def use_colours(environment: dict[str, str]) -> bool:
    """Colours on a terminal that can show them, unless NO_COLOR is set."""
    return os.isatty(2) and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def main() -> int:
    return Command(sys.argv[1:], dict(os.environ)).run()
