"""One evaluation's view of a store: what it puts there, reads there, and has instantiated."""

from __future__ import annotations

from nix_compat import aterm_reader, hashes
from nix_compat.derivation import Derivation
from nix_compat.errors import FormatError
from nix_compat.hash_modulo import DerivationHashes, Instantiated
from nix_compat.store_path import DERIVATION
from tvix_eval.errors import NixError
from tvix_glue.builtins import store_builtins
from tvix_glue.known_paths import KnownPaths
from tvix_glue.sources import Sources
from tvix_glue.store import Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from tvix_eval.builtins.records import Record
    from tvix_eval.eval_io import EvalIO
    from tvix_glue.nar_hashes import NarHashes


class Glue:
    """`io` is the world whose files are put into `store` (see `StoreIO`, which reads through a store).

    `nar_hashes` remembers hashes of files between runs. `observe`: see `KnownPaths`.
    """

    def __init__(
        self,
        store: Store,
        io: EvalIO,
        nar_hashes: NarHashes | None = None,
        observe: Callable[[str, Derivation], None] | None = None,
    ) -> None:
        self.store: Final = store
        self.io: Final = io
        self.known: Final = KnownPaths(store.dir, observe)
        self.hashes: Final = DerivationHashes(store.dir, self.read_derivation)
        self.sources: Final = Sources(store, io, nar_hashes)
        self.fetched: Final[dict[str, object]] = {}  # by reference, with the name

    # For the evaluator.

    def builtins(self, features: frozenset[str] = frozenset()) -> list[Record]:
        """The builtins that need a store. `features`: the experimental ones that are on."""
        return store_builtins(self, features)

    def copy_path(self, path: str) -> str:
        """Put a file or tree that a string mentions into the store; its path there."""
        return self.sources.copy(path)

    # For the builtins.

    def keep_derivation(self, made: Instantiated, drv: Derivation) -> None:
        """Note a derivation, and write it if it is new."""
        if self.known.add(made.path, drv):
            text = made.text.encode("latin-1")
            try:
                self.store.put_derivation(made.path, text, frozenset(drv.references()))
            except StoreError as error:
                raise NixError(error.message) from None

    def put_text(self, path: str, contents: bytes, references: frozenset[str]) -> None:
        try:
            self.store.put_text(path, contents, references)
        except StoreError as error:
            raise NixError(error.message) from None

    def read_derivation(self, path: str) -> Derivation:
        """A derivation that is in the store. Raises NixError."""
        self.check_valid(path)
        text = self.store.files().read_file(path).decode("latin-1")
        try:
            return aterm_reader.read_derivation(text, self.store.dir.derivation_name(path), self.store.dir)
        except FormatError as error:
            raise NixError("error parsing derivation '" + path + "': " + error.message) from None

    def valid_derivation(self, path: str) -> Derivation:
        """A derivation that is in the store. Raises NixError."""
        if self.store.path_info(path) is None:
            raise NixError("derivation '" + path + "' is not valid")
        return self.read_derivation(path)

    def outputs(self, derivation: str) -> dict[str, str]:
        """The valid outputs of a derivation, by name. Raises NixError if one is missing: nothing builds yet."""
        drv = self.valid_derivation(derivation)
        paths = {name: output.path(self.store.dir, drv.name, name) for name, output in drv.outputs.items()}
        missing = [name for name, path in paths.items() if not path or self.store.path_info(path) is None]
        if missing:
            raise NixError(
                "cannot build '"
                + derivation
                + "': there is no builder here, and the store lacks "
                + ("its output '" if len(missing) == 1 else "its outputs '")
                + "', '".join(sorted(missing))
                + "'"
            )
        return paths

    def check_valid(self, path: str) -> None:
        if self.store.path_info(path) is None:
            raise NixError("path '" + path + "' is not valid")

    def closure(self, path: str) -> list[str]:
        """A path and all that it refers to, directly or not, all of which must be valid."""
        found: set[str] = set()
        waiting = [path]
        while waiting:
            each = waiting.pop()
            if each not in found:
                info = self.store.path_info(each)
                if info is None:
                    raise NixError("path '" + each + "' is not valid")
                found.add(each)
                waiting.extend(info.references)
        return sorted(found)

    def text_path(self, name: str, contents: str, references: frozenset[str]) -> str:
        """Make a text a file of the store; its path. Raises FormatError for a bad name."""
        data = contents.encode("latin-1")
        path = self.store.dir.text_path(name, hashes.sha256(data), references)
        self.put_text(path, data, references)
        return path

    def is_store_path(self, path: str) -> bool:
        """Whether a canonical path is that of something in the store, not below it."""
        try:
            return self.store.dir.parse(path) == path
        except FormatError:
            return False

    def is_derivation(self, path: str) -> bool:
        """Whether a path is that of a valid derivation."""
        return (
            path.endswith(DERIVATION) and self.is_store_path(path) and self.store.path_info(path) is not None
        )

    def top_path(self, path: str) -> str:
        """The store path that a path in the store is, or lies below. Raises NixError if it is none."""
        prefix = self.store.dir.prefix
        top = prefix + path[len(prefix) :].partition("/")[0]
        try:
            return self.store.dir.parse(top)
        except FormatError as error:
            raise NixError(error.message) from None

    def ensure(self, path: str) -> None:
        """Make a path valid. Raises NixError when it can't be had."""
        try:
            self.store.ensure(path)
        except StoreError as error:
            raise NixError(error.message) from None
