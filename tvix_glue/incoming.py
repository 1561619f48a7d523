"""Archives on their way into a store: hashed as they come, and checked against what they should be."""

from __future__ import annotations

from nix_compat import content_address, hashes
from nix_compat.content_address import ContentAddress
from nix_compat.errors import FormatError
from nix_compat.hashes import Hash, Hasher
from nix_compat.nar.format import File
from nix_compat.nar.reader import NarReader
from nix_compat.nar.writer import archive_of_bytes
from nix_compat.wire import ByteSource
from tvix_glue.store import PathInfo, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Final


class Incoming:
    """An archive that `write` puts into `file`, from which it can be read again."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file: Final = file
        self.hasher: Final = Hasher(hashes.SHA256)
        self.size = 0

    def write(self, block: bytes) -> None:
        self.hasher.write(block)
        self.size += len(block)
        self.file.write(block)

    def read(self) -> NarReader:
        """The archive, from its beginning."""
        self.file.seek(0)
        return NarReader(ByteSource(self.file.read))

    def finish(
        self, path: str, address: ContentAddress | None, references: frozenset[str], deriver: str
    ) -> PathInfo:
        """What is known of it. Raises StoreError if it is no archive, or not of this address."""
        nar_hash = self.hasher.finish()
        try:
            actual = self.hash_as(address, nar_hash)
        except FormatError as error:
            raise StoreError("cannot add '" + path + "' to the store: " + error.message) from None
        if address is not None and actual != address.hash:
            raise StoreError(
                "hash mismatch importing path '"
                + path
                + "';\n  specified: "
                + address.hash.render(hashes.SRI)
                + "\n  got:       "
                + actual.render(hashes.SRI)
            )
        return PathInfo(path, references, nar_hash, self.size, address, deriver)

    def hash_as(self, address: ContentAddress | None, nar_hash: Hash) -> Hash:
        """The hash that a content address of the archive has.

        Those by Git's method are taken on trust: nothing here computes them.
        """
        if address is None:
            return nar_hash
        method, algorithm = address.method, address.hash.algorithm
        if method == content_address.GIT:
            return address.hash
        if method == content_address.NAR:
            return nar_hash if algorithm == hashes.SHA256 else self.hash_again(algorithm)
        return hash_of_file(self.read(), algorithm)

    def hash_again(self, algorithm: str) -> Hash:
        hasher = Hasher(algorithm)
        self.file.seek(0)
        block = self.file.read(1 << 20)
        while block:
            hasher.write(block)
            block = self.file.read(1 << 20)
        return hasher.finish()


def hash_of_file(reader: NarReader, algorithm: str) -> Hash:
    """The hash of the contents of an archive's one file. Raises FormatError."""
    if not isinstance(reader.next(), File):
        raise FormatError("what is hashed by its contents alone must be a regular file")
    hasher = Hasher(algorithm)
    block = reader.contents()
    while block:
        hasher.write(block)
        block = reader.contents()
    return hasher.finish()


def text_info(path: str, contents: bytes, references: frozenset[str]) -> PathInfo:
    """What is known of a text."""
    archive = archive_of_bytes(contents)
    address = ContentAddress(content_address.TEXT, Hash(hashes.SHA256, hashes.sha256(contents)))
    return PathInfo(path, references, Hash(hashes.SHA256, hashes.sha256(archive)), len(archive), address)
