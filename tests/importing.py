"""What the modules of our packages import when they run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ["nix_compat", "tvix_eval", "tvix_glue"]


def module_files() -> dict[str, Path]:
    """The source file of each module."""
    files = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


MODULES = module_files()


def running_code(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, but for what only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            for statement in child.orelse:
                yield statement
                yield from running_code(statement)
        else:
            yield child
            yield from running_code(child)


def imports(path: Path) -> set[str]:
    """The modules that a file imports, at once or when some function of it is called."""
    found: set[str] = set()
    for node in running_code(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module is not None, f"a relative import in {path}"
            for alias in node.names:
                member = f"{node.module}.{alias.name}"
                found.add(member if member in MODULES else node.module)
    return found


IMPORTS = {module: imports(path) for module, path in MODULES.items()}
