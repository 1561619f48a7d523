"""Archives of files."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from nix_compat import hashes
from nix_compat.errors import FormatError
from nix_compat.hashes import Hasher
from nix_compat.nar.files import dump_path, restore_path
from nix_compat.nar.reader import NarReader
from nix_compat.wire import ByteSource


def make_tree(root: Path) -> None:
    (root / "d" / "e").mkdir(parents=True)
    (root / "a").write_text("hello\n")
    (root / "x").write_text("#!/bin/sh\n")
    (root / "x").chmod(0o755)
    (root / "l").symlink_to("a")
    (root / "d" / "f").write_text("12345678")
    (root / "d" / "empty").touch()


def dump(path: Path) -> bytes:
    parts: list[bytes] = []
    dump_path(os.fsencode(path), parts.append)
    return b"".join(parts)


def restore(data: bytes, path: Path) -> None:
    restore_path(NarReader(ByteSource(io.BytesIO(data).read)), os.fsencode(path))


def test_the_hash_that_nix_computes(tmp_path: Path) -> None:
    make_tree(tmp_path / "t")
    hasher = Hasher(hashes.SHA256)
    dump_path(os.fsencode(tmp_path / "t"), hasher.write)
    assert hasher.size == 1424
    assert hasher.finish().render(hashes.NIX32) == "12iblrdz7465gnd8p4pdcd3rpbib3d1gh72wjrn2isv4k2rgybih"


def test_round_trip(tmp_path: Path) -> None:
    make_tree(tmp_path / "t")
    (tmp_path / "t" / "big").write_bytes(bytes(range(256)) * 1000)
    os.mkdir(os.fsencode(tmp_path / "t") + b"/\xff")
    data = dump(tmp_path / "t")
    restore(data, tmp_path / "copy")
    assert dump(tmp_path / "copy") == data
    assert os.access(tmp_path / "copy" / "x", os.X_OK) and not os.access(tmp_path / "copy" / "a", os.X_OK)
    for name in ("a", "l"):
        data = dump(tmp_path / "t" / name)
        restore(data, tmp_path / ("copy-" + name))
        assert dump(tmp_path / ("copy-" + name)) == data


def test_blocks(tmp_path: Path) -> None:
    """No block is big, however big the file."""
    (tmp_path / "big").write_bytes(bytes(1_000_000))
    sizes: list[int] = []
    dump_path(os.fsencode(tmp_path / "big"), lambda data: sizes.append(len(data)))
    assert sum(sizes) > 1_000_000 and max(sizes) <= 65536


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    make_tree(tmp_path / "t")
    for name in ("a", "l", "d"):
        with pytest.raises(FileExistsError):
            restore(dump(tmp_path / "t" / name), tmp_path / "t" / name)


def test_a_filter(tmp_path: Path) -> None:
    make_tree(tmp_path / "t")
    asked: list[bytes] = []

    def keep(path: bytes) -> bool:
        asked.append(os.path.relpath(path, os.fsencode(tmp_path / "t")))
        return not path.endswith((b"/d", b"/l"))

    parts: list[bytes] = []
    dump_path(os.fsencode(tmp_path / "t"), parts.append, keep)
    assert asked == [b"a", b"d", b"l", b"x"]
    restore(b"".join(parts), tmp_path / "copy")
    assert sorted(os.listdir(tmp_path / "copy")) == ["a", "x"]


def test_what_has_no_archive(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p")
    with pytest.raises(FormatError) as caught:
        dump(tmp_path)
    assert caught.value.message == f"file '{tmp_path}/p' has an unsupported type"
    deep = tmp_path / "deep"
    (deep / Path(*["a"] * 64)).mkdir(parents=True)
    with pytest.raises(FormatError) as caught:
        dump(deep)
    path = "/".join([str(deep), *["a"] * 64])
    assert caught.value.message == f"path '{path}' exceeds maximum NAR directory depth of 64"
    with pytest.raises(FileNotFoundError):
        dump(tmp_path / "none")
