"""A store in a folder: files as they are, and beside them what is known of each path.

See ``docs/stores.md`` for the layout, and for why nothing here takes a lock to read or to add.
"""

from __future__ import annotations

import errno
import fcntl
import os

from nix_compat.content_address import TEXT
from nix_compat.errors import FormatError
from nix_compat.nar.files import restore_path
from nix_compat.store_path import StoreDir
from tvix_glue import disk, info_file
from tvix_glue.folder_io import FolderIO
from tvix_glue.incoming import Incoming, text_info
from tvix_glue.store import PathInfo, Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from nix_compat.content_address import ContentAddress
    from tvix_eval.eval_io import EvalIO

STATE: Final = b"/nix/var/tvix"
IN_MEMORY: Final = 1 << 24  # bytes of an archive, before it goes through the disk
OCCUPIED: Final = (errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST)


class FolderStore(Store):
    """`root` holds ``nix/store``, and ``nix/var/tvix`` with the rest. It is made when first written to.

    `durable`: what was added outlasts a power cut, too, for which each file is waited for.
    """

    def __init__(self, root: str, store_dir: StoreDir | None = None, durable: bool = False) -> None:
        self.dir = store_dir or StoreDir()
        self.root: Final = root
        self.durable: Final = durable
        top = os.fsencode(os.path.abspath(root)).rstrip(b"/")
        self.contents: Final = top + self.dir.path.encode("latin-1")
        self.infos: Final = top + STATE + b"/info"
        self.new: Final = top + STATE + b"/new"
        self.roots: Final = top + STATE + b"/roots"
        self.lock_file: Final = top + STATE + b"/lock"
        self.lock = -1
        self.token: Final = os.urandom(8).hex().encode()
        self.made = 0  # temporary names
        self.known: Final[dict[str, PathInfo]] = {}

    # What is there.

    def path_info(self, path: str) -> PathInfo | None:
        found = self.known.get(path)
        if found is None and self.dir.is_top(path):
            try:
                with open(self.info_path(path), "rb", buffering=0) as file:
                    data = file.read()
            except (FileNotFoundError, NotADirectoryError):
                return None
            except OSError as error:
                raise trouble("read what is known of '" + path + "'", error) from None
            found = self.read_info(path, data)
            self.known[path] = found
        return found

    def read_info(self, path: str, data: bytes) -> PathInfo:
        """Raises StoreError for what is damaged."""
        try:
            info = info_file.parse(data, self.dir)
        except FormatError as error:
            raise StoreError("what is known of path '" + path + "' is damaged: " + error.message) from None
        if info.path != path:
            raise StoreError("what is known of path '" + path + "' is of '" + info.path + "'")
        return info

    def is_valid(self, path: str) -> bool:
        """Whether a path is valid, and what is known of it whole."""
        try:
            return self.path_info(path) is not None
        except StoreError:
            return False

    def valid_paths(self) -> list[str]:
        """All of them, in order. Raises StoreError."""
        try:
            names = os.listdir(self.infos)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise trouble("list the store", error) from None
        return sorted([self.dir.prefix + name.decode("latin-1") for name in names])

    def physical(self, path: str) -> str:
        return self.real_path(path).decode("latin-1")

    def real_path(self, path: str) -> bytes:
        """Where something in the store is."""
        return self.contents + b"/" + self.dir.base_name(path).encode("latin-1")

    def info_path(self, path: str) -> bytes:
        return self.infos + b"/" + self.dir.base_name(path).encode("latin-1")

    def files(self) -> EvalIO:
        return FolderIO(self.dir, self.contents, self.is_valid)

    # Adding.

    def put_text(self, path: str, contents: bytes, references: frozenset[str]) -> None:
        if self.path_info(path) is not None:
            return
        self.check_references(path, references)
        info = text_info(path, contents, references)
        temporary = b""
        try:
            temporary = self.temporary()
            disk.write_file(temporary, contents, self.durable)
            self.install(temporary, info)
        except OSError as error:
            drop(temporary)
            raise trouble("add '" + path + "'", error) from None

    def put_tree(
        self,
        path: str,
        address: ContentAddress | None,
        references: frozenset[str],
        dump: Callable[[Callable[[bytes], object]], None],
        deriver: str = "",
    ) -> None:
        if self.path_info(path) is not None:
            return
        self.check_references(path, references)
        import tempfile

        temporary = b""
        try:
            temporary = self.temporary()
            with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=os.fsdecode(self.new)) as file:
                incoming = Incoming(file)
                dump(incoming.write)
                info = incoming.finish(path, address, references, deriver)
                restore_path(incoming.read(), temporary)
            disk.make_canonical(temporary, self.durable)
            self.install(temporary, info)
            temporary = b""
        except OSError as error:
            raise trouble("add '" + path + "'", error) from None
        except FormatError as error:
            raise StoreError("cannot add '" + path + "' to the store: " + error.message) from None
        finally:
            drop(temporary)

    def install(self, temporary: bytes, info: PathInfo) -> None:
        """Make contents that are whole a path, and then valid. Raises OSError."""
        place = self.real_path(info.path)
        try:
            os.rename(temporary, place)
        except OSError as error:
            if error.errno not in OCCUPIED:
                raise
            self.replace(temporary, place, info)
            drop(temporary)
        if not (info.address is not None and info.address.method == TEXT):
            disk.settle(place, self.durable)  # a directory that may not be written could not be moved
        if self.durable:
            disk.sync(self.contents)
        name = self.temporary()
        try:
            disk.write_file(name, info_file.render(info, self.dir), self.durable)
            os.rename(name, self.info_path(info.path))
        except OSError:
            drop(name)
            raise
        if self.durable:
            disk.sync(self.infos)
        self.known[info.path] = info

    def replace(self, temporary: bytes, place: bytes, info: PathInfo) -> None:
        """Where something is already: it stays if it is the same, since another may be adding it now."""
        try:
            same = disk.nar_of(place) == (info.nar_hash, info.nar_size)
        except (FormatError, OSError):
            same = False
        if not same:
            old = self.temporary()
            disk.make_movable(place)
            os.rename(place, old)
            os.rename(temporary, place)
            disk.remove(old)

    def temporary(self) -> bytes:
        """A path for something that is being made, which nobody else uses. Raises OSError."""
        if self.lock < 0:
            self.open_for_writing()
        self.made += 1
        return b"%s/%d-%s-%d" % (self.new, os.getpid(), self.token, self.made)

    def open_for_writing(self) -> None:
        """Who writes shares a lock. Who has it alone knows that what is unfinished was left behind."""
        for folder in (self.contents, self.infos, self.new):
            os.makedirs(folder, exist_ok=True)
        handle = os.open(self.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if locked_alone(handle):
            for name in os.listdir(self.new):
                disk.remove(self.new + b"/" + name)
        fcntl.flock(handle, fcntl.LOCK_SH)
        self.lock = handle

    def close(self) -> None:
        """Adding things is over, for now."""
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1

    # Looking after it.

    def add_root(self, link: str) -> None:
        try:
            os.makedirs(self.roots, exist_ok=True)
            target = os.path.abspath(link.encode("latin-1"))
            name = info_file.checksum(target.decode("latin-1"))[:40].encode()
            temporary = self.temporary()
            os.symlink(target, temporary)
            os.rename(temporary, self.roots + b"/" + name)
        except OSError as error:
            raise trouble("note the root '" + link + "'", error) from None

    def clean(self) -> int:
        """Remove what processes that were killed have left; how many things. 0 while anyone writes."""
        self.close()
        removed = 0
        try:
            handle = os.open(self.lock_file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0
        try:
            if locked_alone(handle):
                valid = set(os.listdir(self.infos))
                left = [self.new + b"/" + name for name in os.listdir(self.new)]
                left += [
                    self.contents + b"/" + name for name in os.listdir(self.contents) if name not in valid
                ]
                for each in left:
                    disk.remove(each)
                    removed += 1
        except OSError as error:
            raise trouble("clean the store", error) from None
        finally:
            os.close(handle)
        return removed


def locked_alone(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def drop(temporary: bytes) -> None:
    """Remove what was not moved to its place, as far as that is possible."""
    if temporary:
        try:
            disk.remove(temporary)
        except OSError:
            pass  # found by whoever next writes alone


def trouble(what: str, error: OSError) -> StoreError:
    reason = os.strerror(error.errno) if error.errno is not None else str(error)
    return StoreError("cannot " + what + " in the store: " + reason)
