"""What is installed is what was meant to be: compiled but for what the build hook lists, and whole."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import tvix_eval
import tvix_eval.cli

from .importing import IMPORTS, ROOT

INSTALLED = Path(str(tvix_eval.__file__)).parent
SOURCES = ROOT / "tvix_eval"
COMPILED = not str(tvix_eval.cli.__file__).endswith(".py")


def interpreted() -> list[str]:
    """The entries of the build hook's list."""
    tree = ast.parse((ROOT / "tools" / "compile_hook.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "INTERPRETED":
            assert node.value is not None
            return list(ast.literal_eval(node.value)["tvix_eval"])
    raise AssertionError("the build hook has no list of interpreted modules")


def module_name(path: Path) -> str:
    return ".".join(("tvix_eval", *path.relative_to(SOURCES).with_suffix("").parts))


def stays_interpreted(path: Path) -> bool:
    relative = path.relative_to(SOURCES)
    listed = {Path(entry) for entry in interpreted()}
    return path.name.startswith("__") or not listed.isdisjoint([relative, *relative.parents])


@pytest.mark.skipif(not COMPILED, reason="not the compiled package")
def test_every_module_is_compiled_or_has_a_reason_not_to_be() -> None:
    wrong = []
    for path in sorted(SOURCES.rglob("*.py")):
        if path.name not in ("__main__.py", "__init__.py"):
            file = str(importlib.import_module(module_name(path)).__file__)
            if file.endswith(".py") != stays_interpreted(path):
                wrong.append(file)
    assert wrong == []


def test_everything_is_installed() -> None:
    kinds = (".py", ".nix", ".lark", ".typed")
    kept = [path.relative_to(SOURCES) for path in SOURCES.rglob("*") if path.suffix in kinds]
    assert [str(path) for path in kept if not (INSTALLED / path).exists()] == []


def test_the_interpreted_modules_exist() -> None:
    assert [entry for entry in interpreted() if not (SOURCES / entry).exists()] == []


def test_requirements_are_what_is_imported() -> None:
    """Each requirement is imported somewhere,, and nothing else that is not Python's own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = {re.split("[<>=\\[]", each)[0] for each in project["dependencies"]}
    imported = {name.split(".")[0] for names in IMPORTS.values() for name in names}
    others = imported - set(sys.stdlib_module_names) - {"tvix_eval", "pytest"}
    distributions = metadata.packages_distributions()
    assert {distributions[name][0] for name in others} == required
