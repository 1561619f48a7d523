"""What Nix 2.34.8 made of ``derivations/package.nix``, and texts for property tests."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies

from nix_compat import aterm_reader
from nix_compat.derivation import Derivation
from nix_compat.store_path import StoreDir

FOLDER = Path(__file__).parent / "derivations"
STORE = StoreDir()
FILES = {STORE.prefix + path.name: path.read_bytes().decode("latin-1") for path in FOLDER.glob("*.drv")}
SHOWN: dict[str, dict[str, object]] = json.loads((FOLDER / "show.json").read_text())["derivations"]

byte_text = strategies.binary(max_size=40).map(lambda data: data.decode("latin-1"))
names = strategies.text("abcXYZ019+-._?=", min_size=1, max_size=12).filter(lambda name: name[0] != ".")


def read(path: str) -> Derivation:
    return aterm_reader.read_derivation(FILES[path], STORE.derivation_name(path), STORE)


def path_of(name: str) -> str:
    """The path of a derivation by its name."""
    (found,) = [path for path in FILES if STORE.derivation_name(path) == name]
    return found
