"""The words of an archive, its limits, and what a reader tells of one.

An archive is padded bytes (see `wire`) throughout: a magic word, then a node. Entries of directories
are in ascending order of their names' bytes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAGIC: Final = b"nix-archive-1"
DEEPEST: Final = 64  # directories in each other, files in them counted
LONGEST_TAG: Final = 32
LONGEST_NAME: Final = 255
LONGEST_TARGET: Final = 4095


class Event:
    """Something in an archive. `name`: of a node in its directory, b"" for the root."""

    def __init__(self, name: bytes) -> None:
        self.name: Final = name


class Directory(Event):
    """A directory, whose entries follow, up to its `DirectoryEnd`."""


class DirectoryEnd(Event):
    """The end of the directory that began last."""


class File(Event):
    """A regular file of `size` bytes; its contents begin `offset` bytes into the archive."""

    def __init__(self, name: bytes, executable: bool, size: int, offset: int) -> None:
        super().__init__(name)
        self.executable: Final = executable
        self.size: Final = size
        self.offset: Final = offset


class Symlink(Event):
    def __init__(self, name: bytes, target: bytes) -> None:
        super().__init__(name)
        self.target: Final = target


def is_valid_name(name: bytes) -> bool:
    """Whether an entry may be called so; how long it may be is another matter."""
    return name not in (b"", b".", b"..") and b"/" not in name and b"\0" not in name
