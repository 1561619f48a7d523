"""What archives and Nix's protocols are made of: numbers, and bytes with their length.

A number is 8 bytes, little-endian and unsigned. Bytes are preceded by a number, their length, and
followed by zeros up to a multiple of 8.
"""

from __future__ import annotations

from nix_compat.errors import EndOfFile, SerialisationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

ALIGNMENT: Final = 8
BLOCK: Final = 65536  # bytes asked for at once
NO_LIMIT: Final = (1 << 64) - 1


def padding(size: int) -> bytes:
    """The zeros that follow `size` bytes."""
    return bytes(-size % ALIGNMENT)


def encode_number(number: int) -> bytes:
    """Raises OverflowError for what 64 bits do not hold."""
    return number.to_bytes(8, "little")


def encode_bytes(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + data + bytes(-len(data) % ALIGNMENT)


class ByteSource:
    """Reads from a stream, of which it asks for blocks and keeps what was not asked for yet.

    `read`: gives at most so many bytes, none at the end. `offset`: how many have been taken.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.read: Final = read
        self.offset = 0
        self.block = b""
        self.at = 0

    def take(self, size: int) -> bytes:
        """Exactly so many bytes. Raises EndOfFile if there are not."""
        at = self.at
        end = at + size
        if end <= len(self.block):
            self.at = end
            self.offset += size
            return self.block[at:end]
        parts: list[bytes] = []
        left = size
        while left > 0:
            part = self.take_some(left)
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def take_some(self, most: int) -> bytes:
        """At least one byte. Raises EndOfFile if there is none."""
        if self.at >= len(self.block):
            self.block = self.read(BLOCK)
            self.at = 0
            if not self.block:
                raise EndOfFile("unexpected end-of-file", self.offset)
        at = self.at
        end = min(at + most, len(self.block))
        part = self.block[at:end]
        self.at = end
        self.offset += len(part)
        return part

    def skip(self, size: int) -> None:
        """Pass so many bytes. Raises EndOfFile if there are not."""
        left = size
        while left > 0:
            left -= len(self.take_some(left))

    def number(self) -> int:
        """Raises EndOfFile."""
        return int.from_bytes(self.take(8), "little")

    def padded_bytes(self, limit: int = NO_LIMIT) -> bytes:
        """Bytes of at most a certain length. Raises SerialisationError and EndOfFile."""
        size = self.number()
        if size > limit:
            raise SerialisationError("string is too long", self.offset)
        data = self.take(size)
        self.pass_padding(size)
        return data

    def pass_padding(self, size: int) -> None:
        """What follows `size` bytes. Raises SerialisationError unless it is zeros."""
        zeros = -size % ALIGNMENT
        if zeros and self.take(zeros).strip(b"\0"):
            raise SerialisationError("non-zero padding", self.offset)
