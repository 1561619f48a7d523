"""What the evaluator asks of a store and of builders: two small interfaces."""

from __future__ import annotations

from nix_compat.errors import FormatError
from nix_compat.store_path import StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from nix_compat.content_address import ContentAddress
    from tvix_eval.eval_io import EvalIO


class StoreError(Exception):
    """A store could not do what was asked. `message` is byte text, for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message: Final = message


class PathInfo:
    """A path that is valid in a store, and the paths that its contents mention."""

    def __init__(self, path: str, references: frozenset[str]) -> None:
        self.path: Final = path
        self.references: Final = references


class Store:
    """Paths and their contents. Errors are `StoreError`.

    Paths are whole, as byte text: ``/nix/store/HASH-NAME``. Those of texts and trees have been computed
    by the caller; putting what is there already does nothing.
    """

    dir: StoreDir

    def path_info(self, path: str) -> PathInfo | None:
        """What is known of a path; None when it is not valid here."""
        raise NotImplementedError

    def put_text(
        self, path: str, contents: bytes, references: frozenset[str], executable: bool = False
    ) -> None:
        """Make a path a file of these contents."""
        raise NotImplementedError

    def put_tree(
        self,
        path: str,
        address: ContentAddress,
        references: frozenset[str],
        dump: Callable[[Callable[[bytes], object]], None],
    ) -> None:
        """Make a path what an archive holds: `dump(write)` writes it, as NAR, in blocks.

        `address` is what `path` was computed from.
        """
        raise NotImplementedError

    def files(self) -> EvalIO:
        """The valid paths and all below them, for reading; nothing else of the world."""
        raise NotImplementedError

    def ensure(self, path: str) -> None:
        """Make a path valid, if it can be had from elsewhere. Raises StoreError."""
        if self.path_info(path) is None:
            raise StoreError("path '" + path + "' is not valid")


class Realiser:
    """Builds."""

    def realise(self, derivation: str, outputs: list[str]) -> dict[str, str]:
        """Build outputs of a derivation, or fetch them: the path of each. Raises StoreError."""
        raise NotImplementedError


def message_of(error: FormatError | StoreError) -> str:
    return error.message
