"""Compiled sources kept on disk.

An entry is one file, named by the BLAKE3 digest of the source and of all that compiling
depends on. It begins with the digest of its payload, so that a torn or changed entry is
noticed, ignored and written again. Entries appear by renaming a finished file: concurrent
writers do no harm. The folder is kept below a size by removing what was not used longest.
"""

from __future__ import annotations

import marshal
import os

from tvix_eval.compiler.bytecode import VERSION, Chunk
from tvix_eval.hints import i64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DIGEST_SIZE: Final = 32
DEFAULT_LIMIT: Final = 256 << 20  # bytes
WRITES_BETWEEN_CHECKS: Final = 256
TOUCH_AFTER: Final = 86_400  # seconds without use before a use is noted


class CodeCache:
    """`folder` is made when first needed. `salt` is what compiling depends on but the source.

    Trouble with the disk is never an error: the cache is then not used.
    """

    def __init__(self, folder: str, salt: bytes, limit: i64 = DEFAULT_LIMIT) -> None:
        from blake3 import blake3

        self.hash: Final = blake3
        self.folder: Final = folder
        self.salt: Final[bytes] = b"tvix-code-%d\0%d\0" % (VERSION, marshal.version) + salt
        self.limit: Final[i64] = limit
        self.writes: i64 = 0
        self.broken = False

    def key(self, source: bytes) -> str:
        return self.hash(self.salt + source).hexdigest()

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
        payload = data[DIGEST_SIZE:]
        if self.hash(payload).digest() != data[:DIGEST_SIZE]:
            return None
        if status.st_mtime + TOUCH_AFTER < status.st_atime:
            self.touch(key)
        return decode(payload)

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
            data = self.hash(payload).digest() + payload
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
        entries: list[tuple[float, int, str]] = []
        total = 0
        try:
            for group in os.scandir(self.folder):
                if not group.is_dir():
                    continue
                for entry in os.scandir(group.path):
                    status = entry.stat()
                    entries.append((status.st_mtime, status.st_size, entry.path))
                    total += status.st_size
        except OSError:
            return
        if total <= self.limit:
            return
        entries.sort()
        for _, size, path in entries:
            if total * 4 <= self.limit * 3:
                return
            try:
                os.unlink(path)
            except OSError:
                continue
            total -= size


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
