"""Which expressions made what is alive."""

from __future__ import annotations

import json
from pathlib import Path

from ..running import run


def test_what_made_it(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("builtins.genList (n: {\n  inherit n;\n  f = m: n;\n}) 100\n")
    made = run(tmp_path, "--strict", "--profile-memory", "out.json", "a.nix")
    assert made.code == 0
    rows = json.loads((tmp_path / "out.json").read_text())
    by_kind = {(row["kind"], row["place"]): row["count"] for row in rows}
    assert by_kind["set", f"{tmp_path}/a.nix:3:3"] == 100
    assert by_kind["function", f"{tmp_path}/a.nix:3:7"] == 100
    assert by_kind["frame", f"{tmp_path}/a.nix:1:19"] == 100
    assert any(row["name"] == "genList" and row["kind"] == "list" for row in rows)
    assert all(row["bytes"] > 0 for row in rows)


def test_what_is_gone_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("builtins.foldl' (a: n: (\n  { x = a + n; }).x) 0 [ 1 2 3 4 ]")
    made = run(tmp_path, "--profile-memory", "out.txt", "a.nix")
    assert made.out == "10\n"
    table = (tmp_path / "out.txt").read_text()
    assert ":2:" not in "".join(line for line in table.splitlines() if " set " in line)
    assert table.splitlines()[-1].endswith("  all")
