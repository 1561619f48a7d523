"""Files for programs that are not trusted: pure and restricted evaluation.

`RestrictedIO` shows what lies below the folders that its host allows, and nothing else. It
follows links itself and checks where they lead. Below it must be an `EvalIO` that follows
no link by itself, lest a file be exchanged for a link after it was checked: `NoFollowIO`.
"""

from __future__ import annotations

import errno
import os

from tvix_eval.errors import NixError, RestrictedPathError
from tvix_eval.eval_io import (
    INTERNAL_MARK,
    EvalIO,
    HeldFile,
    OpenFile,
    StdIO,
    entry_type,
    file_type_of,
    missing,
    opened,
    parent,
    stamp_of,
    system_error,
)
from tvix_eval.hints import mypyc_attr
from tvix_eval.vm.strings import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

RESTRICTED: Final = "in restricted mode"
PURE: Final = "in pure evaluation mode (use '--impure' to override)"

WALK: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
NOT_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # a link is not a folder


@mypyc_attr(allow_interpreted_subclasses=True)
class NoFollowIO(StdIO):
    """The file system of this machine, without following any link, in any component of a path.

    A path that leads through a link leads nowhere.
    """

    def file_type(self, path: str) -> str | None:
        if path.startswith(INTERNAL_MARK):
            return super().file_type(path)
        try:
            folder, name = open_parent(path)
            try:
                return file_type_of(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
            finally:
                os.close(folder)
        except ValueError:
            raise NixError("path '" + path + "' contains a null byte") from None
        except OSError as error:
            if error.errno in NOT_THERE:
                return None
            raise system_error("getting status of '" + path + "'", error) from None

    def read_link(self, path: str) -> str:
        try:
            folder, name = open_parent(path)
            try:
                return os.readlink(name, dir_fd=folder).decode("latin-1")
            finally:
                os.close(folder)
        except OSError as error:
            raise system_error("reading symbolic link '\"" + path + "\"'", error) from None

    def read_file(self, path: str) -> bytes:
        if path.startswith(INTERNAL_MARK):
            return super().read_file(path)
        try:
            folder, name = open_parent(path)
            try:
                handle = os.open(name, READ, dir_fd=folder)
            finally:
                os.close(folder)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                raise missing(path) from None
            raise system_error("opening file '\"" + path + "\"'", error) from None
        try:
            with open(handle, "rb") as file:
                return file.read()
        except IsADirectoryError as is_folder:
            os.close(handle)
            raise system_error("read of 4096 bytes", is_folder) from None

    def open_file(self, path: str) -> OpenFile:
        if type(self) is not NoFollowIO or path.startswith(INTERNAL_MARK):
            return HeldFile(self.read_file(path), False)
        try:
            folder, name = open_parent(path)
            try:
                handle = os.open(name, READ, dir_fd=folder)
            finally:
                os.close(folder)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                raise missing(path) from None
            raise system_error("opening file '\"" + path + "\"'", error) from None
        return opened(path, handle)

    def physical(self, path: str) -> str | None:
        return path if type(self) is NoFollowIO else None

    def stamp(self, path: str) -> bytes | None:
        if type(self) is not NoFollowIO or path.startswith(INTERNAL_MARK):
            return None
        try:
            folder, name = open_parent(path)
            try:
                return stamp_of(os.stat(name, dir_fd=folder, follow_symlinks=False))
            finally:
                os.close(folder)
        except (OSError, ValueError):
            return None

    def read_dir(self, path: str) -> dict[str, str]:
        entries: dict[str, str] = {}
        try:
            folder, name = open_parent(path)
        except (FileNotFoundError, NotADirectoryError):
            raise missing(path) from None
        except OSError as error:
            raise system_error('cannot read directory "' + path + '"', error) from None
        try:
            try:
                handle = os.open(name, READ | os.O_DIRECTORY, dir_fd=folder)
            finally:
                os.close(folder)
            try:
                with os.scandir(handle) as found:
                    for entry in found:
                        entries[os.fsencode(entry.name).decode("latin-1")] = entry_type(entry)
            finally:
                os.close(handle)
        except FileNotFoundError:
            raise missing(path) from None
        except OSError as error:
            raise system_error('cannot read directory "' + path + '"', error) from None
        return entries


def open_parent(path: str) -> tuple[int, bytes]:
    """A handle of the folder that a path lies in, to be closed, and the path's name in it."""
    names = [name for name in path.encode("latin-1").split(b"/") if name]
    handle = os.open(b"/", WALK)
    if not names:
        return handle, b"."
    for name in names[:-1]:
        try:
            below = os.open(name, WALK, dir_fd=handle)
        finally:
            os.close(handle)
        handle = below
    return handle, names[-1]


@mypyc_attr(allow_interpreted_subclasses=True)
class RestrictedIO(EvalIO):
    """What a world shows to programs that may see only some folders of it.

    `allowed`: canonical paths. What lies below one may be seen, and so may the folders above,
    though of these only what leads to it. What may not be seen does not exist where Nix asks
    whether it does, and is a RestrictedPathError elsewhere. `mode` is said in the error:
    `RESTRICTED` or `PURE`. `allowed_uris` are prefixes of what may be fetched; None: all.

    `inner` is asked for canonical paths without links in them only, and must not follow any.
    """

    def __init__(
        self,
        inner: EvalIO,
        allowed: Iterable[str] = (),
        mode: str = RESTRICTED,
        allowed_uris: list[str] | None = None,
    ) -> None:
        self.inner: Final = inner
        self.mode: Final = mode
        self.allowed_uris: Final = allowed_uris
        self.allowed: Final[set[str]] = set()
        self.above: Final[set[str]] = set()
        for path in allowed:
            self.allow(path)

    def allow(self, path: str) -> None:
        """Show a folder or file, too."""
        self.allowed.add(path)
        while path != "/":
            path = parent(path) or "/"
            self.above.add(path)

    def is_allowed(self, path: str) -> bool:
        if path.startswith(INTERNAL_MARK) or path in self.above:
            return True
        while path not in self.allowed:
            if path == "/":
                return False
            path = parent(path) or "/"
        return True

    def check(self, path: str) -> None:
        """Raises RestrictedPathError when programs may not see a path."""
        if not self.is_allowed(path):
            raise RestrictedPathError("access to absolute path '" + path + "' is forbidden " + self.mode)

    def check_uri(self, uri: str) -> None:
        """Raises RestrictedPathError when programs may not have something fetched."""
        prefixes = self.allowed_uris
        if prefixes is None or any(uri_has_prefix(uri, prefix) for prefix in prefixes):
            return
        path = uri.removeprefix("file://")
        if not path.startswith("/"):
            raise RestrictedPathError("access to URI '" + uri + "' is forbidden in restricted mode")
        self.check(self.resolve_symlinks(path))

    def absent(self, path: str) -> NixError:
        if self.is_allowed(path):
            return missing(path)
        return RestrictedPathError("access to absolute path '" + path + "' is forbidden " + self.mode)

    def file_type(self, path: str) -> str | None:
        return self.inner.file_type(path) if self.is_allowed(path) else None

    def read_link(self, path: str) -> str:
        self.check(path)
        return self.inner.read_link(path)

    def read_file(self, path: str) -> bytes:
        return self.inner.read_file(self.destination(path))

    def open_file(self, path: str) -> OpenFile:
        return self.inner.open_file(self.destination(path))

    def stamp(self, path: str) -> bytes | None:
        return self.inner.stamp(self.destination(path))

    def physical(self, path: str) -> str | None:
        return self.inner.physical(path)  # what may be fetched is what `check_uri` says

    def read_dir(self, path: str) -> dict[str, str]:
        path = self.destination(path)
        entries = self.inner.read_dir(path)
        folder = path.rstrip("/") + "/"
        return {name: entries[name] for name in entries if self.is_allowed(folder + name)}

    def destination(self, path: str) -> str:
        """Where a path leads, if that may be seen."""
        if not path.startswith(INTERNAL_MARK):
            path = self.resolve_symlinks(path)
            self.check(path)
        return path

    def get_env(self, name: str) -> str:
        return ""

    def working_directory(self) -> str:
        return self.inner.working_directory()

    def realise(self, path: str, context: Context) -> str:
        return self.inner.realise(path, context)

    def fetch_entry(self, location: str) -> str | None:
        return self.inner.fetch_entry(location)


def uri_has_prefix(uri: str, prefix: str) -> bool:
    """Whether a URI is the prefix, or lies below it; a prefix may also be a scheme with its colon."""
    if uri == prefix:
        return True
    if not prefix or not uri.startswith(prefix):
        return False
    return prefix[-1] == "/" or uri[len(prefix)] == "/" or prefix[-1] == ":" and is_scheme(prefix[:-1])


def is_scheme(text: str) -> bool:
    return text[:1].isalpha() and all(part.isalnum() or part in "+-." for part in text)
