"""Compiled sources kept on disk.

An entry is one file, named by the BLAKE3 digest of the source and of all that compiling
depends on. It begins with a checksum of its payload, so that a torn or changed entry is
noticed, ignored and written again. Entries appear by renaming a finished file: concurrent
writers do no harm. The folder is kept below a size by removing what was not used longest.

A hard link gives an entry a second name: the hash of the *stamp* of the source file, which
changes whenever the file does. So what was compiled before is found without reading its
source, or even loading BLAKE3. The short hashes are SipHash, as for Python's own compiled
files: the one that every interpreter has without importing anything.
"""

from __future__ import annotations

import _imp
import marshal
import os

from tvix_eval.compiler.bytecode import VERSION, Chunk
from tvix_eval.hints import i64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

CHECKSUM_SIZE: Final = 8  # bytes
DEFAULT_LIMIT: Final = 256 << 20  # bytes
WRITES_BETWEEN_CHECKS: Final = 256
TOUCH_AFTER: Final = 86_400  # seconds without use before a use is noted


class CodeCache:
    """`folder` is made when first needed. `salt` is what compiling depends on but the source.

    Trouble with the disk is never an error: the cache is then not used.
    """

    def __init__(self, folder: str, salt: bytes, limit: i64 = DEFAULT_LIMIT) -> None:
        self.folder: Final = folder
        self.salt: Final[bytes] = b"tvix-code-%d\0%d\0" % (VERSION, marshal.version) + salt
        self.short_salt: Final = short_hash(1, self.salt)
        self.limit: Final[i64] = limit
        self.writes: i64 = 0
        self.broken = False

    def key(self, source: bytes) -> str:
        from blake3 import blake3

        return str(blake3(self.salt + source).hexdigest())

    def key_of_stamp(self, stamp: bytes) -> str:
        salted = self.short_salt + stamp
        return (short_hash(2, salted) + short_hash(3, salted)).hex()

    def path(self, key: str) -> str:
        return self.folder + "/" + key[:2] + "/" + key[2:]

    def load(self, key: str) -> Chunk | None:
        """The entry, or None when there is none that is whole."""
        try:
            handle = os.open(self.path(key), os.O_RDONLY)
        except OSError:
            return None
        try:
            status = os.fstat(handle)
            data = os.read(handle, status.st_size)
        except OSError:
            return None
        finally:
            os.close(handle)
        payload = data[CHECKSUM_SIZE:]
        if checksum(payload) != data[:CHECKSUM_SIZE]:
            return None
        if status.st_mtime + TOUCH_AFTER < status.st_atime:
            self.touch(key)
        return decode(payload)

    def link(self, key: str, other: str) -> None:
        """Let `other` lead to the entry `key`, too."""
        path = self.path(other)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.link(self.path(key), path)
        except FileExistsError:
            self.replace(key, path)
        except OSError:
            pass

    def replace(self, key: str, path: str) -> None:
        temporary = path + "." + str(os.getpid()) + ".tmp"
        try:
            os.link(self.path(key), temporary)
            os.rename(temporary, path)
        except OSError:
            pass

    def touch(self, key: str) -> None:
        try:
            os.utime(self.path(key))
        except OSError:
            pass

    def store(self, key: str, chunk: Chunk) -> None:
        if self.broken:
            return
        payload = encode(chunk)
        path = self.path(key)
        temporary = path + "." + str(os.getpid()) + ".tmp"
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        except OSError:
            self.broken = True
            return
        try:
            data = checksum(payload) + payload
            whole = os.write(handle, data) == len(data)
        except OSError:
            whole = False
        os.close(handle)
        try:
            if whole:
                os.rename(temporary, path)
            else:
                os.unlink(temporary)
                self.broken = True
        except OSError:
            self.broken = True
        self.writes += 1
        if self.writes % WRITES_BETWEEN_CHECKS == 0:
            self.trim()

    def trim(self) -> None:
        """Remove the entries that were not used longest, down to three quarters of the limit."""
        names: dict[int, list[str]] = {}  # of each inode
        entries: list[tuple[float, int, int]] = []
        total = 0
        try:
            for group in os.scandir(self.folder):
                if not group.is_dir():
                    continue
                for entry in os.scandir(group.path):
                    status = entry.stat()
                    if status.st_ino in names:
                        names[status.st_ino].append(entry.path)
                        continue
                    names[status.st_ino] = [entry.path]
                    entries.append((status.st_mtime, status.st_size, status.st_ino))
                    total += status.st_size
        except OSError:
            return
        if total <= self.limit:
            return
        entries.sort()
        for _, size, inode in entries:
            if total * 4 <= self.limit * 3:
                return
            try:
                for path in names[inode]:
                    os.unlink(path)
            except OSError:
                continue
            total -= size


def short_hash(which: int, data: bytes) -> bytes:
    return _imp.source_hash(which, data)


def checksum(payload: bytes) -> bytes:
    return short_hash(0, payload)


def encode(chunk: Chunk) -> bytes:
    parts: list[object] = [chunk.code, chunk.constants, chunk.regions, chunk.symbols]
    parts += [int(chunk.frame_size), chunk.warnings]
    return marshal.dumps(parts)


def decode(payload: bytes) -> Chunk | None:
    try:
        code, constants, regions, symbols, frame_size, warnings = marshal.loads(payload)
    except (EOFError, ValueError, TypeError):
        return None
    return Chunk(code, constants, regions, symbols, frame_size, warnings)
