"""What the evaluator asks of the world: files, the environment, the store behind a path.

A host decides what a Nix program may see by the `EvalIO` it gives: `StdIO` is the machine,
`NoIO` is nothing at all, and a subclass of either can be anything between.

Paths are byte text, absolute and canonical. A path ``<nix/name>`` belongs to the files that
come with the language (see `search_path`).
"""

from __future__ import annotations

import errno
import os
import stat
import time

from tvix_eval.errors import NixError
from tvix_eval.hints import mypyc_attr
from tvix_eval.resources import FOLDER
from tvix_eval.vm.strings import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

REGULAR: Final = "regular"
DIRECTORY: Final = "directory"
SYMLINK: Final = "symlink"
UNKNOWN: Final = "unknown"  # devices, sockets, pipes

MOST_LINKS: Final = 1024
SETTLED_AFTER: Final = 3_000_000_000  # ns; no file system in use keeps times more coarsely
INTERNAL_MARK: Final = "<"
INTERNAL_ROOT: Final = "<nix"


@mypyc_attr(allow_interpreted_subclasses=True)
class OpenFile:
    """A regular file that is being read: `size` in bytes, and whether it is `executable`. Close it."""

    def __init__(self, size: int, executable: bool) -> None:
        self.size: Final = size
        self.executable: Final = executable

    def read(self, most: int) -> bytes:
        """The next bytes, at most so many; none at the end. Raises NixError."""
        raise NotImplementedError

    def close(self) -> None:
        pass

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class HeldFile(OpenFile):
    """A file whose contents are in memory."""

    def __init__(self, contents: bytes, executable: bool) -> None:
        super().__init__(len(contents), executable)
        self.contents: Final = contents
        self.at = 0

    def read(self, most: int) -> bytes:
        block = self.contents[self.at : self.at + most]
        self.at += len(block)
        return block


class SystemFile(OpenFile):
    """A file by its handle."""

    def __init__(self, path: str, handle: int, status: os.stat_result) -> None:
        super().__init__(status.st_size, bool(status.st_mode & stat.S_IXUSR))
        self.path: Final = path
        self.handle: Final = handle

    def read(self, most: int) -> bytes:
        try:
            return os.read(self.handle, most)
        except OSError as error:
            raise system_error("reading file '" + self.path + "'", error) from None

    def close(self) -> None:
        os.close(self.handle)


@mypyc_attr(allow_interpreted_subclasses=True)
class EvalIO:
    """The interface. What a method cannot do it says with a `NixError`."""

    def file_type(self, path: str) -> str | None:
        """The type of a file, links not followed: `REGULAR`, `DIRECTORY`, `SYMLINK` or `UNKNOWN`.

        None when there is none. For ``pathExists``, ``readFileType``, ``import``, lookup paths.
        """
        raise NotImplementedError

    def read_link(self, path: str) -> str:
        """What a symbolic link says. For all that follows links."""
        raise NotImplementedError

    def read_file(self, path: str) -> bytes:
        """The contents of a regular file. For ``import``, ``readFile``, ``hashFile``."""
        raise NotImplementedError

    def open_file(self, path: str) -> OpenFile:
        """A regular file, to be read in blocks. For what goes to the store."""
        return HeldFile(self.read_file(path), False)

    def stamp(self, path: str) -> bytes | None:
        """What is sure to be another when a file's contents are, without reading them.

        None where nothing of the kind is known; then the file is read each time.
        """
        return None

    def read_dir(self, path: str) -> dict[str, str]:
        """The names in a directory, with their types as in `file_type`. For ``readDir``."""
        raise NotImplementedError

    def get_env(self, name: str) -> str:
        """A variable of the environment, "" when it is not set. For ``getEnv``."""
        raise NotImplementedError

    def working_directory(self) -> str:
        """What relative entries of the lookup path are relative to."""
        return "/"

    def realise(self, path: str, context: Context) -> str:
        """Make what a string mentions exist, before the path it spells is read.

        Returns the path to read. For all file builtins that were given a string with context.
        """
        raise NixError("path '" + base_name(context.elements[0].path) + "' is not valid")

    def fetch_entry(self, location: str) -> str | None:
        """The path of a lookup path entry that is a URL or has a scheme; None if it is neither."""
        return None

    def check_uri(self, uri: str) -> None:
        """Raises RestrictedPathError when programs may not have something fetched. For all fetchers."""

    def physical(self, path: str) -> str | None:
        """Where the machine's file system has a path, for other programs to read; None: nowhere."""
        return None

    def resolve_symlinks(self, path: str, last: bool = True) -> str:
        """The path with symbolic links followed; the last component only if `last`.

        A component that does not exist is kept.
        """
        done = ""
        todo = path.split("/")
        todo.reverse()
        links = 0
        while todo:
            name = todo.pop()
            if name == "" or name == ".":
                continue
            if name == "..":
                done = parent(done)
                continue
            here = done + "/" + name
            if (last or todo) and self.file_type(here) == SYMLINK:
                links += 1
                if links > MOST_LINKS:
                    raise NixError("infinite symlink recursion in path '" + path + "'")
                target = self.read_link(here)
                if target.startswith("/"):
                    done = ""
                parts = target.split("/")
                parts.reverse()
                todo.extend(parts)
            else:
                done = here
        return done if done else "/"

    def path_exists(self, path: str) -> bool:
        return self.file_type(path) is not None

    def absent(self, path: str) -> NixError:
        """Why a path has no type: nothing is there, or programs may not see what is."""
        return missing(path)


