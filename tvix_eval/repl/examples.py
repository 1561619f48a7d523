"""Examples for the documentation of builtins, from a file that is read when one is asked for.

The file has the names of builtins, and under each, indented, an expression and after ``=>`` its value. What
reaches for something elsewhere has no value.
"""

from __future__ import annotations

import os
from typing import Final

FILE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resources", "builtin_examples.txt")
INDENT: Final = "    "


def example_of(name: str) -> str:
    """The lines of a builtin's example, as byte text; "" if it has none."""
    return "\n".join(examples().get(name, []))


def examples() -> dict[str, list[str]]:
    """The lines of all examples, as byte text."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    with open(FILE, encoding="latin-1") as file:
        for line in file.read().splitlines():
            if line.startswith(INDENT):
                lines.append(line.removeprefix(INDENT))
            else:
                lines = found[line] = []
    return found
