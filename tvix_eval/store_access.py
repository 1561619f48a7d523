"""What a program asks of its host about a store."""

from __future__ import annotations

from tvix_eval.builtins.storeless import storeless_builtins
from tvix_eval.errors import EvalError
from tvix_eval.hints import mypyc_attr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tvix_eval.builtins.files import Loader
    from tvix_eval.builtins.records import Record
    from tvix_eval.eval_io import EvalIO
    from tvix_eval.settings import Settings


@mypyc_attr(allow_interpreted_subclasses=True)
class StoreAccess:
    """No store; a host with one overrides all of this. One object serves one run of a program."""

    def open(self, name: str, read_only: bool, settings: Settings, io: EvalIO) -> EvalIO:
        """Called first: the world `io` with the store in it.

        `name`: which store, as the user says it, "" for the usual one. `read_only`: nothing is to
        be written, paths are only computed. Raises NixError.
        """
        return io

    def loader(self, loader: Loader) -> Loader:
        """What ``import`` does, where the evaluator by itself does `loader`."""
        return loader

    def builtins(self, settings: Settings) -> list[Record]:
        """The builtins that need a store."""
        made: list[Record] = []
        made.extend(storeless_builtins(settings.experimental_features))
        return made

    def copy_path(self, path: str) -> str:
        """Put a file that a string mentions into the store; its path there. Raises NixError."""
        raise EvalError("path '" + path + "' can't be put into a store: this evaluation has none")

    def add_root(self, path: str, link: str) -> str:
        """Make `link`, an absolute path, lead to a store path and keep that alive; what to print for it.

        Raises NixError.
        """
        return path

    # For a REPL. Derivations are given by their paths.

    def is_valid(self, path: str) -> bool:
        """Whether the store has a path."""
        return False

    def build(self, derivation: str) -> dict[str, str]:
        """Build a derivation: the paths of its outputs, by name. Raises NixError."""
        raise EvalError("cannot build '" + derivation + "': this evaluation has no store")

    def build_log(self, derivation: str) -> str:
        """What its build printed. Raises NixError."""
        raise EvalError("build log of '" + derivation + "' is not available")
