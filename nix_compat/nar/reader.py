"""Reads archives, one event at a time and as strictly as Nix."""

from __future__ import annotations

from nix_compat import wire
from nix_compat.errors import SerialisationError
from nix_compat.nar.format import (
    DEEPEST,
    LONGEST_NAME,
    LONGEST_TAG,
    LONGEST_TARGET,
    MAGIC,
    Directory,
    DirectoryEnd,
    Event,
    File,
    Symlink,
    is_valid_name,
)
from nix_compat.wire import ByteSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class NarReader:
    """An archive at the place where a source is. What follows the archive is left there.

    All that reads raises SerialisationError and EndOfFile, with the offset in the source.
    """

    def __init__(self, source: ByteSource) -> None:
        self.source: Final = source
        self.start: Final = source.offset
        self.names: Final[list[bytes]] = []  # for each open directory the name of its last entry
        self.left = 0  # bytes of contents that were not read
        self.size = 0  # of the file
        self.in_file = False
        self.begun = False

    def next(self) -> Event | None:
        """The next event; None at the end. Contents that were not read are skipped."""
        if self.in_file:
            self.source.skip(self.left)
            self.left = 0
            self.end_file()
        if not self.begun:
            self.begun = True
            self.expect_magic()
            return self.node(b"")
        names = self.names
        if not names:
            return None
        tag = self.tag()
        if tag == b")":
            names.pop()
            self.end_entry()
            return DirectoryEnd(b"")
        if tag != b"entry":
            raise self.bad("expected tag 'entry' or ')', got '" + tag.decode("latin-1") + "'")
        self.expect(b"(")
        self.expect(b"name")
        name = self.source.padded_bytes(LONGEST_NAME)
        if not is_valid_name(name):
            raise self.bad("NAR contains invalid file name '" + name.decode("latin-1") + "'")
        last = len(names) - 1
        if name <= names[last]:
            raise self.bad("NAR directory is not sorted")
        names[last] = name
        self.expect(b"node")
        return self.node(name)

    def contents(self, most: int = wire.BLOCK) -> bytes:
        """Contents of the file that was told of last: some bytes, none at their end."""
        if not self.in_file:
            return b""
        if not self.left:
            self.end_file()
            return b""
        block = self.source.take_some(min(most, self.left))
        self.left -= len(block)
        return block

    def node(self, name: bytes) -> Event:
        if len(self.names) >= DEEPEST:
            raise self.bad(f"NAR directory nesting exceeds maximum depth of {DEEPEST}")
        self.expect(b"(")
        self.expect(b"type")
        type = self.tag()
        if type == b"regular":
            return self.file(name)
        if type == b"directory":
            self.names.append(b"")
            return Directory(name)
        if type == b"symlink":
            self.expect(b"target")
            target = self.source.padded_bytes(LONGEST_TARGET)
            if not target or b"\0" in target:
                raise self.bad("NAR contains invalid symlink target")
            self.expect(b")")
            self.end_entry()
            return Symlink(name, target)
        raise self.bad("unknown file type '" + type.decode("latin-1") + "'")

    def file(self, name: bytes) -> Event:
        executable = False
        tag = self.tag()
        if tag == b"executable":
            executable = True
            self.source.padded_bytes(0)
            tag = self.tag()
        if tag != b"contents":
            raise self.wrong_tag("contents", tag)
        self.size = self.source.number()
        self.left = self.size
        self.in_file = True
        return File(name, executable, self.size, self.source.offset - self.start)

    def end_file(self) -> None:
        self.in_file = False
        self.source.pass_padding(self.size)
        self.expect(b")")
        self.end_entry()

    def end_entry(self) -> None:
        if self.names:
            self.expect(b")")

    def expect_magic(self) -> None:
        try:
            magic = self.source.padded_bytes(len(MAGIC))
        except SerialisationError:
            magic = b""
        if magic != MAGIC:
            raise self.bad("input doesn't look like a Nix archive")

    def tag(self) -> bytes:
        return self.source.padded_bytes(LONGEST_TAG)

    def expect(self, wanted: bytes) -> None:
        tag = self.tag()
        if tag != wanted:
            raise self.wrong_tag(wanted.decode("latin-1"), tag)

    def wrong_tag(self, wanted: str, tag: bytes) -> SerialisationError:
        return self.bad("expected tag '" + wanted + "', got '" + tag.decode("latin-1") + "'")

    def bad(self, message: str) -> SerialisationError:
        return SerialisationError("bad archive: " + message, self.source.offset)
