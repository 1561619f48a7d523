"""Where derivations and sources are read from."""

from __future__ import annotations

import os
from typing import Final

from nix_compat import aterm_reader
from nix_compat.derivation import Derivation
from nix_compat.errors import FormatError
from nix_compat.store_path import DERIVATION, StoreDir
from tvix_eval.errors import NixError
from tvix_eval.eval_io import EvalIO, StdIO


class Unreadable(Exception):
    """A derivation that can't be had. `message` is byte text, for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message: Final = message


class Graph:
    """Derivations by path, each read once."""

    def __init__(self, store: StoreDir) -> None:
        self.store: Final = store
        self.read_before: Final[dict[str, Derivation]] = {}

    def derivation(self, path: str) -> Derivation:
        """Raises Unreadable."""
        found = self.read_before.get(path)
        if found is None:
            found = self.find(path)
            self.read_before[path] = found
        return found

    def find(self, path: str) -> Derivation:
        """Raises Unreadable."""
        raise NotImplementedError

    def source(self, path: str) -> tuple[EvalIO, str] | None:
        """Where the contents of a store path can be read; None if nowhere."""
        raise NotImplementedError

    def parse(self, path: str, text: str) -> Derivation:
        try:
            return aterm_reader.read_derivation(text, self.store.derivation_name(path), self.store)
        except FormatError as error:
            raise Unreadable("error parsing derivation '" + path + "': " + error.message) from None


class FolderGraph(Graph):
    """Files of a store, or of any folders, by their base names.

    A folder that has ``nix/store`` in it stands for that one.
    """

    def __init__(self, folders: list[str], store: StoreDir | None = None) -> None:
        super().__init__(store or StoreDir())
        inner = self.store.path.lstrip("/")
        self.io: Final = StdIO()
        self.folders: Final = [
            os.path.join(each, inner) if os.path.isdir(os.path.join(each, inner)) else each
            for each in folders
        ]

    def place(self, path: str) -> str | None:
        for folder in self.folders:
            place = os.fsencode(os.path.abspath(folder)).decode("latin-1") + "/" + self.store.base_name(path)
            if self.io.file_type(place) is not None:
                return place
        return None

    def find(self, path: str) -> Derivation:
        place = self.place(path)
        if place is None:
            raise Unreadable("derivation '" + path + "' is not in " + " or ".join(self.folders))
        try:
            text = self.io.read_file(place).decode("latin-1")
        except NixError as error:
            raise Unreadable(error.message) from None
        return self.parse(path, text)

    def source(self, path: str) -> tuple[EvalIO, str] | None:
        place = self.place(path)
        return (self.io, place) if place is not None else None


class StoreGraph(Graph):
    """What is in a store, whose valid paths `files` shows."""

    def __init__(self, store: StoreDir, files: EvalIO) -> None:
        super().__init__(store)
        self.files: Final = files

    def find(self, path: str) -> Derivation:
        if self.files.file_type(path) is None:
            raise Unreadable("derivation '" + path + "' is not in the store")
        try:
            return self.parse(path, self.files.read_file(path).decode("latin-1"))
        except NixError as error:
            raise Unreadable(error.message) from None

    def source(self, path: str) -> tuple[EvalIO, str] | None:
        return (self.files, path) if self.files.file_type(path) is not None else None


class Joined(Graph):
    """The first of several graphs that has a path."""

    def __init__(self, graphs: list[Graph]) -> None:
        super().__init__(graphs[0].store)
        self.graphs: Final = graphs

    def find(self, path: str) -> Derivation:
        messages: list[str] = []
        for graph in self.graphs:
            try:
                return graph.derivation(path)
            except Unreadable as error:
                messages.append(error.message)
        raise Unreadable("; ".join(messages))

    def source(self, path: str) -> tuple[EvalIO, str] | None:
        for graph in self.graphs:
            found = graph.source(path)
            if found is not None:
                return found
        return None


def is_derivation(path: str) -> bool:
    return path.endswith(DERIVATION)
