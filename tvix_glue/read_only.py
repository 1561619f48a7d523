"""A store that keeps nothing: paths are computed, what is on the machine can be read."""

from __future__ import annotations

from nix_compat.content_address import FLAT
from nix_compat.store_path import StoreDir
from tvix_eval.eval_io import EvalIO, StdIO
from tvix_glue.forwarding_io import ForwardingIO
from tvix_glue.store import PathInfo, Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from nix_compat.content_address import ContentAddress


class ReadOnlyStore(Store):
    """Nothing is valid in it, and nothing that is put is there afterwards, but for what is fetched.

    That is kept in the store that `behind` opens when it is needed, as C++ Nix does; without
    `behind`, in memory.
    """

    def __init__(self, store_dir: StoreDir | None = None, behind: Callable[[], Store] | None = None) -> None:
        self.dir = store_dir or StoreDir()
        self.behind: Final = behind
        self.opened: Store | None = None
        self.fetched: Final[set[str]] = set()

    def path_info(self, path: str) -> PathInfo | None:
        return self.fetched_into().path_info(path) if path in self.fetched else None

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

    def put_fetched(
        self, path: str, address: ContentAddress, dump: Callable[[Callable[[bytes], object]], None]
    ) -> None:
        self.fetched_into().put_fetched(path, address, dump)
        self.fetched.add(path)

    def fetched_into(self) -> Store:
        if self.opened is None:
            if self.behind is not None:
                self.opened = self.behind()
            else:
                from tvix_glue.memory import MemoryStore

                self.opened = MemoryStore(self.dir)
        return self.opened

    def ensure(self, path: str) -> None:
        pass

    def files(self) -> EvalIO:
        return ReadOnlyFiles(self)

    def physical(self, path: str) -> str | None:
        return self.fetched_into().physical(path) if path in self.fetched else path


class ReadOnlyFiles(ForwardingIO):
    """What is on the machine, and what was fetched."""

    def __init__(self, store: ReadOnlyStore) -> None:
        self.store: Final = store
        self.machine: Final = StdIO()
        self.top: Final = store.dir.path.count("/") + 2

    def of(self, path: str) -> EvalIO:
        store = self.store
        if store.fetched and "/".join(path.split("/")[: self.top]) in store.fetched:
            return store.fetched_into().files()
        return self.machine


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

    def put_fetched(
        self, path: str, address: ContentAddress, dump: Callable[[Callable[[bytes], object]], None]
    ) -> None:
        raise unsupported("addToStore" if address.method == FLAT else "addToStoreFromDump")


def unsupported(operation: str) -> StoreError:
    return StoreError("operation '" + operation + "' is not supported by store 'dummy://'")
