"""The programs, with a store: ``tvix-eval``, ``tvix-instantiate``.

What is needed only when a program makes or reads store paths is imported only then.
"""

from __future__ import annotations

import os

from tvix_eval.__main__ import leave
from tvix_eval.store_access import StoreAccess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.builtins.files import Loader
    from tvix_eval.builtins.records import Record
    from tvix_eval.eval_io import EvalIO
    from tvix_eval.settings import Settings
    from tvix_glue.glue import Glue


class ProgramStore(StoreAccess):
    """The store of one run of a program.

    `usual`: the name of the store that is meant when none is given. `folder`: the user's own store.
    """

    def __init__(self, usual: str, folder: str) -> None:
        self.usual: Final = usual
        self.folder: Final = folder
        self.opened: Glue | None = None

    @property
    def glue(self) -> Glue:
        assert self.opened is not None, "the store is not open yet"
        return self.opened

    def open(self, name: str, read_only: bool, settings: Settings, io: EvalIO) -> EvalIO:
        from tvix_glue.glue import Glue
        from tvix_glue.named_stores import open_store
        from tvix_glue.nar_hashes import NarHashes
        from tvix_glue.store_io import StoreIO

        store = open_store(name or self.usual, read_only, self.folder)
        io = StoreIO(io, store)
        cache = settings.code_cache
        hashes = NarHashes(cache.removesuffix("/code") + "/nar") if cache is not None else None
        self.opened = Glue(store, io, nar_hashes=hashes)
        return io

    def loader(self, loader: Loader) -> Loader:
        from tvix_glue.loader import StoreLoader

        return StoreLoader(self.glue, loader)

    def builtins(self, settings: Settings) -> list[Record]:
        return self.glue.builtins(frozenset(settings.experimental_features))

    def copy_path(self, path: str) -> str:
        return self.glue.copy_path(path)

    def add_root(self, path: str, link: str) -> str:
        from tvix_glue.roots import add_root

        return add_root(self.glue.store, path, link)

    def is_valid(self, path: str) -> bool:
        return self.glue.store.path_info(path) is not None

    def build(self, derivation: str) -> dict[str, str]:
        return self.glue.outputs(derivation)


def own_folder() -> str:
    """Where the user's own store is."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(data, "tvix", "store")


def evaluate() -> None:
    """``tvix-eval``."""
    from tvix_eval.cli import main

    leave(lambda: main(ProgramStore("memory", own_folder())))


def instantiate() -> None:
    """``tvix-instantiate``."""
    from tvix_eval.instantiate import main

    leave(lambda: main(ProgramStore("", own_folder())))


if __name__ == "__main__":
    evaluate()
