"""Entries of the code cache, their second names, and the stamps of files."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tvix_eval import Evaluation
from tvix_eval.compiler.bytecode import Chunk
from tvix_eval.compiler.code_cache import CodeCache
from tvix_eval.eval_io import SETTLED_AFTER, StdIO, stamp_of
from tvix_eval.settings import Settings


def chunk(number: int) -> Chunk:
    return Chunk(b"\x00" * 100, (f"constant {number}",), [0], ["name"], 3, [])


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_entry_has_a_second_name(tmp_path: Path) -> None:
    cache = CodeCache(str(tmp_path), b"salt")
    key, other = cache.key(b"1"), cache.key_of_stamp(b"stamp")
    assert cache.load(key) is None and cache.load(other) is None
    cache.store(key, chunk(1))
    cache.link(key, other)
    for name in (key, other):
        loaded = cache.load(name)
        assert loaded is not None and loaded.constants == ("constant 1",)
    assert len(files(tmp_path)) == 2
    cache.store(cache.key(b"2"), chunk(2))
    cache.link(cache.key(b"2"), other)
    loaded = cache.load(other)
    assert loaded is not None and loaded.constants == ("constant 2",)
    assert len(files(tmp_path)) == 3


def test_another_salt_is_another_cache(tmp_path: Path) -> None:
    one, two = CodeCache(str(tmp_path), b"one"), CodeCache(str(tmp_path), b"two")
    assert one.key(b"1") != two.key(b"1")
    assert one.key_of_stamp(b"1") != two.key_of_stamp(b"1")


def test_the_oldest_go_with_all_their_names(tmp_path: Path) -> None:
    cache = CodeCache(str(tmp_path), b"salt", 1000)
    for number in range(10):
        key = cache.key(b"%d" % number)
        cache.store(key, chunk(number))
        cache.link(key, cache.key_of_stamp(b"%d" % number))
        os.utime(cache.path(key), (number, number))
    assert len(files(tmp_path)) == 20
    cache.trim()
    left = [number for number in range(10) if cache.load(cache.key(b"%d" % number)) is not None]
    assert left and left == list(range(left[0], 10)) and left[0] > 0
    assert len(files(tmp_path)) == 2 * len(left)
    assert sum(file.stat().st_size for file in files(tmp_path)) // 2 <= 750


STATUS = (stat.S_IFREG | 0o644, 7, 8, 1, 0, 0, 9, 0, 1_000, 2_000)


def status(*changes: tuple[int, int]) -> os.stat_result:
    """An old regular file. `changes`: fields by index; 100 and 101 are mtime and ctime in ns."""
    fields = list(STATUS)
    times = {"st_mtime_ns": 1_000 * 10**9, "st_ctime_ns": 2_000 * 10**9}
    for index, value in changes:
        if index < 100:
            fields[index] = value
        else:
            times["st_mtime_ns" if index == 100 else "st_ctime_ns"] = value
    return os.stat_result(fields, times)


def test_whatever_changes_a_file_changes_its_stamp() -> None:
    stamps = [stamp_of(status())]
    for index in (1, 2, 6, 100, 101):
        stamps.append(stamp_of(status((index, 3_000 * 10**9))))
    assert None not in stamps and len(set(stamps)) == 6


def test_what_has_no_stamp(tmp_path: Path) -> None:
    assert stamp_of(status((0, stat.S_IFDIR | 0o755))) is None
    (tmp_path / "new.nix").write_text("1")
    io = StdIO()
    assert io.stamp(str(tmp_path / "new.nix")) is None  # it may change again within a tick of the clock
    assert io.stamp(str(tmp_path / "missing.nix")) is None
    assert io.stamp(str(tmp_path)) is None
    assert SETTLED_AFTER >= 2_000_000_000  # what FAT rounds to


def test_a_world_of_ones_own_has_none(tmp_path: Path) -> None:
    class Shouting(StdIO):
        def read_file(self, path: str) -> bytes:
            return super().read_file(path).upper()

    assert StdIO().stamp(os.__file__) is not None
    assert Shouting().stamp(os.__file__) is None


class Stamped(StdIO):
    def __init__(self) -> None:
        super().__init__()
        self.now = b"1"
        self.read: list[str] = []

    def stamp(self, path: str) -> bytes | None:
        return self.now

    def read_file(self, path: str) -> bytes:
        self.read.append(Path(path).name)
        return super().read_file(path)


@pytest.fixture
def evaluate(tmp_path: Path) -> Callable[[Stamped], object]:
    settings = Settings(code_cache=str(tmp_path / "cache"))
    return lambda io: Evaluation(io=io, settings=settings).evaluate_file(tmp_path / "a.nix")


def test_what_did_not_change_is_not_read(tmp_path: Path, evaluate: Callable[[Stamped], object]) -> None:
    (tmp_path / "a.nix").write_text("1")
    io = Stamped()
    assert (evaluate(io), io.read) == (1, ["a.nix"])
    assert (evaluate(io), io.read) == (1, ["a.nix"])
    (tmp_path / "a.nix").write_text("2")
    io.now = b"2"
    assert (evaluate(io), io.read) == (2, ["a.nix", "a.nix"])
    assert (evaluate(io), io.read) == (2, ["a.nix", "a.nix"])


def test_warnings_come_each_time(tmp_path: Path, evaluate: Callable[[Stamped], object]) -> None:
    (tmp_path / "a.nix").write_text("let or = 1; in builtins.length [ (x: x) or ]")
    io = Stamped()
    evaluate(io)
    read = len(io.read)
    assert read > 0
    evaluate(io)
    assert len(io.read) > read
