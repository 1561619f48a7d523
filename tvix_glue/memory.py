"""A store in memory, gone with the process."""

from __future__ import annotations

import errno
import io
import os

from nix_compat.errors import FormatError
from nix_compat.nar.format import Directory, DirectoryEnd, File, Symlink
from nix_compat.store_path import StoreDir
from tvix_eval.errors import NixError
from tvix_eval.eval_io import DIRECTORY, REGULAR, SYMLINK, EvalIO, NoIO, OpenFile, missing
from tvix_glue.incoming import Incoming, text_info
from tvix_glue.store import PathInfo, Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from nix_compat.content_address import ContentAddress
    from nix_compat.nar.reader import NarReader


class Node:
    """A file, directory or link."""

    kind: str


class FileNode(Node):
    """A file whose contents are a part of `archive`: a tree is in memory once."""

    kind = REGULAR

    def __init__(self, archive: memoryview, start: int, size: int, executable: bool) -> None:
        self.contents: Final = archive[start : start + size]
        self.executable: Final = executable


class DirectoryNode(Node):
    kind = DIRECTORY

    def __init__(self) -> None:
        self.entries: Final[dict[str, Node]] = {}


class SymlinkNode(Node):
    kind = SYMLINK

    def __init__(self, target: str) -> None:
        self.target: Final = target


class MemoryStore(Store):
    def __init__(self, store_dir: StoreDir | None = None) -> None:
        self.dir = store_dir or StoreDir()
        self.infos: Final[dict[str, PathInfo]] = {}
        self.nodes: Final[dict[str, Node]] = {}

    def path_info(self, path: str) -> PathInfo | None:
        return self.infos.get(path)

    def put_text(self, path: str, contents: bytes, references: frozenset[str]) -> None:
        if path not in self.infos:
            self.check_references(path, references)
            info = text_info(path, contents, references)
            self.keep(info, FileNode(memoryview(contents), 0, len(contents), False))

    def put_tree(
        self,
        path: str,
        address: ContentAddress | None,
        references: frozenset[str],
        dump: Callable[[Callable[[bytes], object]], None],
        deriver: str = "",
    ) -> None:
        if path in self.infos:
            return
        self.check_references(path, references)
        archive = io.BytesIO()
        incoming = Incoming(archive)
        dump(incoming.write)
        info = incoming.finish(path, address, references, deriver)
        try:
            node = read_node(incoming.read(), archive.getbuffer())
        except FormatError as error:
            raise StoreError("cannot add '" + path + "' to the store: " + error.message) from None
        self.keep(info, node)

    def keep(self, info: PathInfo, node: Node) -> None:
        self.nodes[info.path] = node
        self.infos[info.path] = info

    def files(self) -> EvalIO:
        return MemoryIO(self)


def read_node(reader: NarReader, archive: memoryview) -> Node:
    """What an archive holds. Raises FormatError."""
    root: Node | None = None
    folders: list[DirectoryNode] = []
    event = reader.next()
    while event is not None:
        if isinstance(event, DirectoryEnd):
            folders.pop()
        else:
            node: Node
            folder = folders[-1] if folders else None
            if isinstance(event, Directory):
                node = DirectoryNode()
                folders.append(node)
            elif isinstance(event, Symlink):
                node = SymlinkNode(event.target.decode("latin-1"))
            else:
                assert isinstance(event, File)
                node = FileNode(archive, event.offset, event.size, event.executable)
            if folder is None:
                root = node
            else:
                folder.entries[event.name.decode("latin-1")] = node
        event = reader.next()
    assert root is not None
    return root


class MemoryIO(NoIO):
    """What is valid in a store in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self.nodes: Final = store.nodes
        self.prefix: Final = store.dir.prefix

    def find(self, path: str) -> Node | None:
        if not path.startswith(self.prefix):
            return None
        top, *names = path[len(self.prefix) :].split("/")
        node = self.nodes.get(self.prefix + top)
        for name in names:
            if not isinstance(node, DirectoryNode):
                return None
            node = node.entries.get(name)
        return node

    def file_type(self, path: str) -> str | None:
        node = self.find(path)
        return node.kind if node is not None else None

    def read_link(self, path: str) -> str:
        node = self.find(path)
        if node is None:
            raise missing(path)
        if not isinstance(node, SymlinkNode):
            raise unsuitable("reading symbolic link '\"" + path + "\"'", errno.EINVAL)
        return node.target

    def read_file(self, path: str) -> bytes:
        return bytes(self.file(path).contents)

    def open_file(self, path: str) -> OpenFile:
        return MemoryFile(self.file(path))

    def file(self, path: str) -> FileNode:
        node = self.find(path)
        if node is None:
            raise missing(path)
        if not isinstance(node, FileNode):
            is_directory = node.kind == DIRECTORY
            raise unsuitable("opening file '\"" + path + "\"'", errno.EISDIR if is_directory else errno.ELOOP)
        return node

    def read_dir(self, path: str) -> dict[str, str]:
        node = self.find(path)
        if node is None:
            raise missing(path)
        if not isinstance(node, DirectoryNode):
            raise unsuitable('cannot read directory "' + path + '"', errno.ENOTDIR)
        return {name: entry.kind for name, entry in node.entries.items()}


class MemoryFile(OpenFile):
    def __init__(self, node: FileNode) -> None:
        super().__init__(len(node.contents), node.executable)
        self.contents: Final = node.contents
        self.at = 0

    def read(self, most: int) -> bytes:
        block = bytes(self.contents[self.at : self.at + most])
        self.at += len(block)
        return block


def unsuitable(what: str, code: int) -> NixError:
    return NixError(what + ": " + os.strerror(code))
