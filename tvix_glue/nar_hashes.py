"""Hashes of files as archives, remembered on disk.

An entry is a small file, named by the hash of what identifies a file or tree: for each file in it
its name, type, and stamp (inode, size and times, see `EvalIO.stamp`), for each link where it leads. It
holds the SHA-256 and a checksum. Entries appear by renaming: concurrent writers do no harm.
"""

from __future__ import annotations

import os

from nix_compat import hashes
from nix_compat.hashes import SHA256, Hash
from tvix_eval.eval_io import DIRECTORY, REGULAR, SYMLINK
from tvix_glue.trees import Tree, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DIGEST_SIZE: Final = 32
CHECK_SIZE: Final = 8
LARGEST_SMALL: Final = 1 << 17  # bytes of a file
SALT: Final = b"tvix-nar-1\0"


class NarHashes:
    """`folder` is made when first needed. Trouble with the disk is never an error."""

    def __init__(self, folder: str) -> None:
        self.folder: Final = folder
        self.broken = False

    def of(self, tree: Tree) -> Hash:
        """The hash of a tree's archive, remembered or computed. Raises what dumping the tree raises."""
        parts: list[bytes] = [SALT]
        kind = tree.io.file_type(tree.path)
        if kind is None or is_small(tree, kind) or not identify(tree, tree.path, kind, parts):
            return tree.hash()
        key = hashes.sha256(b"".join(parts)).hex()
        digest = self.load(key)
        if digest is None:
            found = tree.hash()
            self.save(key, found.digest)
            return found
        return Hash(SHA256, digest)

    def path(self, key: str) -> str:
        return self.folder + "/" + key[:2] + "/" + key[2:]

    def load(self, key: str) -> bytes | None:
        try:
            with open(self.path(key), "rb", buffering=0) as file:
                data = file.read(DIGEST_SIZE + CHECK_SIZE + 1)
        except OSError:
            return None
        digest = data[:DIGEST_SIZE]
        return digest if data[DIGEST_SIZE:] == check(key, digest) else None

    def save(self, key: str, digest: bytes) -> None:
        if self.broken:
            return
        path = self.path(key)
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(temporary, "wb", buffering=0) as file:
                file.write(digest + check(key, digest))
            os.rename(temporary, path)
        except OSError:
            self.broken = True


def is_small(tree: Tree, kind: str) -> bool:
    """Whether hashing is as cheap as looking the hash up."""
    if kind != REGULAR:
        return False
    with tree.io.open_file(tree.path) as file:
        return file.size <= LARGEST_SMALL


def check(key: str, digest: bytes) -> bytes:
    return hashes.sha256(key.encode() + digest)[:CHECK_SIZE]


def identify(tree: Tree, path: str, kind: str, parts: list[bytes]) -> bool:
    """Append what identifies a node; False where that can't be said without reading it."""
    if kind == REGULAR:
        stamp = tree.io.stamp(path)
        if stamp is None:
            return False
        parts.append(b"f" + stamp + b"\0")
    elif kind == SYMLINK:
        parts.append(b"l" + tree.io.read_link(path).encode("latin-1") + b"\0")
    elif kind == DIRECTORY:
        parts.append(b"d")
        for name, its_kind in tree.entries(path):
            below = join(path, name)
            if tree.keeps(below, its_kind):
                parts.append(name.encode("latin-1") + b"\0")
                if not identify(tree, below, its_kind, parts):
                    return False
        parts.append(b"/\0")
    else:
        return False
    return True
