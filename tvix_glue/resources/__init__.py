"""What the glue says in Nix."""

from __future__ import annotations

import os

# Of this module, which is never compiled: a compiled one may be told another place.
FOLDER = os.path.dirname(os.path.abspath(__file__))


def source_text(name: str) -> str:
    """A program that comes with this package, as byte text."""
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read().decode("latin-1")
