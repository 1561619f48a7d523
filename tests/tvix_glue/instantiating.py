"""Evaluates expressions with a store, in this process."""

from __future__ import annotations

from tvix_eval.builtins.registry import Loader, impure_constants, io_builtins, pure_builtins
from tvix_eval.eval_io import StdIO
from tvix_eval.evaluation import Evaluator
from tvix_eval.settings import Settings
from tvix_eval.vm.deep import deep_force
from tvix_eval.vm.strings import NixString
from tvix_glue import Glue
from tvix_glue.loader import StoreLoader
from tvix_glue.store import Store
from tvix_glue.store_io import StoreIO

FEATURES = frozenset(["ca-derivations", "dynamic-derivations", "impure-derivations", "git-hashing"])


def ignore(kind: str, text: str) -> None:
    pass


class Instantiation:
    """An evaluation that writes to a store."""

    def __init__(self, store: Store, features: frozenset[str] = FEATURES) -> None:
        io = StoreIO(StdIO(), store)
        self.glue = Glue(store, io)

        def builtins(loader: Loader) -> list[object]:
            return [
                *pure_builtins(),
                *io_builtins(io, StoreLoader(self.glue, loader), []),
                *impure_constants("x86_64-linux", 1_000_000_000),
                *self.glue.builtins(features),
            ]

        settings = Settings(experimental_features=features)
        self.evaluator = Evaluator(builtins, io, settings, ignore, self.glue.copy_path)  # type: ignore[arg-type]

    def text(self, expression: str, folder: str = "/") -> str:
        """A string that an expression makes, without its context."""

        def evaluate() -> object:
            source = expression.encode("utf-8").decode("latin-1")
            return deep_force(self.evaluator.evaluate_text(source, "(test)", folder))

        value = self.evaluator.run(evaluate)
        if isinstance(value, NixString):
            value = value.text
        assert isinstance(value, str)
        return value


def instantiate(store: Store, expression: str, folder: str = "/") -> str:
    """The path of the derivation that an expression makes."""
    return Instantiation(store).text(f"({expression}).drvPath", folder)
