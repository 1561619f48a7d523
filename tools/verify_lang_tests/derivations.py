"""Derivations that a file makes, by a real Nix and by ours: their paths, and both stores to the byte."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from .nix import Nix

FEATURES: Final = "ca-derivations dynamic-derivations git-hashing impure-derivations"
OUTPUTS: Final = """
set: builtins.mapAttrs (name: drv: {
  inherit (drv) drvPath;
  outputs = map (output: drv.${output}.outPath) (drv.outputs or [ "out" ]);
}) set
"""
OURS: Final = (
    "import sys; sys.argv[0] = 'nix-instantiate'; from tvix_glue.programs import instantiate; instantiate()"
)
STORE: Final = "nix/store"


def verify_derivations(nix: Nix, path: Path) -> int:
    """Report what differs; how many derivations, or things in the stores, do."""
    path = path.resolve()
    root = str(Path(__file__).resolve().parent.parent.parent)
    with tempfile.TemporaryDirectory() as folder:
        programs = {"Nix": [nix.path], "ours": [sys.executable, "-c", OURS]}
        environment = {
            **nix.environment(),
            "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]),
        }
        del environment["NIX_REMOTE"]
        seen: dict[str, dict[str, object]] = {}
        for name, program in programs.items():
            store = Path(folder, name)
            words = [*program, "--store", str(store), "--extra-experimental-features", FEATURES]
            drvs = run([*words, str(path)], environment)
            values = run(
                [
                    *words,
                    "--eval",
                    "--read-write-mode",
                    "--strict",
                    "--json",
                    "-E",
                    f"({OUTPUTS}) (import {path})",
                ],
                environment,
            )
            seen[name] = {**json.loads(values), **contents(store / STORE), "what is printed": drvs}
    theirs, ours = seen["Nix"], seen["ours"]
    different = [name for name in sorted({*theirs, *ours}) if theirs.get(name) != ours.get(name)]
    for name in different:
        print(f"{name}\n  Nix:  {theirs.get(name)}\n  ours: {ours.get(name)}")
    count = sum(name.endswith(".drv") for name in theirs)
    print(f"{path.name}: {count} derivations, {len(different)} differences")
    return len(different)


def run(words: list[str], environment: dict[str, str]) -> str:
    made = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if made.returncode != 0:
        raise SystemExit(f"error: {words[0]} failed:\n{made.stderr}")
    return made.stdout


def contents(folder: Path) -> dict[str, object]:
    """All that is in a store's folder, by path: permissions, and contents or where a link leads."""
    found: dict[str, object] = {}
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders + files:
            path = Path(parent, name)
            status = path.lstat()
            relative = str(path.relative_to(folder))
            if stat.S_ISLNK(status.st_mode):
                found[relative] = os.readlink(path)
            else:
                data = b"" if path.is_dir() else path.read_bytes()
                found[relative] = f"{stat.filemode(status.st_mode)} {data!r}"
    return found
