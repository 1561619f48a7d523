"""Holds a store in a folder against what it says of itself."""

from __future__ import annotations

from nix_compat.errors import FormatError
from tvix_glue import disk
from tvix_glue.folder import FolderStore
from tvix_glue.store import PathInfo, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final


class Damage:
    """What is wrong with a path, as byte text."""

    def __init__(self, path: str, problem: str) -> None:
        self.path: Final = path
        self.problem: Final = problem

    def __repr__(self) -> str:
        return f"Damage({self.path}: {self.problem})"


def verify(store: FolderStore) -> list[Damage]:
    """All that is wrong with valid paths. Raises StoreError if they can't even be listed."""
    # What is remembered may be older than the files.
    fresh = FolderStore(store.root, store.dir)
    return [Damage(path, problem) for path in fresh.valid_paths() for problem in problems(fresh, path)]


def problems(store: FolderStore, path: str) -> Iterator[str]:
    if not store.dir.is_top(path):
        yield "it is no store path"
        return
    try:
        info = store.path_info(path)
    except StoreError as error:
        yield error.message
        return
    if info is None:
        return  # removed meanwhile
    try:
        hash, size = disk.nar_of(store.real_path(path))
        if size != info.nar_size:
            yield f"its archive has {size} bytes, not {info.nar_size}"
        elif hash != info.nar_hash:
            yield f"its archive has the hash {hash.render('sri')}, not {info.nar_hash.render('sri')}"
    except FileNotFoundError:
        yield "its contents are missing"
    except OSError as error:
        yield f"its contents can't be read: {error.strerror}"
    except FormatError as error:
        yield error.message
    if not has_own_name(store, info):
        yield "it is not the path of its content address and references"
    for each in sorted(info.references):
        if not is_valid(store, each):
            yield "it refers to '" + each + "', which is not valid"


def has_own_name(store: FolderStore, info: PathInfo) -> bool:
    if info.address is None:
        return True
    references = info.references - {info.path}
    name = store.dir.name(info.path)
    try:
        made = store.dir.content_addressed_path(
            name, info.address, references, len(references) < len(info.references)
        )
    except FormatError:
        return False
    return made == info.path


def is_valid(store: FolderStore, path: str) -> bool:
    try:
        return store.path_info(path) is not None
    except StoreError:
        return True  # it is damaged, which is said of itself
