"""Archives put together by hand, to be right or wrong."""

from __future__ import annotations

from nix_compat import wire

MAGIC = b"nix-archive-1"


def words(*texts: bytes) -> bytes:
    return b"".join([wire.encode_bytes(text) for text in texts])


def file(contents: bytes = b"x") -> bytes:
    return words(b"(", b"type", b"regular", b"contents", contents, b")")


def symlink(target: bytes) -> bytes:
    return words(b"(", b"type", b"symlink", b"target", target, b")")


def entry(name: bytes, node: bytes) -> bytes:
    return words(b"entry", b"(", b"name", name, b"node") + node + words(b")")


def directory(*entries: bytes) -> bytes:
    return words(b"(", b"type", b"directory") + b"".join(entries) + words(b")")


def nested(depth: int) -> bytes:
    """A file in so many directories."""
    node = file()
    for _ in range(depth):
        node = directory(entry(b"a", node))
    return node


def archive(node: bytes) -> bytes:
    return words(MAGIC) + node
