"""Writes archives, node by node, with the same steps that a reader tells of."""

from __future__ import annotations

from nix_compat import wire
from nix_compat.errors import SerialisationError
from nix_compat.nar.format import (
    DEEPEST,
    LONGEST_NAME,
    LONGEST_TARGET,
    MAGIC,
    is_valid_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


def words(texts: list[bytes]) -> bytes:
    return b"".join([wire.encode_bytes(text) for text in texts])


START: Final = words([MAGIC])
ENTRY: Final = words([b"entry", b"(", b"name"])
NODE: Final = words([b"node"])
DIRECTORY: Final = words([b"(", b"type", b"directory"])
FILE: Final = words([b"(", b"type", b"regular", b"contents"])
EXECUTABLE: Final = words([b"(", b"type", b"regular", b"executable", b"", b"contents"])
SYMLINK: Final = words([b"(", b"type", b"symlink", b"target"])
CLOSE: Final = words([b")"])
CLOSE_ENTRY: Final = words([b")", b")"])


class NarWriter:
    """An archive in the making: one node, named b"", or a directory with all that is in it.

    `write` gets the bytes. What cannot be in an archive raises SerialisationError, and so do steps
    in a wrong order.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write: Final = write
        self.names: Final[list[bytes]] = []  # for each open directory the name of its last entry
        self.left = 0  # bytes of contents that are to come
        self.size = 0  # of the file
        self.begun = False

    def directory(self, name: bytes) -> None:
        """Begin a directory. Its entries come next, then `end`."""
        self.begin(name, DIRECTORY)
        self.names.append(b"")

    def end(self) -> None:
        """End a directory."""
        if self.left or not self.names:
            raise SerialisationError("no directory can end here")
        self.names.pop()
        self.close()

    def file(self, name: bytes, executable: bool, size: int) -> None:
        """Begin a regular file. So many bytes of `contents` come next."""
        self.begin(name, (EXECUTABLE if executable else FILE) + wire.encode_number(size))
        self.left = size
        self.size = size
        if not size:
            self.close()

    def contents(self, block: bytes) -> None:
        """Some of the contents of a file."""
        if not block:
            return
        self.left -= len(block)
        if self.left < 0:
            raise SerialisationError("a file has more contents than was said")
        self.write(block)
        if not self.left:
            zeros = wire.padding(self.size)
            if zeros:
                self.write(zeros)
            self.close()

    def symlink(self, name: bytes, target: bytes) -> None:
        if not target or b"\0" in target or len(target) > LONGEST_TARGET:
            raise SerialisationError("NAR contains invalid symlink target")
        self.begin(name, SYMLINK + wire.encode_bytes(target))
        self.close()

    def is_whole(self) -> bool:
        """Whether nothing is left to be written."""
        return self.begun and not self.names and not self.left

    def begin(self, name: bytes, node: bytes) -> None:
        if self.left:
            raise SerialisationError("a file has less contents than was said")
        names = self.names
        if not self.begun and not name:
            self.begun = True
            self.write(START + node)
            return
        if not names:
            raise SerialisationError("an archive has one root, without a name")
        if len(names) >= DEEPEST:
            raise SerialisationError(f"NAR directory nesting exceeds maximum depth of {DEEPEST}")
        if not is_valid_name(name) or len(name) > LONGEST_NAME:
            raise SerialisationError("NAR contains invalid file name '" + name.decode("latin-1") + "'")
        last = len(names) - 1
        if name <= names[last]:
            raise SerialisationError("NAR directory is not sorted")
        names[last] = name
        self.write(ENTRY + wire.encode_bytes(name) + NODE + node)

    def close(self) -> None:
        self.write(CLOSE_ENTRY if self.names else CLOSE)


def archive_of_bytes(data: bytes, executable: bool = False) -> bytes:
    """The archive of one regular file."""
    start = START + (EXECUTABLE if executable else FILE)
    return start + wire.encode_bytes(data) + CLOSE