def parent(path: str) -> str:
    """The directory of a canonical path, "" for the root."""
    return path[: max(path.rfind("/"), 0)]


def base_name(path: str) -> str:
    return path[path.rfind("/") + 1 :]


def resolve_import_path(io: EvalIO, path: str) -> str:
    """The file that ``import path`` evaluates: links followed, ``default.nix`` in a directory."""
    if path.startswith(INTERNAL_MARK):
        if io.file_type(path) is None:
            raise io.absent(path)
        return path
    links = 0
    while path != "/":
        links += 1
        if links >= MOST_LINKS:
            raise NixError("too many symbolic links encountered while traversing the path '" + path + "'")
        directory = io.resolve_symlinks(parent(path))
        here = (directory if directory != "/" else "") + "/" + base_name(path)
        kind = io.file_type(here)
        if kind is None:
            raise io.absent(here)
        if kind != SYMLINK:
            break
        target = io.read_link(here)
        path = join(parent(path), target)
    kind = io.file_type(io.resolve_symlinks(path))
    if kind is None:
        raise io.absent(path)
    if kind == DIRECTORY:
        return path.rstrip("/") + "/default.nix"
    return path


def join(directory: str, name: str) -> str:
    """A path relative to a directory, canonical."""
    parts = [] if name.startswith("/") else [part for part in directory.split("/") if part]
    for part in name.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part != "" and part != ".":
            parts.append(part)
    return "/" + "/".join(parts)


def missing(path: str) -> NixError:
    return NixError("path '" + path + "' does not exist")


def file_type_of(mode: int) -> str:
    if stat.S_ISREG(mode):
        return REGULAR
    if stat.S_ISDIR(mode):
        return DIRECTORY
    if stat.S_ISLNK(mode):
        return SYMLINK
    return UNKNOWN


def stamp_of(status: os.stat_result) -> bytes | None:
    """The identity of a regular file, its size, and when its contents and its inode last changed.

    None when that was so lately that a further change might get the same time.
    """
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    if not stat.S_ISREG(status.st_mode) or time.time_ns() - changed < SETTLED_AFTER:
        return None
    return b"%d %d %d %d %d" % (
        *(status.st_dev, status.st_ino, status.st_size),
        *(status.st_mtime_ns, status.st_ctime_ns),
    )


