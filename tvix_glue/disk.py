"""Files as a store keeps them: nobody may write them, and their times are all the same."""

from __future__ import annotations

import os
import stat

from nix_compat import hashes
from nix_compat.hashes import Hash, Hasher
from nix_compat.nar.files import dump_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

FILE_MODE: Final = 0o444
FOLDER_MODE: Final = 0o555  # and of executable files
TIME: Final = (1, 1)
WRITE_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def write_file(path: bytes, contents: bytes, durable: bool) -> None:
    """Make a canonical file that is not there yet."""
    handle = os.open(path, WRITE_NEW, FILE_MODE)
    try:
        view = memoryview(contents)
        while view:
            view = view[os.write(handle, view) :]
        os.fchmod(handle, FILE_MODE)
        os.utime(handle, TIME)
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)


def make_canonical(root: bytes, durable: bool) -> None:
    """Take all permissions to write from what is below a path, and set its times.

    `root` itself may still be written if it is a directory, or it could not be moved.
    """
    state = os.lstat(root)
    if stat.S_ISDIR(state.st_mode):
        for folder, names, files in os.walk(root, topdown=False):
            for name in files:
                settle(folder + b"/" + name, durable)
            for name in names:  # links to directories among them
                settle(folder + b"/" + name, durable)
    else:
        settle(root, durable)


def settle(path: bytes, durable: bool) -> None:
    mode = os.lstat(path).st_mode
    if not stat.S_ISLNK(mode):
        os.chmod(path, FOLDER_MODE if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else FILE_MODE)
    os.utime(path, TIME, follow_symlinks=False)
    if durable and not stat.S_ISLNK(mode):
        sync(path)


def make_movable(path: bytes) -> None:
    """A directory that may not be written can't be moved to another one."""
    if stat.S_ISDIR(os.lstat(path).st_mode):
        os.chmod(path, 0o755)


def sync(path: bytes) -> None:
    """Wait until a file, or a directory's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: bytes) -> None:
    """Remove a file or a tree, if it is there."""
    try:
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            os.unlink(path)
            return
        os.chmod(path, 0o700)
        for folder, names, _ in os.walk(path):
            for name in names:
                below = folder + b"/" + name
                if not os.path.islink(below):
                    os.chmod(below, 0o700)
        for folder, names, files in os.walk(path, topdown=False):
            for name in files:
                os.unlink(folder + b"/" + name)
            for name in names:
                below = folder + b"/" + name
                if os.path.islink(below):
                    os.unlink(below)
                else:
                    os.rmdir(below)
        os.rmdir(path)
    except FileNotFoundError:
        pass  # somebody else removes it, too


def nar_of(path: bytes) -> tuple[Hash, int]:
    """The hash and the size of a path's archive. Raises FormatError and OSError."""
    hasher = Hasher(hashes.SHA256)
    sizes = [0]

    def write(block: bytes) -> None:
        hasher.write(block)
        sizes[0] += len(block)

    dump_path(path, write)
    return hasher.finish(), sizes[0]
