"""Archives of what is in the file system, and back. Contents pass in blocks."""

from __future__ import annotations

import os
import stat

from nix_compat import wire
from nix_compat.errors import EndOfFile, FormatError
from nix_compat.nar.format import DEEPEST, Directory, DirectoryEnd, File, Symlink
from nix_compat.nar.reader import NarReader
from nix_compat.nar.writer import NarWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def dump_path(
    path: bytes, write: Callable[[bytes], object], keep: Callable[[bytes], bool] | None = None
) -> None:
    """Write the archive of a file, a link, or a directory with all that is in it.

    `keep`: asked about each path in a directory whether it is to be there. Raises FormatError for what
    is neither, and OSError.
    """
    dump_node(path, b"", NarWriter(write), keep, 0)


def dump_node(
    path: bytes, name: bytes, writer: NarWriter, keep: Callable[[bytes], bool] | None, depth: int
) -> None:
    if depth >= DEEPEST:
        raise FormatError(f"path '{path.decode('latin-1')}' exceeds maximum NAR directory depth of {DEEPEST}")
    mode = os.lstat(path).st_mode
    if stat.S_ISREG(mode):
        dump_file(path, name, writer)
    elif stat.S_ISDIR(mode):
        writer.directory(name)
        for entry in sorted(os.listdir(path)):
            below = path + b"/" + entry
            if keep is None or keep(below):
                dump_node(below, entry, writer, keep, depth + 1)
        writer.end()
    elif stat.S_ISLNK(mode):
        writer.symlink(name, os.readlink(path))
    else:
        raise FormatError("file '" + path.decode("latin-1") + "' has an unsupported type")


def dump_file(path: bytes, name: bytes, writer: NarWriter) -> None:
    with open(path, "rb", buffering=0) as file:
        state = os.fstat(file.fileno())
        left = state.st_size
        writer.file(name, bool(state.st_mode & stat.S_IXUSR), left)
        while left:
            block = file.read(min(left, wire.BLOCK))
            if not block:
                raise EndOfFile("unexpected end-of-file")  # it was shortened meanwhile
            writer.contents(block)
            left -= len(block)


def restore_path(reader: NarReader, path: bytes) -> None:
    """Make what an archive says, where nothing is yet. Raises FormatError and OSError."""
    folders: list[bytes] = []
    event = reader.next()
    while event is not None:
        if isinstance(event, DirectoryEnd):
            folders.pop()
        else:
            here = folders[len(folders) - 1] + b"/" + event.name if folders else path
            if isinstance(event, Directory):
                os.mkdir(here)
                folders.append(here)
            elif isinstance(event, Symlink):
                os.symlink(event.target, here)
            elif isinstance(event, File):
                restore_file(reader, here, event.executable)
        event = reader.next()


def restore_file(reader: NarReader, path: bytes, executable: bool) -> None:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
    with open(os.open(path, flags, 0o777 if executable else 0o666), "wb", buffering=0) as file:
        block = reader.contents()
        while block:
            file.write(block)
            block = reader.contents()
