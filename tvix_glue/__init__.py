"""Joins the evaluator to a store and to builds: the builtins that reach either.

`Glue` is one evaluation's view of a store: its builtins, its world of files, and what it has
instantiated. Stores implement `Store`, builders `Realiser`.
"""

from __future__ import annotations

from tvix_glue.folder import FolderStore
from tvix_glue.glue import Glue
from tvix_glue.known_paths import KnownPaths
from tvix_glue.memory import MemoryStore
from tvix_glue.read_only import ReadOnlyStore
from tvix_glue.store import PathInfo, Realiser, Store

__all__ = [
    "FolderStore",
    "Glue",
    "KnownPaths",
    "MemoryStore",
    "PathInfo",
    "ReadOnlyStore",
    "Realiser",
    "Store",
]
