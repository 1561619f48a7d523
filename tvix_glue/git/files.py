"""The files of a commit, as a world to read from."""

from __future__ import annotations

from typing import Final

from tvix_eval.errors import NixError
from tvix_eval.eval_io import DIRECTORY, REGULAR, SYMLINK, EvalIO, HeldFile, OpenFile, missing
from tvix_glue.git.repository import EXECUTABLE, FOLDER, LINK, SUBMODULE, Repository

KINDS: Final = {FOLDER: DIRECTORY, SUBMODULE: DIRECTORY, LINK: SYMLINK}


class Node:
    """A file, link or folder: its Git mode, and where its contents are."""

    def __init__(self, mode: str, object: str, repository: Repository) -> None:
        self.mode: Final = mode
        self.object: Final = object
        self.repository: Final = repository

    def kind(self) -> str:
        return KINDS.get(self.mode, REGULAR)


class CommitFiles(EvalIO):
    """What a commit holds, below ``/``. A submodule is an empty folder unless its files are mounted."""

    def __init__(self, repository: Repository, rev: str, export_ignore: bool) -> None:
        self.repository: Final = repository
        self.mounted: Final[list[CommitFiles]] = []
        self.nodes: Final[dict[str, Node]] = {"/": Node(FOLDER, "", repository)}
        self.folders: Final[dict[str, dict[str, str]]] = {}
        tree = repository.tree(rev)
        ignored = repository.not_exported([path for _, _, path in tree], rev) if export_ignore else set()
        left_out = "\0"
        for mode, object, path in tree:
            if path.startswith(left_out):
                continue
            if path in ignored:
                left_out = path + "/"
            else:
                self.add("/" + path, Node(mode, object, repository))

    def add(self, path: str, node: Node) -> None:
        self.nodes[path] = node
        folder, _, name = path.rpartition("/")
        self.folders.setdefault(folder or "/", {})[name] = node.kind()

    def mount(self, path: str, other: CommitFiles) -> None:
        """Put another commit's files where a submodule is."""
        self.mounted.append(other)
        for below, node in other.nodes.items():
            if below != "/":
                self.add("/" + path + below, node)

    def close(self) -> None:
        self.repository.close()
        for other in self.mounted:
            other.close()

    def node(self, path: str, kind: str) -> Node:
        found = self.nodes.get(path)
        if found is None:
            raise missing(path)
        if found.kind() != kind:
            raise NixError("'" + path + "' is not a " + kind)
        return found

    def file_type(self, path: str) -> str | None:
        found = self.nodes.get(path)
        return None if found is None else found.kind()

    def read_link(self, path: str) -> str:
        node = self.node(path, SYMLINK)
        return node.repository.blob(node.object).decode("latin-1")

    def read_file(self, path: str) -> bytes:
        node = self.node(path, REGULAR)
        return node.repository.blob(node.object)

    def open_file(self, path: str) -> OpenFile:
        return HeldFile(self.read_file(path), self.node(path, REGULAR).mode == EXECUTABLE)

    def stamp(self, path: str) -> bytes | None:
        node = self.node(path, REGULAR)
        return b"git " + node.mode.encode() + b" " + node.object.encode()

    def read_dir(self, path: str) -> dict[str, str]:
        self.node(path, DIRECTORY)
        return self.folders.get(path, {})
