"""What an attribute came to, on one side, as a line of JSON."""

from __future__ import annotations

import json
import os
from typing import Final

from attrs import frozen

from tvix_glue.compare.expression import joined_attribute, split_attribute
from tvix_glue.reports import Trouble

Path = tuple[str, ...]


class BadFile(Trouble):
    """A file that is not what it should be."""


@frozen
class Outcome:
    """Of a derivation its path; of a set to look into its names; of what failed, why. Or none of these."""

    derivation: str = ""
    names: tuple[str, ...] | None = None
    error: str | None = None

    def to_json(self) -> dict[str, object]:
        if self.error is not None:
            return {"error": self.error}
        if self.names is not None:
            return {"attrs": list(self.names)}
        return {"drvPath": self.derivation} if self.derivation else {}


Outcomes = dict[Path, Outcome]


def read_outcome(value: dict[str, object]) -> Outcome:
    """Of a record that has ``drvPath``, ``error`` or ``attrs``. Raises ValueError."""
    drv, names, error = value.get("drvPath"), value.get("attrs"), value.get("error")
    if error is not None and isinstance(error, str):
        return Outcome(error=error)
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return Outcome(names=tuple(names))
    if drv is None or isinstance(drv, str):
        return Outcome(derivation=drv or "")
    raise ValueError("drvPath is not a string")


def attribute_path(value: dict[str, object]) -> Path:
    """Of a record that has ``attrPath``, or ``attr``. Raises ValueError."""
    path, attr = value.get("attrPath"), value.get("attr")
    if isinstance(path, list) and all(isinstance(name, str) for name in path):
        return tuple(path)
    if isinstance(attr, str):
        return tuple(split_attribute(attr))
    raise ValueError("it has neither attrPath nor attr")


def records(path: str) -> list[dict[str, object]]:
    """The objects in a file of JSON lines. Raises BadFile, and OSError."""
    found: list[dict[str, object]] = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BadFile(f"{path}, line {number}: not JSON: {error}") from None
            if not isinstance(value, dict):
                raise BadFile(f"{path}, line {number}: not a JSON object")
            found.append(value)
    return found


def read_recorded(path: str) -> Outcomes:
    """A recorded evaluation, such as ``nix-eval-jobs`` prints. Raises BadFile, and OSError."""
    found: Outcomes = {}
    for number, value in enumerate(records(path), 1):
        try:
            found[attribute_path(value)] = read_outcome(value)
        except ValueError as error:
            raise BadFile(f"{path}, record {number}: {error}") from None
    return found


class Log:
    """Outcomes of both sides, kept in a file so that a comparison can go on where it ended.

    `key` says what is compared. Raises BadFile for a file that is about something else, and OSError.
    """

    def __init__(self, path: str, key: str) -> None:
        self.outcomes: Final[dict[str, Outcomes]] = {}
        self.drop_unfinished_line(path)
        lines = records(path) if os.path.exists(path) else []
        if lines and lines[0] != {"comparison": key}:
            raise BadFile(f"{path} is of another comparison; remove it to begin anew")
        for value in lines[1:]:
            try:
                side = self.outcomes.setdefault(str(value.get("side")), {})
                side[attribute_path(value)] = read_outcome(value)
            except ValueError as error:
                raise BadFile(f"{path}: {error}") from None
        self.file: Final = open(path, "a", encoding="utf-8")
        if not lines:
            self.write({"comparison": key})

    def drop_unfinished_line(self, path: str) -> None:
        """What was being written when the process was killed."""
        if not os.path.exists(path):
            return
        with open(path, "rb+") as file:
            data = file.read()
            file.truncate(data.rfind(b"\n") + 1)

    def add(self, side: str, path: Path, outcome: Outcome) -> None:
        self.write(
            {
                "side": side,
                "attr": joined_attribute(list(path)),
                "attrPath": list(path),
                **outcome.to_json(),
            }
        )

    def write(self, value: dict[str, object]) -> None:
        self.file.write(json.dumps(value) + "\n")
        self.file.flush()
