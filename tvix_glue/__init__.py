"""Joins the evaluator to a store and to builds: the builtins that reach either.

`Glue` is one evaluation's view of a store: its builtins, its world of files, and what it has
instantiated. Stores implement `Store`, builders `Realiser`.

The names below are loaded when they are first asked for: a program needs few of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tvix_glue.folder import FolderStore as FolderStore
    from tvix_glue.glue import Glue as Glue
    from tvix_glue.known_paths import KnownPaths as KnownPaths
    from tvix_glue.memory import MemoryStore as MemoryStore
    from tvix_glue.read_only import ReadOnlyStore as ReadOnlyStore
    from tvix_glue.store import PathInfo as PathInfo
    from tvix_glue.store import Realiser as Realiser
    from tvix_glue.store import Store as Store

HOMES = {
    "FolderStore": "folder",
    "Glue": "glue",
    "KnownPaths": "known_paths",
    "MemoryStore": "memory",
    "PathInfo": "store",
    "ReadOnlyStore": "read_only",
    "Realiser": "store",
    "Store": "store",
}

__all__ = list(HOMES)


def __getattr__(name: str) -> object:
    home = HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'tvix_glue' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module("tvix_glue." + home), name)
    globals()[name] = value
    return value
