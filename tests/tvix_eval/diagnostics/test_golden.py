"""Whole texts of errors: `errors.txt` has expressions, each after ``==``, and what is shown of them.

``UPDATE_GOLDEN=1`` writes the file anew, for somebody to read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from .showing import shown

FILE = Path(__file__).parent / "errors.txt"


def cases() -> list[tuple[str, str]]:
    parts = re.split(r"^== ?", FILE.read_text(), flags=re.MULTILINE)[1:]
    return [tuple(part.split("\n--\n", 1)) for part in parts]


@pytest.mark.parametrize(("expression", "expected"), cases())
def test_text(expression: str, expected: str) -> None:
    assert shown(expression).rstrip() == expected.rstrip()


def update() -> None:
    texts = [f"== {expression}\n--\n{shown(expression).rstrip()}\n" for expression, _ in cases()]
    FILE.write_text("\n".join(texts))


if os.environ.get("UPDATE_GOLDEN"):
    update()
