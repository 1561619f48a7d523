"""Derivations as files in a store are those that Nix writes."""

from __future__ import annotations

from pathlib import Path

from nix_compat.store_path import StoreDir
from tvix_glue import FolderStore, MemoryStore
from tvix_glue.verify import verify

from .instantiating import Instantiation

RECORDED = Path(__file__).parent.parent / "nix_compat" / "derivations"
ALL = 'builtins.concatStringsSep " " (map (each: each.drvPath) (builtins.attrValues (import ./package.nix)))'


def test_files_are_those_of_nix(tmp_path: Path) -> None:
    store = FolderStore(str(tmp_path))
    Instantiation(store).text(ALL, str(RECORDED))
    recorded = {path.name: path.read_bytes() for path in RECORDED.glob("*.drv")}
    contents = Path(store.physical(StoreDir().prefix))
    written = {path.name: path.read_bytes() for path in contents.glob("*.drv")}
    assert written == recorded
    assert verify(store) == []


def test_memory_has_the_same(tmp_path: Path) -> None:
    store = MemoryStore()
    Instantiation(store).text(ALL, str(RECORDED))
    for path in RECORDED.glob("*.drv"):
        assert store.files().read_file(store.dir.prefix + path.name) == path.read_bytes()


def test_a_later_evaluation_reads_them(tmp_path: Path) -> None:
    first = Instantiation(FolderStore(str(tmp_path))).text(
        "(import ./package.nix).top.drvPath", str(RECORDED)
    )
    second = Instantiation(FolderStore(str(tmp_path)))
    assert second.text(f"(import {first}).drvPath") == first
    assert second.text(f'builtins.readFile "{first}"').startswith("Derive([")
