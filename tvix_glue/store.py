"""What the evaluator asks of a store and of builders: two small interfaces."""

from __future__ import annotations

from nix_compat.store_path import StoreDir
from tvix_eval.hints import mypyc_attr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from nix_compat.content_address import ContentAddress
    from nix_compat.hashes import Hash
    from tvix_eval.eval_io import EvalIO


class StoreError(Exception):
    """A store could not do what was asked. `message` is byte text, for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message: Final = message


class PathInfo:
    """What a store knows of a valid path.

    `references`: the valid paths that its contents mention. `nar_hash`, `nar_size`: of its archive.
    `address`: what the path was computed from, if that is its contents. `deriver`: the derivation
    that made it, "" if none is known.
    """

    def __init__(
        self,
        path: str,
        references: frozenset[str],
        nar_hash: Hash,
        nar_size: int,
        address: ContentAddress | None,
        deriver: str = "",
    ) -> None:
        self.path: Final = path
        self.references: Final = references
        self.nar_hash: Final = nar_hash
        self.nar_size: Final = nar_size
        self.address: Final = address
        self.deriver: Final = deriver


@mypyc_attr(allow_interpreted_subclasses=True)
class Store:
    """Paths and their contents. Errors are `StoreError`.

    Paths are whole, as byte text: ``/nix/store/HASH-NAME``. Those of texts and trees have been computed
    by the caller; putting what is there already does nothing. What a path refers to must be valid first.
    """

    dir: StoreDir

    def path_info(self, path: str) -> PathInfo | None:
        """What is known of a path; None when it is not valid here."""
        raise NotImplementedError

    def put_text(self, path: str, contents: bytes, references: frozenset[str]) -> None:
        """Make a path a file of these contents, of which, and of the references, it was computed."""
        raise NotImplementedError

    def put_derivation(self, path: str, text: bytes, references: frozenset[str]) -> None:
        """Make a path the file of a derivation."""
        self.put_text(path, text, references)

    def put_tree(
        self,
        path: str,
        address: ContentAddress | None,
        references: frozenset[str],
        dump: Callable[[Callable[[bytes], object]], None],
        deriver: str = "",
    ) -> None:
        """Make a path what an archive holds: `dump(write)` writes it, as NAR, in blocks.

        `address` is what `path` was computed from; None if that is not its contents.
        """
        raise NotImplementedError

    def put_fetched(
        self, path: str, address: ContentAddress, dump: Callable[[Callable[[bytes], object]], None]
    ) -> None:
        """Make a path what was fetched, of which it was computed. It can be read at once."""
        self.put_tree(path, address, frozenset(), dump)

    def files(self) -> EvalIO:
        """The valid paths and all below them, for reading; nothing else of the world."""
        raise NotImplementedError

    def physical(self, path: str) -> str | None:
        """Where the file system has a path, as byte text; None when it has not."""
        return None

    def add_root(self, link: str) -> None:
        """Note a link into the store from outside: what it leads to is kept while it exists."""

    def ensure(self, path: str) -> None:
        """Make a path valid, if it can be had from elsewhere. Raises StoreError."""
        if self.path_info(path) is None:
            raise StoreError("path '" + path + "' is not valid")

    def check_references(self, path: str, references: frozenset[str]) -> None:
        """Raise StoreError unless all that a path refers to, but itself, is valid."""
        for each in references:
            if each != path and self.path_info(each) is None:
                raise StoreError(
                    "path '" + self.dir.base_name(each) + "', to which '" + path + "' refers, is not valid"
                )


@mypyc_attr(allow_interpreted_subclasses=True)
class Realiser:
    """Builds."""

    def realise(self, derivation: str, outputs: list[str]) -> dict[str, str]:
        """Build outputs of a derivation, or fetch them: the path of each. Raises StoreError."""
        raise NotImplementedError