def entry_type(entry: os.DirEntry[bytes] | os.DirEntry[str]) -> str:
    """The type of what was found in a directory."""
    if entry.is_symlink():
        return SYMLINK
    if entry.is_dir(follow_symlinks=False):
        return DIRECTORY
    return REGULAR if entry.is_file(follow_symlinks=False) else UNKNOWN


def host_path(path: str) -> bytes:
    """What the operating system calls a path."""
    if path.startswith(INTERNAL_MARK):
        name = path[len(INTERNAL_ROOT) :].removesuffix(">")
        return os.fsencode(FOLDER) + name.encode("latin-1")
    return path.encode("latin-1")


def system_error(what: str, error: OSError) -> NixError:
    return NixError(what + ": " + os.strerror(error.errno if error.errno is not None else errno.EIO))


def opened(path: str, handle: int) -> OpenFile:
    """The file of a handle, which is closed if it is a directory."""
    status = os.fstat(handle)
    if stat.S_ISDIR(status.st_mode):
        os.close(handle)
        raise NixError("read of 4096 bytes: " + os.strerror(errno.EISDIR))
    return SystemFile(path, handle, status)


@mypyc_attr(allow_interpreted_subclasses=True)
class StdIO(EvalIO):
    """The file system and the environment of this process."""

    def __init__(self) -> None:
        self.real_directories: set[str] = set()

    def file_type(self, path: str) -> str | None:
        if path in self.real_directories:
            return DIRECTORY
        try:
            kind = file_type_of(os.lstat(host_path(path)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ValueError:
            raise NixError("path '" + path + "' contains a null byte") from None
        except OSError as error:
            raise system_error("getting status of '" + path + "'", error) from None
        if kind == DIRECTORY:
            self.real_directories.add(path)
        return kind

    def read_link(self, path: str) -> str:
        try:
            return os.readlink(host_path(path)).decode("latin-1")
        except OSError as error:
            raise system_error("reading symbolic link '\"" + path + "\"'", error) from None

    def read_file(self, path: str) -> bytes:
        try:
            with open(host_path(path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            if path.startswith(INTERNAL_MARK):
                raise NixError("file '" + path + "' does not exist") from None
            raise missing(path) from None
        except IsADirectoryError as folder:
            raise system_error("read of 4096 bytes", folder) from None
        except OSError as error:
            raise system_error("opening file '\"" + path + "\"'", error) from None

    def open_file(self, path: str) -> OpenFile:
        if type(self) is not StdIO:
            return HeldFile(self.read_file(path), False)
        try:
            handle = os.open(host_path(path), os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            raise missing(path) from None
        except OSError as error:
            raise system_error("opening file '\"" + path + "\"'", error) from None
        return opened(path, handle)

    def stamp(self, path: str) -> bytes | None:
        if type(self) is not StdIO:  # a subclass may read something else: it must say so itself
            return None
        try:
            return stamp_of(os.stat(host_path(path)))
        except (OSError, ValueError):
            return None

    def physical(self, path: str) -> str | None:
        return path if type(self) is StdIO else None

    def read_dir(self, path: str) -> dict[str, str]:
        entries: dict[str, str] = {}
        try:
            with os.scandir(host_path(path)) as found:
                for entry in found:
                    entries[entry.name.decode("latin-1")] = entry_type(entry)
        except FileNotFoundError:
            raise missing(path) from None
        except OSError as error:
            raise system_error('cannot read directory "' + path + '"', error) from None
        return entries

    def get_env(self, name: str) -> str:
        return os.environb.get(name.encode("latin-1"), b"").decode("latin-1")

    def working_directory(self) -> str:
        return os.getcwdb().decode("latin-1")


@mypyc_attr(allow_interpreted_subclasses=True)
class NoIO(EvalIO):
    """A world without files and environment."""

    def file_type(self, path: str) -> str | None:
        return None

    def read_link(self, path: str) -> str:
        raise missing(path)

    def read_file(self, path: str) -> bytes:
        raise missing(path)

    def read_dir(self, path: str) -> dict[str, str]:
        raise missing(path)

    def get_env(self, name: str) -> str:
        return ""
