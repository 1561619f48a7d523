"""``tvix-instantiate``: takes the place of ``nix-instantiate``.

Flags, settings, output, messages and exit codes are those of Nix. Derivations are
instantiated where a host gives builtins that have a store.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from tvix_eval import configuration_files
from tvix_eval.builtins.features import feature_is_disabled
from tvix_eval.builtins.registry import (
    NIX_VERSION,
    STORE_DIR,
    Loader,
    impure_constants,
    io_builtins,
    pure_builtins,
)
from tvix_eval.configuration import Configuration
from tvix_eval.evaluation import Evaluator
from tvix_eval.instantiate_job import Job
from tvix_eval.instantiate_options import CommandLine, Request
from tvix_eval.observation import Observation
from tvix_eval.program import (
    INFO,
    TALKATIVE,
    Program,
    byte_text,
    current_system,
    read_all,
    write,
)
from tvix_eval.search_path import Entry, SearchPath, parse_entry, split_nix_path
from tvix_eval.settings import Settings
from tvix_eval.store_access import StoreAccess
from tvix_eval.worlds import world

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from tvix_eval.builtins.records import Record
    from tvix_eval.linker import Instruments
    from tvix_eval.vm.observer import Observer

NIX_NAME: Final = "nix-instantiate"
MAX_CALL_DEPTH: Final = 10_000
STATE_FOLDER: Final = "/nix/var/nix"
FEATURES: Final = "signed-caches"
DERIVATION_FILE: Final = "\xc2\xabnix-internal\xc2\xbb/derivation-internal.nix"
ON: Final = ("1", "yes", "true")

HELP: Final = """\
Usage: {name} [FLAG]… [FILE|-]…
       {name} [FLAG]… -E EXPR…
       {name} [FLAG]… --find-file NAME…

Evaluates Nix expressions as nix-instantiate does, and takes its flags:
  --eval [--strict] [--json|--xml|--raw] [--no-location]
  --parse, --find-file, --expr/-E, --attr/-A PATH, --add-root PATH
  --arg NAME EXPR, --argstr NAME TEXT, --arg-from-file NAME FILE, --arg-from-stdin NAME
  --include/-I PATH, --impure, --verbose/-v, --quiet, --debug
  --option NAME VALUE, and every setting of nix.conf as a flag: --NAME, --no-NAME, --extra-NAME
