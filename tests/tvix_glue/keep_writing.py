"""Adds to a store in a folder, without end: ``python keep_writing.py ROOT SEED COUNT``.

Each derivation refers to one before it and to sources. Says "ready" before it begins.
"""

from __future__ import annotations

import random
import sys

from nix_compat import hashes
from nix_compat.content_address import NAR, ContentAddress
from nix_compat.nar.writer import NarWriter
from nix_compat.store_path import StoreDir
from tvix_glue import FolderStore


def write_some(root: str, seed: int, count: int) -> None:
    chance = random.Random(seed)
    store = FolderStore(root)
    previous = ""
    print("ready", flush=True)
    for number in range(count):
        source = add_tree(store, chance, number)
        contents = b"Derive(%d)" % number * chance.randrange(1, 2000)
        references = frozenset([source, previous] if previous else [source])
        previous = store.dir.text_path(f"{number}.drv", hashes.sha256(contents), references)
        store.put_text(previous, contents, references)


def add_tree(store: FolderStore, chance: random.Random, number: int) -> str:
    files = [chance.randbytes(chance.randrange(1, 3000)) for _ in range(chance.randrange(8))]

    def dump(write: object) -> None:
        writer = NarWriter(write)  # type: ignore[arg-type]
        writer.directory(b"")
        for at, contents in enumerate(files):
            writer.directory(b"%d" % at)
            writer.file(b"file", at % 2 == 0, len(contents))
            writer.contents(contents)
            writer.symlink(b"link", b"file")
            writer.end()
        writer.end()

    hasher = hashes.Hasher(hashes.SHA256)
    dump(hasher.write)
    address = ContentAddress(NAR, hasher.finish())
    path = StoreDir().content_addressed_path(f"source-{number}", address)
    store.put_tree(path, address, frozenset(), dump)
    return path


if __name__ == "__main__":
    write_some(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
