"""Evaluates expressions for tests, on the real file system and with nothing that needs a store."""

from __future__ import annotations

import pytest

from tvix_eval.builtins.registry import impure_constants, io_builtins, pure_builtins
from tvix_eval.errors import NixError
from tvix_eval.eval_io import EvalIO, StdIO
from tvix_eval.evaluation import Evaluator
from tvix_eval.output.error_text import error_text
from tvix_eval.output.printer import print_value
from tvix_eval.search_path import Entry
from tvix_eval.settings import Settings
from tvix_eval.vm.deep import deep_force


class Program:
    """An evaluation that keeps what its expressions say."""

    def __init__(
        self,
        settings: Settings | None = None,
        io: EvalIO | None = None,
        search_path: list[Entry] | None = None,
    ) -> None:
        self.said: list[tuple[str, str]] = []
        world = io if io is not None else StdIO()
        self.evaluation = Evaluator(
            lambda loader: [
                *pure_builtins(),
                *io_builtins(world, loader, search_path or []),
                *impure_constants("x86_64-linux", 1_000_000_000),
            ],
            world,
            settings or Settings(),
            lambda kind, text: self.said.append((kind, text)),
        )

    def value(self, text: str, deep: bool = True) -> object:
        def evaluate() -> object:
            source = text.encode("utf-8").decode("latin-1")
            value = self.evaluation.evaluate_text(source, "(test)", "/")
            return deep_force(value) if deep else value

        return self.evaluation.run(evaluate)

    def show(self, text: str, deep: bool = True) -> str:
        """The value of an expression as ``nix-instantiate --eval`` prints it."""
        value = self.value(text, deep)
        printed = self.evaluation.run(lambda: print_value(value))
        assert isinstance(printed, str)
        return printed.encode("latin-1").decode("utf-8", "replace")

    def error(self, text: str, show_trace: bool = False) -> str:
        with pytest.raises(NixError) as caught:
            self.value(text)
        shown = error_text(caught.value, self.evaluation.sources, show_trace)
        return shown.encode("latin-1").decode("utf-8", "replace")


def show(text: str, deep: bool = True) -> str:
    return Program().show(text, deep)


def message(text: str) -> str:
    """The message of the error that an expression ends with."""
    with pytest.raises(NixError) as caught:
        Program().value(text)
    return caught.value.message.encode("latin-1").decode("utf-8", "replace")


def trace(text: str) -> list[str]:
    """The frames of the error that an expression ends with, the outermost first."""
    with pytest.raises(NixError) as caught:
        Program().value(text)
    return [frame.text for frame in reversed(caught.value.frames)]
