"""Stores by name, as the user gives them."""

from __future__ import annotations

import os

from tvix_eval.errors import NixError
from tvix_glue.read_only import DummyStore, ReadOnlyStore
from tvix_glue.store import Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

USUAL: Final = ("", "auto", "local", "daemon")


def open_store(name: str, read_only: bool, usual: str) -> Store:
    """The store that `name` means: ``memory``, ``dummy://``, or a folder. Raises NixError.

    ``auto`` and "" are the folder `usual`. `read_only`: nothing is written to it but what is fetched.
    """
    if read_only:
        return ReadOnlyStore(behind=lambda: open_store(name, False, usual))
    if name.startswith("dummy:"):
        return DummyStore()
    if name in ("memory", "memory://"):
        from tvix_glue.memory import MemoryStore

        return MemoryStore()
    from tvix_glue.folder import FolderStore

    try:
        return FolderStore(folder_of(name, usual))
    except StoreError as error:
        raise NixError(error.message) from None


def folder_of(name: str, usual: str) -> str:
    """The folder of a store by name."""
    if name in USUAL:
        return usual
    if name.startswith("local?root="):
        name = name.removeprefix("local?root=")
    name = name.removeprefix("file://")
    if "://" in name or not name.startswith(("/", "./", "../")):
        raise NixError("don't know how to open Nix store with URI '" + name + "'")
    return os.path.abspath(name)
