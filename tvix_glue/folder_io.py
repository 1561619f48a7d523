"""What is valid in a store in a folder, as files."""

from __future__ import annotations

import errno
import os

from nix_compat.store_path import StoreDir
from tvix_eval.eval_io import (
    DIRECTORY,
    NoIO,
    OpenFile,
    entry_type,
    file_type_of,
    missing,
    opened,
    parent,
    stamp_of,
    system_error,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class FolderIO(NoIO):
    """`is_valid` knows which paths of the store `dir`, kept in `folder`, are valid.

    A path through a link leads nowhere: it may lead out of the folder.
    """

    def __init__(self, dir: StoreDir, folder: bytes, is_valid: Callable[[str], bool]) -> None:
        self.dir: Final = dir
        self.folder: Final = folder
        self.is_valid: Final = is_valid
        self.directories: Final[set[str]] = set()

    def find(self, path: str) -> bytes | None:
        """Where the file system has a path, if that is one; there may be nothing."""
        if path.find("/", len(self.dir.prefix)) >= 0:
            if not self.is_directory(parent(path)):
                return None
        elif not self.is_valid(path):
            return None
        return self.folder + path[len(self.dir.path) :].encode("latin-1")

    def is_directory(self, path: str) -> bool:
        """Whether a path and all above it, in the store, are directories."""
        above: list[str] = []
        while path not in self.directories:
            above.append(path)
            if path.find("/", len(self.dir.prefix)) < 0:
                break
            path = parent(path)
        while above:
            if self.file_type(above.pop()) != DIRECTORY:
                return False
        return True

    def file_type(self, path: str) -> str | None:
        if not path.startswith(self.dir.prefix):
            return None
        place = self.find(path)
        if place is None:
            return None
        try:
            kind = file_type_of(os.lstat(place).st_mode)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        except OSError as error:
            raise system_error("getting status of '" + path + "'", error) from None
        if kind == DIRECTORY:
            self.directories.add(path)
        return kind

    def existing(self, path: str) -> bytes:
        """Where a path is. Raises NixError if there is nothing."""
        place = self.find(path) if path.startswith(self.dir.prefix) else None
        if place is None:
            raise missing(path)
        return place

    def read_link(self, path: str) -> str:
        try:
            return os.readlink(self.existing(path)).decode("latin-1")
        except FileNotFoundError:
            raise missing(path) from None
        except OSError as error:
            raise system_error("reading symbolic link '\"" + path + "\"'", error) from None

    def read_file(self, path: str) -> bytes:
        parts: list[bytes] = []
        with self.open_file(path) as file:
            block = file.read(max(file.size, 1))
            while block:
                parts.append(block)
                block = file.read(1 << 20)
        return b"".join(parts)

    def open_file(self, path: str) -> OpenFile:
        try:
            handle = os.open(self.existing(path), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise missing(path) from None
        except OSError as error:
            raise system_error("opening file '\"" + path + "\"'", error) from None
        return opened(path, handle)

    def stamp(self, path: str) -> bytes | None:
        try:
            return stamp_of(os.lstat(self.existing(path)))
        except OSError:
            return None

    def read_dir(self, path: str) -> dict[str, str]:
        place = self.existing(path)
        try:
            if self.file_type(path) not in (None, DIRECTORY):
                raise NotADirectoryError(errno.ENOTDIR, "")
            with os.scandir(place) as found:
                return {entry.name.decode("latin-1"): entry_type(entry) for entry in found}
        except FileNotFoundError:
            raise missing(path) from None
        except OSError as error:
            raise system_error('cannot read directory "' + path + '"', error) from None
