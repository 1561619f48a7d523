"""An evaluation: builtins, world and settings put together.

An `Evaluator` owns all state: sources, symbols, the files it has imported, the values of
its builtins. Everything that touches values must happen inside `run`, which provides the
deep stack and loads the registers of the machine.
"""

from __future__ import annotations

import gc

from tvix_eval.activation import MACHINE, Saved, load
from tvix_eval.builtins.numbers import Div, LessThan, Mul, Sub
from tvix_eval.builtins.registry import Constant, Loader, SourceBuiltin, global_name
from tvix_eval.compiler.bytecode import Chunk
from tvix_eval.deep import FOREVER, run_deep
from tvix_eval.errors import CLOSE, OPEN, EvalError, NixError, Source, Sources
from tvix_eval.eval_io import EvalIO, resolve_import_path
from tvix_eval.first_symbols import FIRST_SYMBOLS
from tvix_eval.front import Front
from tvix_eval.hints import i64
from tvix_eval.linker import Globals, Instruments, Unit
from tvix_eval.polling import Interrupt
from tvix_eval.settings import Settings
from tvix_eval.syntax.settings import ParseWarning
from tvix_eval.syntax.show import show
from tvix_eval.vm.attr_positions import TablePositions
from tvix_eval.vm.attrs import Attrs, from_table
from tvix_eval.vm.machine import REGISTERS, Session
from tvix_eval.vm.positions import position_value
from tvix_eval.vm.shapes import forget_shapes
from tvix_eval.vm.strings import forget_contexts
from tvix_eval.vm.values import NO_ENV, OBSERVED, Builtin, Env, Op, Thunk, new_env

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from tvix_eval.builtins.records import Record
    from tvix_eval.vm.observer import Observer

# What the operators are when nobody has replaced them.
OPERATORS: Final = {"__sub": Sub, "__mul": Mul, "__div": Div, "__lessThan": LessThan}


class SourceImport(Op):
    """Evaluates a builtin that is given as source, when its thunk is forced."""

    def __init__(self, evaluation: Evaluator, record: SourceBuiltin) -> None:
        self.evaluation: Final = evaluation
        self.record: Final = record

    def eval(self, env: Env) -> object:
        record = self.record
        return self.evaluation.evaluate_text(record.text, record.source_name, "/")


class FileImport(Op):
    """Evaluates a file when its thunk is forced."""

    def __init__(self, evaluation: Evaluator, path: str) -> None:
        self.evaluation: Final = evaluation
        self.path: Final = path

    def eval(self, env: Env) -> object:
        return self.evaluation.evaluate_file(self.path, None, True)


class FileLoader(Loader):
    """What ``import`` does. A file is evaluated once, whatever path leads to it."""

    def __init__(self, evaluation: Evaluator) -> None:
        self.evaluation: Final = evaluation
        self.resolved: Final[dict[str, str]] = {}
        self.values: Final[dict[str, Thunk]] = {}

    def load(self, path: str) -> object:
        resolved = self.resolved.get(path)
        if resolved is None:
            resolved = resolve_import_path(self.evaluation.io, path)
            self.resolved[path] = resolved
        thunk = self.values.get(resolved)
        if thunk is None:
            thunk = Thunk(FileImport(self.evaluation, resolved), NO_ENV)
            self.values[resolved] = thunk
        return thunk.force(0)

    def load_scoped(self, scope: Attrs, path: str) -> object:
        return self.evaluation.evaluate_file(resolve_import_path(self.evaluation.io, path), scope)

    def delay(self, text: str) -> object:
        return self.evaluation.delay_text(text, OPEN + "string" + CLOSE, "/")


