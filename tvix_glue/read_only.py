"""A store that keeps nothing: paths are computed, what is on the machine can be read."""

from __future__ import annotations

from nix_compat.store_path import StoreDir
from tvix_eval.eval_io import EvalIO, StdIO
from tvix_glue.store import PathInfo, Store

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

    def put_text(
        self, path: str, contents: bytes, references: frozenset[str], executable: bool = False
    ) -> None:
        pass

    def put_tree(
        self,
        path: str,
        address: ContentAddress,
        references: frozenset[str],
        dump: Callable[[Callable[[bytes], object]], None],
    ) -> None:
        pass

    def ensure(self, path: str) -> None:
        pass

    def files(self) -> EvalIO:
        return StdIO()