"""


class Instantiate(Program):
    """One run. `words` and `environment` are those of the process, as byte text."""

    def __init__(
        self,
        name: str,
        words: list[str],
        environment: dict[str, str],
        store: StoreAccess | None = None,
    ) -> None:
        super().__init__(name, environment)
        self.words: Final = words
        self.store: Final = StoreAccess() if store is None else store
        self.configuration: Final = Configuration(self.warn)

    def perform(self) -> None:
        configuration = self.configuration
        configuration_files.load(configuration, self.environment, self.home())
        if "NIX_PATH" in self.environment:
            configuration.assign("nix-path", " ".join(split_nix_path(self.environment["NIX_PATH"])))
        request = CommandLine(self.words, configuration, self).read()
        if request.shown == "--help":
            write(1, byte_text(HELP.replace("{name}", self.name)))
        elif request.shown:
            self.show_version()
        else:
            configuration.report_unknown()
            for feature in sorted(request.features_needed):
                if not configuration.has_feature(feature):
                    raise feature_is_disabled(feature)
            self.show_trace = configuration.is_true("show-trace")
            self.evaluate(request)

    def home(self) -> str:
        return self.environment.get("HOME") or byte_text(os.path.expanduser("~"))

    def show_version(self) -> None:
        text = NIX_NAME + " (Nix) " + NIX_VERSION + "\n"
        if self.verbosity > INFO:
            files = configuration_files.user_files(self.environment, self.home())
            text += (
                f"System type: {self.configuration.text('system') or current_system()}\n"
                f"Additional system types: {', '.join(self.configuration.words('extra-platforms'))}\n"
                f"Features: {FEATURES}\n"
                f'System configuration file: "{configuration_files.system_file(self.environment)}"\n'
                f"User configuration files: {':'.join(files)}\n"
                f"Store directory: {STORE_DIR}\n"
                f'State directory: "{STATE_FOLDER}"\n'
            )
        write(1, text)

    def settings(self) -> Settings:
        configuration = self.configuration
        return Settings(
            max_call_depth=configuration.number("max-call-depth", MAX_CALL_DEPTH),
            show_trace=self.show_trace,
            trace_verbose=configuration.is_true("trace-verbose"),
            abort_on_warn=(
                configuration.is_true("abort-on-warn")
                if configuration.text("abort-on-warn")
                else self.environment.get("NIX_ABORT_ON_WARN") in ON
            ),
            pure_eval=configuration.is_true("pure-eval"),
            experimental_features=configuration.features(),
            lint_url_literals=configuration.text("lint-url-literals", "ignore"),
            lint_short_path_literals=configuration.text("lint-short-path-literals", "ignore"),
            lint_absolute_path_literals=configuration.text("lint-absolute-path-literals", "ignore"),
            code_cache=self.cache_folder(),
            home=self.home(),
            colours=self.colours or self.json_log,
        )

    def store_name(self) -> str:
        return self.configuration.text("store") or self.environment.get("NIX_REMOTE", "")

    def cache_folder(self) -> str | None:
        """Where compiled code is kept; nowhere when TVIX_CODE_CACHE is empty."""
        given = self.environment.get("TVIX_CODE_CACHE")
        if given is not None:
            return given or None
        cache = self.environment.get("XDG_CACHE_HOME") or self.home() + "/.cache"
        return cache + "/tvix/code" if cache.startswith("/") else None

    def search_entries(self, request: Request) -> list[Entry]:
        """What ``<name>`` finds, but in pure evaluation nothing."""
        configuration = self.configuration
        if configuration.is_true("pure-eval"):
            return []
        places = request.includes + configuration.words("nix-path")
        if not configuration.is_true("restrict-eval"):
            places += self.default_places()
        return [parse_entry(place) for place in places]

    def default_places(self) -> list[str]:
        """The channels of the user and of the machine, if there are any."""
        folder = self.home() + "/.nix-defexpr"
        if self.configuration.is_true("use-xdg-base-directories"):
            state = self.environment.get("XDG_STATE_HOME") or self.home() + "/.local/state"
            folder = state + "/nix/defexpr"
        channels = (
            self.environment.get("NIX_STATE_DIR") or STATE_FOLDER
        ) + "/profiles/per-user/root/channels"
        places = [
            ("", folder + "/channels"),
            ("nixpkgs=", channels + "/nixpkgs"),
            ("", channels),
        ]
        return [prefix + path for prefix, path in places if os.path.exists(path.encode("latin-1"))]

    def evaluate(self, request: Request) -> None:
        settings = self.settings()
        configuration = self.configuration
        restrict = configuration.is_true("restrict-eval")
        io = world(settings.pure_eval, restrict, configuration.words("allowed-uris"))
        store = self.store
        read_only = request.read_only or (request.evaluate_only and not request.read_write)
        io = store.open(self.store_name(), read_only, settings, io)
        entries = self.search_entries(request)
        lookup = SearchPath(io)

        def builtins(loader: Loader) -> list[Record]:
            records: list[Record] = pure_builtins() + io_builtins(io, store.loader(loader), entries, lookup)
            records += store.builtins(settings)
            if configuration.is_true("allow-unsafe-native-code-during-evaluation"):
                from tvix_eval.builtins.native import native_builtins

                records += native_builtins(io, loader)
            if not settings.pure_eval:
                system = configuration.text("eval-system") or configuration.text("system") or current_system()
                records += impure_constants(system, int(time.time()))
            return records

        if request.debugger:

            def make(emit: Callable[[str, str], None], observer: Observer | Instruments | None) -> Evaluator:
                return Evaluator(builtins, io, settings, emit, store.copy_path, self.parse_warning, observer)

            def job(evaluation: Evaluator) -> Job:
                return Job(self, evaluation, request, entries, lookup, "", store)

            from tvix_eval.debugger.program import debug

            debug(self, store, make, job, NIX_VERSION, configuration.is_true("ignore-try"))
            return
        observation = Observation(self, configuration)
        evaluation = Evaluator(
            builtins, io, settings, self.emit, store.copy_path, self.parse_warning, observation.observer
        )
        if self.verbosity >= TALKATIVE:
            self.tell_import(DERIVATION_FILE)
            evaluation.on_import = self.tell_import
        stdin = read_all(0).decode("latin-1") if wants_stdin(request) else ""
        gc.disable()  # afterwards, too: the process ends, and nothing is worth collecting
        try:
            evaluation.run(Job(self, evaluation, request, entries, lookup, stdin, store).run)
        finally:
            observation.finish()
        observation.report(evaluation)

    def tell_import(self, path: str) -> None:
        self.tell(TALKATIVE, "evaluating file '" + path + "'")


def wants_stdin(request: Request) -> bool:
    return request.read_stdin or any(kind == "arg-from-stdin" for kind, _ in request.arguments.values())


def main(store: StoreAccess | None = None) -> int:
    """The program; a host with a store gives access to it."""
    environment = {byte_text(name): byte_text(value) for name, value in os.environ.items()}
    name = os.path.basename(sys.argv[0])
    if name.endswith(".py"):
        name = "tvix-instantiate"
    return Instantiate(byte_text(name), [byte_text(word) for word in sys.argv[1:]], environment, store).run()
