"""A store that keeps nothing: paths are computed, what is on the machine can be read."""

from __future__ import annotations

from nix_compat.store_path import StoreDir
from tvix_eval.eval_io import EvalIO, StdIO
from tvix_glue.store import PathInfo, Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_compat.content_address import ContentAddress


class ReadOnlyStore(Store):
    """Nothing is valid in it, and nothing that is put is there afterwards."""

    def __init__(self, store_dir: StoreDir | None = None) -> None:
        self.dir = store_dir or StoreDir()

    def path_info(self, path: str) -> PathInfo | None:
        return None

    def put_text(self, path: str, contents: bytes, references: frozenset[str]) -> None:
        pass

    def put_tree(
        self,
        path: str,
        address: ContentAddress | None,
        references: frozenset[str],
        dump: Callable[[Callable[[bytes], object]], None],
        deriver: str = "",
    ) -> None:
        pass

    def ensure(self, path: str) -> None:
        pass

    def files(self) -> EvalIO:
        return StdIO()


class DummyStore(ReadOnlyStore):
    """Nix's ``dummy://`` when it is to be written to: it refuses."""

    def put_derivation(self, path: str, text: bytes, references: frozenset[str]) -> None:
        raise unsupported("writeDerivation")

    def put_text(self, path: str, contents: bytes, references: frozenset[str]) -> None:
        raise unsupported("addToStoreFromDump")

    def put_tree(
        self,
        path: str,
        address: ContentAddress | None,
        references: frozenset[str],
        dump: Callable[[Callable[[bytes], object]], None],
        deriver: str = "",
    ) -> None:
        raise unsupported("addToStore")


def unsupported(operation: str) -> StoreError:
    return StoreError("operation '" + operation + "' is not supported by store 'dummy://'")
