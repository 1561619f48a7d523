"""What an editor can have evaluated, and how."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from tvix_eval.auto_call import auto_call, find_along_attr_path
from tvix_eval.errors import NixError
from tvix_eval.eval_io import join
from tvix_eval.output.rendering import JSON, NIX, write_value
from tvix_eval.program import STRING_NAME
from tvix_eval.worlds import open_search_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tvix_eval.evaluation import Evaluator
    from tvix_eval.linker import Instruments
    from tvix_eval.search_path import Entry, SearchPath
    from tvix_eval.vm.observer import Observer

    Emit = Callable[[str, str], None]
    MakeEvaluator = Callable[[Emit, Observer | Instruments | None], Evaluator]


class Launcher:
    """`make` makes evaluators of the world that the command line describes."""

    def __init__(
        self, make: MakeEvaluator, entries: list[Entry], lookup: SearchPath, show_trace: bool
    ) -> None:
        self.make: Final = make
        self.entries: Final = entries
        self.lookup: Final = lookup
        self.show_trace: Final = show_trace

    def evaluator(self, emit: Emit, instruments: Instruments) -> Evaluator:
        return self.make(emit, instruments)

    def evaluate(self, evaluator: Evaluator, launch: dict[str, Any], show: Emit) -> None:
        """Evaluate and show what a launch request names; inside `Evaluator.run`.

        ``program``: a file, or ``expression``: a text; ``attr``: an attribute path in it; ``args``: names and
        expressions, ``argstr``: names and strings; ``strict``, ``json``. Raises NixError.
        """
        folder = evaluator.io.working_directory()
        if launch.get("cwd"):
            folder = join(folder, text_of(launch["cwd"]))
        open_search_path(evaluator.io, self.entries, self.lookup, folder)
        arguments: dict[str, object] = {}
        for name, text in dict(launch.get("args") or {}).items():
            arguments[text_of(name)] = evaluator.delay_text(text_of(text), STRING_NAME, folder)
        for name, text in dict(launch.get("argstr") or {}).items():
            arguments[text_of(name)] = text_of(text)
        if launch.get("expression") is not None:
            root = evaluator.evaluate_text(text_of(launch["expression"]), STRING_NAME, folder)
        elif launch.get("program") is not None:
            path = evaluator.resolve(join(folder, text_of(launch["program"])))
            root = evaluator.evaluate_file(path)
        else:
            raise NixError("a launch wants a 'program' (a file) or an 'expression'")
        value = find_along_attr_path(root, text_of(launch.get("attr") or ""), arguments)
        if arguments:
            value = auto_call(value, arguments)
        form = JSON if launch.get("json") is True else NIX
        pieces: list[str] = []
        try:
            write_value(value, form, launch.get("strict") is True, True, pieces.append)
        finally:
            show("stdout", "".join(pieces))


def text_of(value: object) -> str:
    """Byte text of what an editor has sent."""
    return os.fsencode(str(value)).decode("latin-1")