class Evaluator:
    """`builtins` makes the builtins, given what imports files. `emit(kind, text)` takes what
    the program says: see `Session`. `copy_path(path)` puts a file into a store. `observer` is told
    what happens; or it is what says how to link.
    """

    def __init__(
        self,
        builtins: Callable[[Loader], list[Record]],
        io: EvalIO,
        settings: Settings,
        emit: Callable[[str, str], None],
        copy_path: Callable[[str], str] | None = None,
        on_parse_warning: Callable[[str, str, ParseWarning], None] | None = None,
        observer: Observer | Instruments | None = None,
    ) -> None:
        forget_shapes()  # what is shared would pile up, one evaluation's after the other's
        forget_contexts()
        self.io: Final = io
        self.settings: Final = settings
        self.patience = FOREVER  # seconds to wait for an evaluation that was interrupted
        self.runs = 0  # on threads of their own, those that wait for their turn with them
        self.interrupt: Final = Interrupt(settings.timeout, settings.max_memory)
        self.into_store: Final = copy_path if copy_path is not None else no_store
        self.session: Final = Session(emit, self.copy_path, self.interrupt.poll)
        self.session.experimental.update(settings.experimental_features)
        self.session.abort_on_warn = settings.abort_on_warn
        self.session.trace_verbose = settings.trace_verbose
        self.session.pure = settings.pure_eval
        self.session.colours = settings.colours
        self.session.owner = self
        self.instruments: Instruments | None = None
        if isinstance(observer, Instruments):
            self.instruments = observer
        elif observer is not None:
            from tvix_eval.instruments import ObserverInstruments
            from tvix_eval.vm.observed_calls import ObservedCalls

            self.instruments = ObserverInstruments(observer)
            self.session.interceptor = ObservedCalls(observer)
        self.copied: Final[dict[str, str]] = {}
        self.loader: Final = FileLoader(self)
        self.on_import: Callable[[str], None] | None = None  # is told of each file, when it is read
        records = builtins(self.loader)
        self.records: Final = {record.name: record for record in records}
        self.globals: Final = self.bind(records)
        symbols = self.session.symbols
        symbols.add_all(FIRST_SYMBOLS)
        symbols.add_all(sorted(self.globals.values))
        self.front: Final = Front(
            settings,
            symbols.numbers.copy(),
            frozenset(self.globals.values),
            on_parse_warning if on_parse_warning is not None else ignore_warning,
        )

    def bind(self, records: list[Record]) -> Globals:
        """The global scope, and the set ``builtins`` in it."""
        table: dict[str, object] = {}
        values: dict[str, object] = {}
        for record in records:
            value: object = record
            if isinstance(record, Constant):
                value = record.value
            elif isinstance(record, SourceBuiltin):
                value = Thunk(SourceImport(self, record), NO_ENV)
            elif self.instruments is not None:
                value = self.instruments.builtin(record)
            table[record.name] = value
            values[global_name(record.name)] = value
        builtins = from_table(table, TablePositions({}))
        table["builtins"] = builtins
        values["builtins"] = builtins
        operators = {
            name: value
            for name, value in values.items()
            if name in OPERATORS
            and isinstance(value, Builtin)
            and value.arity != OBSERVED
            and isinstance(value.primitive, OPERATORS[name])
        }
        return Globals(values, operators, self.instruments)

    def copy_path(self, path: str) -> str:
        """Put a file that a string mentions into the store, once."""
        copied = self.copied.get(path)
        if copied is None:
            resolved = self.io.resolve_symlinks(path, False)
            if not self.io.path_exists(resolved):
                raise self.io.absent(resolved)
            copied = self.into_store(resolved)
            self.copied[path] = copied
        return copied

    @property
    def sources(self) -> Sources:
        return self.session.sources

    def run(self, function: Callable[[], object]) -> object:
        """Call `function` where values can be made and forced; its result or its error.

        Threads take turns. Errors of the Nix program get the `sources` that they speak of.
        """
        if not MACHINE.is_mine():
            if self.runs == 0:  # else a request is for what runs; and here, lest one be lost that comes now
                self.interrupt.requested = False
            self.runs += 1
            try:
                return run_deep(
                    lambda activations: self.take_machine(function, activations), self.stop, self.patience
                )
            finally:
                self.runs -= 1
        if REGISTERS.session is self.session:
            return function()
        saved = Saved()
        try:
            return self.activate(function, saved.room())
        finally:
            saved.restore()

    def stop(self) -> None:
        """Ask what is running to stop, from another thread: it raises `Interrupted` soon."""
        self.interrupt.requested = True

    def take_machine(self, function: Callable[[], object], activations: int) -> object:
        MACHINE.take()
        saved = Saved()
        collecting = gc.isenabled()
        gc.disable()
        try:
            return self.activate(function, activations)
        finally:
            saved.restore()
            MACHINE.give()
            if collecting:
                gc.enable()

    def activate(self, function: Callable[[], object], activations: int) -> object:
        settings = self.settings
        load(self.session, activations, settings.max_call_depth, settings.show_trace)
        self.interrupt.begin()
        try:
            return function()
        except NixError as error:
            error.sources = self.session.sources
            raise
        finally:
            self.interrupt.requested = False  # it is over: what comes next has not been asked to stop

    # To be called inside `run`.

    def evaluate_text(self, text: str, name: str, folder: str) -> object:
        """The value of an expression; relative paths in it are relative to `folder`."""
        source = Source(name, text, False)
        base = self.sources.add(source)
        return self.evaluate_chunk(self.compile(text, name, base, None), base, folder, None)

    def delay_text(self, text: str, name: str, folder: str) -> object:
        """An expression like that of `evaluate_text`, compiled now and evaluated when needed."""
        base = self.sources.add(Source(name, text, False))
        chunk = self.compile(text, name, base, None)
        self.session.symbols.add_all(chunk.symbols)
        unit = Unit(chunk, base, folder, self.settings.home, self.globals, position_value)
        return Thunk(unit.main(), new_env(chunk.frame_size, None))

    def evaluate_file(self, path: str, scope: Attrs | None = None, frame: bool = False) -> object:
        """The value of a file, evaluated anew. `scope`: variables besides the builtins.

        `frame`: errors of evaluating it, not of reading it, say which file it was.
        """
        if self.on_import is not None and (frame or scope is not None):
            self.on_import(path)
        if scope is None:
            base, chunk = self.compiled_file(path)
        else:
            text = self.io.read_file(path).decode("latin-1")
            base = self.sources.add(FileSource(path, self.io))
            chunk = self.compile(text, path, base, scope.names())
        try:
            return self.evaluate_chunk(chunk, base, path[: path.rfind("/")], scope)
        except NixError as error:
            if frame:
                error.add_frame(0, "while evaluating the file '" + path + "':")
            raise

    def compile_file(self, path: str) -> Chunk:
        """The chunk of a file, from the cache or into it."""
        return self.compiled_file(path)[1]

    def compiled_file(self, path: str) -> tuple[i64, Chunk]:
        """A file as one of the sources: its base, and its chunk."""
        stamp = self.io.stamp(path)
        chunk = self.front.load_stamped(stamp) if stamp is not None else None
        if chunk is not None:
            return self.sources.add(FileSource(path, self.io)), chunk
        data = self.io.read_file(path)
        base = self.sources.add(FileSource(path, self.io))
        try:
            return base, self.front.compile_file(data, stamp, path, REGISTERS.max_depth)
        except NixError as error:
            raise located(error, base) from None

    def resolve(self, path: str) -> str:
        """The file that ``import path`` reads."""
        return resolve_import_path(self.io, path)

    def show_tree(self, text: str, name: str, folder: str) -> str:
        """What ``--parse`` prints."""
        base = self.sources.add(Source(name, text, False))
        try:
            root = self.front.parse_and_resolve(text, name, REGISTERS.max_depth)
        except NixError as error:
            raise located(error, base) from None
        return show(root, folder, self.settings.home)

    def compile(self, text: str, name: str, base: i64, scope: list[str] | None) -> Chunk:
        try:
            return self.front.compile(text, name, REGISTERS.max_depth, scope)
        except NixError as error:
            raise located(error, base) from None

    def evaluate_chunk(self, chunk: Chunk, base: i64, folder: str, scope: Attrs | None) -> object:
        self.session.symbols.add_all(chunk.symbols)
        unit = Unit(chunk, base, folder, self.settings.home, self.globals, position_value)
        env = new_env(chunk.frame_size, None)
        if scope is not None:
            slot = 0
            for place in scope.places():
                env.set(slot, place)
                slot += 1
        return unit.main().eval(env)


class FileSource(Source):
    """A file, whose text is read again when a position in it is shown."""

    def __init__(self, path: str, io: EvalIO) -> None:
        super().__init__(path, "", True)
        self.io: Final = io
        self.is_read = False

    def read(self) -> None:
        if not self.is_read:
            self.is_read = True
            try:
                self.text = self.io.read_file(self.name).decode("latin-1")
            except NixError:
                self.text = ""


def located(error: NixError, base: i64) -> NixError:
    """An error of the front, whose position is an offset, with a position of `base`'s source."""
    if error.pos != 0:
        error.pos = error.pos + base
    return error


def ignore_warning(name: str, text: str, warning: ParseWarning) -> None:
    pass


def no_store(path: str) -> str:
    raise EvalError("path '" + path + "' can't be put into a store: this evaluation has none")
