"""Files of a world as archives: what is hashed, and put into a store."""

from __future__ import annotations

from nix_compat import hashes
from nix_compat.errors import FormatError
from nix_compat.nar.writer import NarWriter
from tvix_eval.errors import NixError
from tvix_eval.eval_io import DIRECTORY, REGULAR, SYMLINK, EvalIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from nix_compat.hashes import Hash

BLOCK: Final = 1 << 18


class Tree:
    """A file, link or directory of `io`, and what `keep` lets pass of what is in it.

    `keep(path, type)` is asked once for each entry when the archive comes to it: in the order of names,
    what is in a directory behind it. Its answers are remembered, so that a tree can be dumped again.
    """

    def __init__(self, io: EvalIO, path: str, keep: Callable[[str, str], bool] | None = None) -> None:
        self.io: Final = io
        self.path: Final = path
        self.keep: Final = keep
        self.listed: Final[dict[str, list[tuple[str, str]]]] = {}
        self.kept: Final[dict[str, bool]] = {}

    def dump(self, write: Callable[[bytes], object]) -> None:
        """Write the archive. Raises NixError for what cannot be in one."""
        kind = self.io.file_type(self.path)
        if kind is None:
            raise self.io.absent(self.path)
        try:
            self.dump_node(NarWriter(write), self.path, b"", kind)
        except FormatError as error:
            raise NixError(error.message) from None

    def dump_node(self, writer: NarWriter, path: str, name: bytes, kind: str) -> None:
        if kind == REGULAR:
            with self.io.open_file(path) as file:
                writer.file(name, file.executable, file.size)
                left = file.size
                while left:
                    block = file.read(min(left, BLOCK))
                    if not block:
                        raise NixError("file '" + path + "' became shorter while it was read")
                    writer.contents(block)
                    left -= len(block)
        elif kind == DIRECTORY:
            writer.directory(name)
            for entry, entry_kind in self.entries(path):
                below = join(path, entry)
                if self.keeps(below, entry_kind):
                    self.dump_node(writer, below, entry.encode("latin-1"), entry_kind)
            writer.end()
        elif kind == SYMLINK:
            writer.symlink(name, self.io.read_link(path).encode("latin-1"))
        else:
            raise NixError("file '" + path + "' has an unsupported type")

    def entries(self, path: str) -> list[tuple[str, str]]:
        """What is in a directory, by name, with types."""
        found = self.listed.get(path)
        if found is None:
            kinds = self.io.read_dir(path)
            found = [(name, kinds[name]) for name in sorted(kinds)]
            self.listed[path] = found
        return found

    def keeps(self, path: str, kind: str) -> bool:
        keep = self.keep
        if keep is None:
            return True
        answer = self.kept.get(path)
        if answer is None:
            answer = keep(path, kind)
            self.kept[path] = answer
        return answer

    def hash(self) -> Hash:
        """The SHA-256 of the archive."""
        hasher = hashes.Hasher(hashes.SHA256)
        self.dump(hasher.write)
        return hasher.finish()


def join(folder: str, name: str) -> str:
    return folder + name if folder.endswith("/") else folder + "/" + name


def flat_hash(io: EvalIO, path: str) -> Hash:
    """The SHA-256 of a regular file's contents. Raises NixError for anything else."""
    if io.file_type(path) == DIRECTORY:
        raise NixError("can't hash directory '" + path + "' by its contents alone")
    hasher = hashes.Hasher(hashes.SHA256)
    with io.open_file(path) as file:
        block = file.read(BLOCK)
        while block:
            hasher.write(block)
            block = file.read(BLOCK)
    return hasher.finish()
