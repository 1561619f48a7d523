"""Stores in folders: what is on the disk, and what becomes of it when things go wrong."""

from __future__ import annotations

import os
import random
import resource
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tvix_glue
from tvix_glue import FolderStore
from tvix_glue.store import StoreError
from tvix_glue.verify import verify

from .storing import dump_file, put_text, put_tree, text_path

WRITER = str(Path(__file__).parent / "keep_writing.py")
PACKAGES = str(Path(str(tvix_glue.__file__)).parent.parent)
KILLS = int(os.environ.get("TVIX_TEST_KILLS", "30"))


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(str(tmp_path))


def start(root: Path, seed: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, WRITER, str(root), str(seed), str(count)]
    environment = {**os.environ, "PYTHONPATH": PACKAGES}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def on_disk(store: FolderStore, path: str) -> Path:
    return Path(store.physical(path))


def damage(store: FolderStore) -> dict[str, str]:
    return {each.path: each.problem for each in verify(store)}


def test_files_are_canonical(store: FolderStore) -> None:
    old = os.umask(0o77)
    try:
        paths = [put_text(store, "text", b"text"), put_tree(store, "tree")]
    finally:
        os.umask(old)
    for top in paths:
        for each in [on_disk(store, top), *on_disk(store, top).rglob("*")]:
            state = each.lstat()
            assert (state.st_mtime, state.st_uid) == (1, os.getuid())
            if not each.is_symlink():
                executable = each.is_dir() or each.name == "run"
                assert stat.S_IMODE(state.st_mode) == (0o555 if executable else 0o444), each
    assert verify(store) == []


def test_another_process_sees_all(store: FolderStore) -> None:
    text = put_text(store, "text", b"text")
    tree = put_tree(store, "tree", references=frozenset([text]))
    other = FolderStore(store.root)
    ours, theirs = store.path_info(tree), other.path_info(tree)
    assert ours is not None and theirs is not None
    assert (theirs.references, theirs.nar_hash, theirs.nar_size) == (
        ours.references,
        ours.nar_hash,
        ours.nar_size,
    )
    assert theirs.address == ours.address
    assert other.valid_paths() == sorted([text, tree])


def test_reading_takes_no_lock_and_writes_nothing(store: FolderStore, tmp_path: Path) -> None:
    reader = FolderStore(str(tmp_path / "absent"))
    assert reader.path_info(text_path("a", b"a")) is None
    assert reader.valid_paths() == []
    assert not (tmp_path / "absent").exists()
    path = put_text(store, "a", b"a")
    import fcntl

    with open(store.lock_file) as file:
        store.close()
        fcntl.flock(file, fcntl.LOCK_EX)
        assert FolderStore(store.root).files().read_file(path) == b"a"


def test_contents_without_a_record_are_invisible(store: FolderStore) -> None:
    tree = put_tree(store, "tree")
    os.unlink(store.info_path(tree))
    fresh = FolderStore(store.root)
    assert fresh.path_info(tree) is None
    assert fresh.files().file_type(tree) is None
    assert put_tree(fresh, "tree") == tree
    assert verify(fresh) == []
    os.unlink(store.info_path(tree))
    fresh.close()
    store.close()
    assert FolderStore(store.root).clean() == 1
    assert not on_disk(store, tree).exists()


@pytest.mark.parametrize("wrong", ["file", "folder", "link"])
def test_wrong_contents_without_a_record_are_replaced(store: FolderStore, wrong: str) -> None:
    for path in (put_text(store, "text", b"text"), put_tree(store, "tree")):
        os.unlink(store.info_path(path))
        place = on_disk(store, path)
        place.rename(place.with_suffix(".old"))
        if wrong == "file":
            place.write_text("wrong")
        elif wrong == "folder":
            place.mkdir()
            (place / "wrong").mkdir(mode=0o555)
        else:
            place.symlink_to("/etc")
    fresh = FolderStore(store.root)
    put_text(fresh, "text", b"text")
    put_tree(fresh, "tree")
    assert verify(fresh) == []


