"""Things to put into stores."""

from __future__ import annotations

from collections.abc import Callable

from nix_compat import content_address, hashes
from nix_compat.content_address import ContentAddress
from nix_compat.hashes import Hash
from nix_compat.nar.writer import NarWriter
from nix_compat.store_path import StoreDir
from tvix_glue.store import Store

STORE = StoreDir()
NOTHING: frozenset[str] = frozenset()
Write = Callable[[bytes], object]


def text_path(name: str, contents: bytes, references: frozenset[str] = NOTHING) -> str:
    return STORE.text_path(name, hashes.sha256(contents), references)


def put_text(store: Store, name: str, contents: bytes, references: frozenset[str] = NOTHING) -> str:
    path = text_path(name, contents, references)
    store.put_text(path, contents, references)
    return path


def dump_tree(write: Write) -> None:
    """A tree with all that one can hold."""
    writer = NarWriter(write)
    writer.directory(b"")
    writer.file(b"empty", False, 0)
    writer.symlink(b"link", b"sub/run")
    writer.directory(b"sub")
    writer.symlink(b"away", b"/etc")
    writer.file(b"caf\xe9", False, 3)
    writer.contents(b"\x00\xff\n")
    writer.directory(b"nothing")
    writer.end()
    writer.file(b"run", True, 70_000)
    writer.contents(b"x" * 65_536)
    writer.contents(b"y" * (70_000 - 65_536))
    writer.end()
    writer.end()


def dump_file(contents: bytes, executable: bool = False) -> Callable[[Write], None]:
    def dump(write: Write) -> None:
        writer = NarWriter(write)
        writer.file(b"", executable, len(contents))
        writer.contents(contents)

    return dump


def nar_address(dump: Callable[[Write], None], algorithm: str = hashes.SHA256) -> ContentAddress:
    hasher = hashes.Hasher(algorithm)
    dump(hasher.write)
    return ContentAddress(content_address.NAR, hasher.finish())


def put_tree(
    store: Store,
    name: str,
    dump: Callable[[Write], None] = dump_tree,
    references: frozenset[str] = NOTHING,
    address: ContentAddress | None = None,
) -> str:
    address = address or nar_address(dump)
    path = STORE.content_addressed_path(name, address, references)
    store.put_tree(path, address, references, dump)
    return path


def flat_address(contents: bytes) -> ContentAddress:
    return ContentAddress(content_address.FLAT, Hash(hashes.SHA256, hashes.sha256(contents)))
