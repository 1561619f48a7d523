"""Paths, as text."""

from __future__ import annotations

from nix_compat.errors import FormatError


def canonical(path: str) -> str:
    """An absolute path without ``.``, ``..`` and needless slashes. Raises FormatError for others."""
    if not path.startswith("/"):
        raise FormatError('not an absolute path: "' + path + '"')
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part != "" and part != ".":
            parts.append(part)
    return "/" + "/".join(parts)
