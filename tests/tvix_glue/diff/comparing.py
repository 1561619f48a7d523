"""Compares derivations that are evaluated in this process."""

from __future__ import annotations

from pathlib import Path

from tvix_glue import FolderStore, MemoryStore
from tvix_glue.diff.causes import Cause, Summary, summarise
from tvix_glue.diff.comparison import compare
from tvix_glue.diff.graph import Graph, StoreGraph

from ..instantiating import Instantiation, instantiate

PACKAGE_SET = str(Path(__file__).parent / "package_set.nix")
OTHER_HASH = "sha256-AAAAQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
BOTH = f'{{ deep = "{OTHER_HASH}"; middle = "-O2 -g"; }}'
MAKE = """
let make = name: attrs: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; } // attrs);
in with builtins;
"""


class Side:
    """One evaluation, kept in memory."""

    def __init__(self, expression: str, folder: str = "/") -> None:
        instantiation = Instantiation(MemoryStore())
        self.path = instantiation.text("(" + MAKE + expression + ").drvPath", folder)
        glue = instantiation.glue
        self.graph: Graph = StoreGraph(glue.store.dir, glue.store.files())


def differences(left: str, right: str, folders: tuple[str, str] = ("/", "/")) -> Summary:
    one, other = Side(left, folders[0]), Side(right, folders[1])
    return summarise(compare((one.graph, other.graph), one.path, other.path))


def shown(cause: Cause) -> tuple[str, list[tuple[str, str | None, str | None]]]:
    """The name of a cause, and what differs."""
    return cause.node.name, [(each.subject, each.left, each.right) for each in cause.node.differences]


def causes(left: str, right: str) -> list[tuple[str, list[tuple[str, str | None, str | None]]]]:
    return [shown(cause) for cause in differences(left, right).causes]


def write_set(store: FolderStore, arguments: str = "{ }") -> str:
    return instantiate(store, f"import {PACKAGE_SET} {arguments}")
