"""``tvix-eval stats``."""

from __future__ import annotations

import json
from pathlib import Path

from ..running import run


def write(folder: Path, name: str, document: object) -> None:
    (folder / name).write_text(json.dumps(document))


def test_a_table(tmp_path: Path) -> None:
    write(tmp_path, "a.json", {"nrThunks": 100, "time": {"cpu": 0.5}, "same": 1})
    write(tmp_path, "b.json", {"nrThunks": 150, "time": {"cpu": 0.25}, "same": 1, "new": 7})
    made = run(tmp_path, "stats", "a.json", "b.json")
    assert made.code == 0
    assert [line.split() for line in made.out.splitlines()] == [
        ["before", "after", "change"],
        ["new", "-", "7", "+7"],
        ["nrThunks", "100", "150", "+50", "+50.0%"],
        ["time.cpu", "0.500", "0.250", "-0.250", "-50.0%"],
    ]
    assert "same" in run(tmp_path, "stats", "--all", "a.json", "b.json").out
    assert run(tmp_path, "stats", "a.json", "a.json").out == "no differences\n"


def test_json_and_functions(tmp_path: Path) -> None:
    function = {"count": 3, "name": "f", "file": "/x.nix", "line": 1, "column": 2}
    write(tmp_path, "a.json", {"functions": [function]})
    write(tmp_path, "b.json", {"functions": [{**function, "count": 6}]})
    made = run(tmp_path, "stats", "--json", "a.json", "b.json")
    assert json.loads(made.out) == {
        "functions.f@/x.nix:1:2": {"before": 3, "after": 6, "change": 3, "percent": 100.0}
    }


def test_what_is_not_possible(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("nope")
    assert "compares two files, but 1 were given" in run(tmp_path, "stats", "a.json").err
    assert run(tmp_path, "stats", "a.json", "a.json").err == "error: 'a.json' is not JSON\n"
    assert "cannot read 'x': No such file" in run(tmp_path, "stats", "x", "a.json").err
    assert "unrecognised flag '--nope'" in run(tmp_path, "stats", "--nope").err
    assert run(tmp_path, "stats", "--help").out.startswith("Usage: tvix-eval stats")
