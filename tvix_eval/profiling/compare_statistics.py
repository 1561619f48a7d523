"""``tvix-eval stats A.json B.json``: what has changed between two runs with ``NIX_SHOW_STATS``."""

from __future__ import annotations

import json
import os
from typing import Any, Final, NamedTuple

from tvix_eval.errors import NixError, UsageError
from tvix_eval.profiling.profile import unicode_text
from tvix_eval.program import byte_text, write

USAGE: Final = """\
Usage: tvix-eval stats [--json] [--all] BEFORE.json AFTER.json

Compares two files that NIX_SHOW_STATS has written, of Tvix or of Nix: figures that differ, or all of
them; with --json for programs.
"""


class Change(NamedTuple):
    """A figure of both files, or of one: the other has None."""

    name: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float:
        return (self.after or 0) - (self.before or 0)

    @property
    def percent(self) -> float | None:
        if not self.before or self.after is None:
            return None
        return 100 * self.difference / self.before


def run(words: list[str]) -> None:
    """The command, with the words after its name. Raises NixError, UsageError."""
    if "--help" in words or "-h" in words:
        write(1, USAGE)
        return
    flags = {word for word in words if word.startswith("--")}
    files = [word for word in words if word not in flags]
    for flag in sorted(flags - {"--json", "--all"}):
        raise UsageError("unrecognised flag '" + byte_text(flag) + "'")
    if len(files) != 2:
        raise UsageError("'stats' compares two files, but " + str(len(files)) + " were given")
    changes = compare(read(files[0]), read(files[1]))
    if "--json" in flags:
        write(1, json_text(changes))
    else:
        write(1, byte_text(table(changes, "--all" in flags)))


def read(path: str) -> dict[str, float]:
    """The figures of a file, by dotted names. Raises NixError."""
    shown = byte_text(path)
    try:
        with open(os.fsencode(path), "rb") as file:
            document = json.load(file)
    except OSError as error:
        raise NixError("cannot read '" + shown + "': " + os.strerror(error.errno or 0)) from None
    except (ValueError, RecursionError):
        raise NixError("'" + shown + "' is not JSON") from None
    if not isinstance(document, dict):
        raise NixError("'" + shown + "' has no statistics")
    return figures(document)


def figures(document: dict[str, Any]) -> dict[str, float]:
    """Functions (``NIX_COUNT_CALLS``) are named by where they are; lists of names are left out."""
    found: dict[str, float] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": figure for inner, figure in figures(value).items()}
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[name] = value
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict) and isinstance(each.get("count"), int):
                    place = f"{each.get('file', '')}:{each.get('line', 0)}:{each.get('column', 0)}"
                    found[f"{name}.{each.get('name') or 'lambda'}@{place}"] = each["count"]
    return found


def compare(before: dict[str, float], after: dict[str, float]) -> list[Change]:
    return [Change(name, before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())]


def table(changes: list[Change], everything: bool) -> str:
    shown = [each for each in changes if everything or each.before != each.after]
    if not shown:
        return "no differences\n"
    cells = [("", "before", "after", "change", "")]
    for each in shown:
        percent = "" if each.percent is None else f"{each.percent:+.1f}%"
        cells.append((each.name, amount(each.before), amount(each.after), sign(each.difference), percent))
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    lines = []
    for row in cells:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *numbers]).rstrip())
    return "\n".join(lines) + "\n"


def amount(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def sign(difference: float) -> str:
    return f"{difference:+.3f}" if isinstance(difference, float) else f"{difference:+}"


def json_text(changes: list[Change]) -> str:
    rows = {
        each.name: {
            "before": each.before,
            "after": each.after,
            "change": each.difference,
            "percent": each.percent,
        }
        for each in changes
    }
    return unicode_text(byte_text(json.dumps(rows, indent=2))) + "\n"
