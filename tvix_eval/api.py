"""The evaluator as a library: `Evaluation` and `evaluate`.

    from tvix_eval import Evaluation, evaluate

    evaluate("{ a = 1 + 2; }")                     # {'a': 3}
    evaluation = Evaluation(search_path={"nixpkgs": "/path/to/nixpkgs"})
    evaluation.evaluate("(import <nixpkgs> { }).lib.version")

An evaluation is a world of its own: builtins, files, search path, settings. Several live
side by side; they may be used from any thread.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from os import PathLike, fsencode, getcwd
from typing import Final

from tvix_eval import evaluation as core
from tvix_eval.builtins.records import Constant, SourceBuiltin
from tvix_eval.builtins.registry import Loader, impure_constants, io_builtins, pure_builtins
from tvix_eval.builtins.storeless import storeless_builtins
from tvix_eval.convert import Converter, byte_text
from tvix_eval.errors import NixError
from tvix_eval.eval_io import EvalIO, StdIO, join
from tvix_eval.host_values import builtin, from_python
from tvix_eval.output.error_text import error_text
from tvix_eval.program import current_system
from tvix_eval.search_path import Entry, parse_entry
from tvix_eval.settings import Settings
from tvix_eval.vm.calls import call
from tvix_eval.vm.values import Builtin

Given = Builtin | Constant | SourceBuiltin


def standard_builtins(
    io: EvalIO, loader: Loader, search_path: list[Entry], settings: Settings
) -> list[Given]:
    """The builtins of an evaluation whose host says nothing else: all that need no store."""
    records: list[Given] = [
        *pure_builtins(),
        *io_builtins(io, loader, search_path),
        *storeless_builtins(settings.experimental_features),
    ]
    if not settings.pure_eval:
        records += impure_constants(current_system(), int(time.time()))
    return records


class Evaluation:
    """An evaluation of Nix programs.

    `builtins`: what to add to the standard ones, or to replace: `Builtin` records (see
    `builtin`), `SourceBuiltin`, `Constant`; or a mapping of names to Python functions and
    values, where `None` removes a builtin. `io`: the world that programs see, by default
    the file system. `search_path`: what ``<name>`` finds, as a mapping of names to folders or as
    texts as in ``NIX_PATH``. `on_message(kind, text)` is told what programs say by
    ``builtins.trace`` ("trace") and warnings; by default it goes to standard error.
    `copy_path(path)` puts a file into a store and returns its store path.
    """

    def __init__(
        self,
        *,
        builtins: Iterable[Given] | Mapping[str, object] = (),
        io: EvalIO | None = None,
        search_path: Mapping[str, str | PathLike[str]] | Iterable[str] = (),
        settings: Settings | None = None,
        on_message: Callable[[str, str], None] | None = None,
        copy_path: Callable[[str], str] | None = None,
    ) -> None:
        self.settings: Final = settings if settings is not None else Settings()
        world = io if io is not None else StdIO()
        entries = search_path_entries(search_path)
        added, removed = given_builtins(builtins)

        def compose(loader: Loader) -> list[Given]:
            standard = standard_builtins(world, loader, entries, self.settings)
            replaced = removed | {record.name for record in added}
            return [record for record in standard if record.name not in replaced] + added

        def emit(kind: str, text: str) -> None:
            shown = text.encode("latin-1").decode("utf-8", "replace")
            if on_message is not None:
                on_message(kind, shown)
            else:
                print(f"{kind}: {shown}", file=sys.stderr)

        self.core: Final = core.Evaluator(compose, world, self.settings, emit, copy_path)

    def evaluate(
        self,
        expression: str | bytes,
        *,
        folder: str | PathLike[str] | None = None,
        lazy: bool = False,
        strings: type[str] | type[bytes] = str,
    ) -> object:
        """The value of an expression as a Python object (see `convert`).

        Relative paths are relative to `folder`, by default the working directory. `lazy`:
        lists and sets are views that evaluate what is asked for. `strings`: `bytes` for
        strings that may not be UTF-8. Raises `NixError`, `Interrupted`.
        """
        text = byte_text(expression)
        base = byte_text(fsencode(folder if folder is not None else getcwd()))
        converter = Converter(self.core, from_python, lazy, strings is bytes)
        return self.core.run(
            lambda: converter.to_python(self.core.evaluate_text(text, "\xc2\xabstring\xc2\xbb", base))
        )

    def evaluate_file(
        self,
        path: str | PathLike[str],
        *arguments: object,
        lazy: bool = False,
        strings: type[str] | type[bytes] = str,
    ) -> object:
        """The value of a file, or what it gives when it is applied to `arguments`."""
        absolute = join(byte_text(fsencode(getcwd())), byte_text(fsencode(path)))
        converter = Converter(self.core, from_python, lazy, strings is bytes)

        def work() -> object:
            value = self.core.loader.load(absolute)
            if arguments:
                value = call(value, [from_python(each) for each in arguments], 0)
            return converter.to_python(value)

        return self.core.run(work)

    def stop(self) -> None:
        """Stop what is running, from another thread: it raises `Interrupted` there, soon."""
        self.core.stop()


def evaluate(expression: str | bytes, **options: object) -> object:
    """The value of an expression in an `Evaluation` of its own, made with `options`."""
    return Evaluation(**options).evaluate(expression)  # type: ignore[arg-type]


def explain(error: NixError, *, show_trace: bool = False, colours: bool = False) -> str:
    """The whole text of an error as Nix shows it: trace, excerpts, suggestions."""
    text = error_text(error, error.sources, show_trace, colours)
    return text.encode("latin-1").decode("utf-8", "replace")


def search_path_entries(given: Mapping[str, str | PathLike[str]] | Iterable[str]) -> list[Entry]:
    if isinstance(given, Mapping):
        return [Entry(byte_text(name), byte_text(fsencode(path))) for name, path in given.items()]
    return [parse_entry(byte_text(text)) for text in given]


def given_builtins(given: Iterable[Given] | Mapping[str, object]) -> tuple[list[Given], set[str]]:
    """What to add, and the names of what to take away."""
    if not isinstance(given, Mapping):
        return list(given), set()
    added: list[Given] = []
    removed: set[str] = set()
    for name, value in given.items():
        if value is None:
            removed.add(name)
        elif isinstance(value, Builtin | Constant | SourceBuiltin):
            added.append(value)
        elif callable(value):
            added.append(builtin(name=name)(value))
        else:
            added.append(Constant(name, from_python(value), ""))
    return added, removed
