"""Files as archives, and the hashes that are remembered of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nix_compat import hashes
from nix_compat.nar.files import dump_path
from tvix_eval.errors import NixError
from tvix_eval.eval_io import OpenFile, StdIO
from tvix_glue.nar_hashes import LARGEST_SMALL, NarHashes
from tvix_glue.trees import Tree, flat_hash


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "folder" / "empty").mkdir(parents=True)
    (root / "folder" / "run").write_text("#!/bin/sh\n")
    (root / "folder" / "run").chmod(0o755)
    (root / "big").write_bytes(bytes(range(256)) * 2000)
    (root / "link").symlink_to("folder/run")
    os.symlink(b"/nowhere/\xff", os.fsencode(root) + b"/\xc3\xa9")
    return root


def archive(path: Path) -> bytes:
    parts: list[bytes] = []
    dump_path(os.fsencode(path), parts.append)
    return b"".join(parts)


def byte_text(path: Path) -> str:
    return os.fsencode(path).decode("latin-1")


def test_a_tree_is_the_archive_of_its_files(tree: Path) -> None:
    parts: list[bytes] = []
    Tree(StdIO(), byte_text(tree)).dump(parts.append)
    assert b"".join(parts) == archive(tree)
    assert Tree(StdIO(), byte_text(tree)).hash().digest == hashes.sha256(archive(tree))
    assert flat_hash(StdIO(), byte_text(tree / "big")).digest == hashes.sha256((tree / "big").read_bytes())


def test_what_is_kept_is_asked_once_each(tree: Path) -> None:
    asked: list[tuple[str, str]] = []

    def keep(path: str, kind: str) -> bool:
        asked.append((os.path.relpath(path, byte_text(tree)), kind))
        return kind != "symlink" and not path.endswith("empty")

    kept = Tree(StdIO(), byte_text(tree), keep)
    first = kept.hash()
    assert asked == [
        *[("big", "regular"), ("folder", "directory"), ("folder/empty", "directory")],
        *[("folder/run", "regular"), ("link", "symlink"), ("\xc3\xa9", "symlink")],
    ]
    assert kept.hash().digest == first.digest and len(asked) == 6
    (tree / "link").unlink()
    os.unlink(os.fsencode(tree) + b"/\xc3\xa9")
    (tree / "folder" / "empty").rmdir()
    assert hashes.sha256(archive(tree)) == first.digest


def test_what_no_archive_can_hold(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NixError, match="unsupported type"):
        Tree(StdIO(), byte_text(tmp_path)).hash()
    with pytest.raises(NixError, match="does not exist"):
        Tree(StdIO(), byte_text(tmp_path / "missing")).hash()
    with pytest.raises(NixError, match="directory"):
        flat_hash(StdIO(), byte_text(tmp_path))


class Stamped(StdIO):
    """Files whose stamps a test decides, and which counts how often it opens them."""

    def __init__(self) -> None:
        super().__init__()
        self.now: bytes | None = b"1"
        self.opened = 0

    def stamp(self, path: str) -> bytes | None:
        return self.now

    def open_file(self, path: str) -> OpenFile:
        self.opened += 1
        return StdIO().open_file(path)


def test_hashes_are_remembered(tmp_path: Path, tree: Path) -> None:
    io = Stamped()
    known = NarHashes(str(tmp_path / "cache"))
    digest = hashes.sha256(archive(tree))
    assert known.of(Tree(io, byte_text(tree))).digest == digest
    opened = io.opened
    assert NarHashes(str(tmp_path / "cache")).of(Tree(io, byte_text(tree))).digest == digest
    assert io.opened == opened
    (tree / "big").write_bytes(b"changed")
    io.now = b"2"
    assert known.of(Tree(io, byte_text(tree))).digest == hashes.sha256(archive(tree)) != digest


def test_a_filter_is_part_of_what_is_remembered(tmp_path: Path, tree: Path) -> None:
    known = NarHashes(str(tmp_path / "cache"))
    io = Stamped()
    whole = known.of(Tree(io, byte_text(tree)))
    some = known.of(Tree(io, byte_text(tree), lambda path, kind: kind == "regular"))
    assert whole.digest != some.digest
    assert known.of(Tree(io, byte_text(tree))).digest == whole.digest


def test_files_without_a_stamp_are_hashed_each_time(tmp_path: Path, tree: Path) -> None:
    io = Stamped()
    io.now = None
    known = NarHashes(str(tmp_path / "cache"))
    for _ in range(2):
        io.opened = 0
        assert known.of(Tree(io, byte_text(tree))).digest == hashes.sha256(archive(tree))
        assert io.opened == 2
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 40])
def test_damaged_entries_count_for_nothing(tmp_path: Path, tree: Path, damage: bytes) -> None:
    known = NarHashes(str(tmp_path / "cache"))
    digest = known.of(Tree(Stamped(), byte_text(tree))).digest
    (entry,) = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    whole = entry.read_bytes()
    entry.write_bytes(damage)
    assert known.of(Tree(Stamped(), byte_text(tree))).digest == digest
    assert entry.read_bytes() == whole


def test_small_files_are_not_worth_it(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"x" * LARGEST_SMALL)
    (tmp_path / "large").write_bytes(b"x" * (LARGEST_SMALL + 1))
    known = NarHashes(str(tmp_path / "cache"))
    known.of(Tree(Stamped(), byte_text(tmp_path / "small")))
    assert not (tmp_path / "cache").exists()
    known.of(Tree(Stamped(), byte_text(tmp_path / "large")))
    assert (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written(tmp_path: Path, tree: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    known = NarHashes(str(tmp_path / "cache"))
    assert known.of(Tree(Stamped(), byte_text(tree))).digest == hashes.sha256(archive(tree))
