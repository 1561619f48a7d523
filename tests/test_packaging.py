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

import tvix_eval.cli

from .importing import IMPORTS, MODULES, PACKAGES, ROOT

COMPILED = not str(tvix_eval.cli.__file__).endswith(".py")
KINDS = (".py", ".nix", ".lark", ".html", ".typed")


def interpreted() -> dict[str, list[str]]:
    """The entries of the build hook's list, for each package."""
    tree = ast.parse((ROOT / "tools" / "compile_hook.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "INTERPRETED":
            assert node.value is not None
            return {package: list(entries) for package, entries in ast.literal_eval(node.value).items()}
    raise AssertionError("the build hook has no list of interpreted modules")


def stays_interpreted(path: Path) -> bool:
    package, *rest = path.relative_to(ROOT).parts
    relative = Path(*rest)
    listed = {Path(entry) for entry in interpreted()[package]}
    return path.name.startswith("__") or not listed.isdisjoint([relative, *relative.parents])


def test_the_build_hook_knows_every_package() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert list(interpreted()) == wheel["packages"] == PACKAGES


@pytest.mark.skipif(not COMPILED, reason="not the compiled packages")
@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_is_compiled_or_has_a_reason_not_to_be(package: str) -> None:
    wrong = []
    for path in sorted((ROOT / package).rglob("*.py")):
        if path.name not in ("__main__.py", "__init__.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            file = str(importlib.import_module(name).__file__)
            if file.endswith(".py") != stays_interpreted(path):
                wrong.append(file)
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_everything_is_installed(package: str) -> None:
    sources = ROOT / package
    installed = Path(str(importlib.import_module(package).__file__)).parent
    kept = [path.relative_to(sources) for path in sources.rglob("*") if path.suffix in KINDS]
    assert [str(path) for path in kept if not (installed / path).exists()] == []


def test_the_interpreted_modules_exist() -> None:
    listed = [Path(package, entry) for package, entries in interpreted().items() for entry in entries]
    assert [str(path) for path in listed if not (ROOT / path).exists()] == []


def test_requirements_are_what_is_imported() -> None:
    """Each requirement is imported somewhere, and nothing else that is not Python's own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = {re.split("[<>=\\[]", each)[0] for each in project["dependencies"]}
    imported = {name.split(".")[0] for names in IMPORTS.values() for name in names}
    others = imported - set(sys.stdlib_module_names) - {*PACKAGES, "pytest"}
    distributions = metadata.packages_distributions()
    assert {distributions[name][0] for name in others} == required


def test_no_function_calls_exceptions_of_two_kinds_alike() -> None:
    """mypyc gives a name one type in a function: the second kind would be a TypeError at run time."""
    for path in MODULES.values():
        if stays_interpreted(path):
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                kinds: dict[str, set[str]] = {}
                for node in ast.walk(function):
                    if isinstance(node, ast.ExceptHandler) and node.name and node.type:
                        kinds.setdefault(node.name, set()).add(ast.unparse(node.type))
                assert all(len(each) == 1 for each in kinds.values()), f"{path}: {function.name}: {kinds}"
