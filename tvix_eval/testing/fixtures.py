"""Files that tests read and Git can't hold: made when they are needed.

``fixtures.toml`` in a folder of tests lists them, each below some folder ``made`` that Git
ignores. Names and contents are byte text: U+0080 to U+00FF stand for single bytes::

    folders = ["files/made/empty"]
    fifos = ["files/made/fifo"]

    [symlinks]
    "files/made/dangling" = "nowhere"

    [contents]
    "files/made/caf\\u00e9.nix" = "1"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

FILE_NAME: Final = "fixtures.toml"


def make_fixtures(root: Path) -> None:
    """Make what ``fixtures.toml`` in `root` lists, except what is there already."""
    description = root / FILE_NAME
    if not description.exists():
        return
    listed = tomllib.loads(description.read_text("utf-8"))
    for name in listed.get("folders", []):
        os.makedirs(place(root, name), exist_ok=True)
    for name in listed.get("fifos", []):
        make(place(root, name), os.mkfifo)
    for name, target in listed.get("symlinks", {}).items():
        make(place(root, name), partial(os.symlink, target.encode("latin-1")))
    for name, content in listed.get("contents", {}).items():
        make(place(root, name), partial(write, content.encode("latin-1")))


def place(root: Path, name: str) -> bytes:
    path = os.path.join(os.fsencode(root), name.encode("latin-1"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def make(path: bytes, maker: Callable[[bytes], None]) -> None:
    """Make a file; another process may be making it too."""
    if not os.path.lexists(path):
        try:
            maker(path)
        except FileExistsError:
            pass


def write(content: bytes, path: bytes) -> None:
    """A file appears with all its content, or not at all."""
    passing = path + b".%d" % os.getpid()
    with open(passing, "wb") as file:
        file.write(content)
    os.rename(passing, path)