def test_damage_is_named(store: FolderStore) -> None:
    whole = put_text(store, "whole", b"whole")
    shorter = put_text(store, "shorter", b"0123456789")
    flipped = put_text(store, "flipped", b"0123456789")
    tree = put_tree(store, "tree")
    gone = put_text(store, "gone", b"gone")
    executable = put_tree(store, "executable", dump_file(b"x"))
    user = put_text(store, "user", b"user", frozenset([gone]))
    unreadable = put_text(store, "record", b"record")
    store.close()
    on_disk(store, shorter).chmod(0o644)
    os.truncate(on_disk(store, shorter), 9)
    on_disk(store, flipped).chmod(0o644)
    on_disk(store, flipped).write_bytes(b"0123456788")
    (on_disk(store, tree) / "sub").chmod(0o755)
    (on_disk(store, tree) / "sub" / "more").touch()
    on_disk(store, gone).unlink()
    on_disk(store, executable).chmod(0o555)
    record = Path(os.fsdecode(store.info_path(unreadable)))
    record.chmod(0o644)
    record.write_bytes(record.read_bytes().replace(b"NarSize: 1", b"NarSize: 9"))
    found = damage(store)
    assert set(found) == {shorter, flipped, tree, gone, executable, unreadable}
    assert "hash" in found[shorter]
    assert "hash" in found[flipped]
    assert found[gone] == "its contents are missing"
    assert "its checksum is wrong" in found[unreadable]
    assert user not in found and whole not in found
    with pytest.raises(StoreError, match="what is known of path '.*-record' is damaged"):
        FolderStore(store.root).path_info(unreadable)
    os.unlink(store.info_path(gone))
    assert "refers to" in damage(store)[user]


def test_every_flipped_bit_is_found(store: FolderStore) -> None:
    """Of the contents and of what is known, and where a file ends early."""
    base = put_text(store, "base", b"base")
    path = put_text(store, "text", b"contents", frozenset([base]))
    chance = random.Random(1)
    for place in (on_disk(store, path), Path(os.fsdecode(store.info_path(path)))):
        place.chmod(0o644)
        whole = place.read_bytes()
        for bit in chance.sample(range(len(whole) * 8), 60):
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            place.write_bytes(damaged)
            assert list(damage(store)) == [path], bit
        for size in range(0, len(whole), 7):
            place.write_bytes(whole[:size])
            assert list(damage(store)) == [path], size
        place.write_bytes(whole)
    assert verify(store) == []


def test_records_of_things_that_are_no_paths(store: FolderStore) -> None:
    put_text(store, "a", b"a")
    Path(os.fsdecode(store.infos), "junk").write_text("junk")
    assert damage(store) == {"/nix/store/junk": "it is no store path"}


def test_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(20)
    for kill in range(KILLS):
        writer = start(tmp_path, kill, 100_000)
        assert writer.stdout is not None and writer.stderr is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.08))
        writer.kill()
        assert writer.wait() == -9, writer.stderr.read()
        writer.stdout.close()
        writer.stderr.close()
        if kill % 10 == 9 or KILLS - kill < 3:
            assert verify(FolderStore(str(tmp_path))) == []
    store = FolderStore(str(tmp_path))
    assert len(store.valid_paths()) > KILLS
    put_text(store, "last", b"")
    assert os.listdir(store.new) == []
    store.close()
    store.clean()
    assert sorted(os.listdir(store.contents)) == sorted(os.listdir(store.infos))
    assert verify(store) == []


def test_two_writers_at_once(tmp_path: Path) -> None:
    writers = [start(tmp_path, 1, 60) for _ in range(3)]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, "")
    store = FolderStore(str(tmp_path))
    assert len(store.valid_paths()) == 120
    assert verify(store) == []
    assert store.clean() == 0


def test_cleaning_waits_for_nobody(store: FolderStore) -> None:
    path = put_text(store, "a", b"a")
    os.unlink(store.info_path(path))
    assert FolderStore(store.root).clean() == 0, "somebody may be adding it"


def test_a_disk_that_is_full(store: FolderStore) -> None:
    path = put_text(store, "small", b"small")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        full = "^cannot add '.*' in the store: File too large$"
        with pytest.raises(StoreError, match=full):
            put_text(store, "large", b"l" * 2000)
        with pytest.raises(StoreError, match=full):
            put_tree(store, "tree")
        with pytest.raises(StoreError, match=full):
            put_tree(store, "huge", dump_file(b"h" * (1 << 25)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.valid_paths() == [path]
    assert os.listdir(store.new) == []
    assert len(os.listdir(store.contents)) == 1
    put_text(store, "large", b"l" * 2000)
    assert verify(store) == []


def test_a_folder_that_can_not_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = FolderStore(str(tmp_path / "file"))
    assert store.path_info(text_path("a", b"a")) is None
    with pytest.raises(StoreError, match="Not a directory$"):
        put_text(store, "a", b"a")


def test_roots(store: FolderStore, tmp_path: Path) -> None:
    store.add_root(str(tmp_path / "result"))
    store.add_root(str(tmp_path / "result"))
    (root,) = os.listdir(store.roots)
    assert os.readlink(store.roots + b"/" + root) == os.fsencode(tmp_path / "result")
