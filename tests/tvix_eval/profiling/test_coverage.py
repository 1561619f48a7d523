"""Coverage: lines, functions and branches, as lcov has them."""

from __future__ import annotations

from pathlib import Path

from ..running import run


def coverage(folder: Path, text: str, *flags: str) -> list[str]:
    (folder / "a.nix").write_text(text)
    made = run(folder, *flags, "--coverage", "out.info", "a.nix")
    assert (made.code, made.err) == (0, "")
    return (folder / "out.info").read_text().splitlines()


def test_lines_functions_and_branches(tmp_path: Path) -> None:
    lines = coverage(
        tmp_path,
        """\
let
  used = x: if x > 0 then x * 2
    else x - 1;
  unused = x:
    x + 1;
in
used 1 + used 2
""",
    )
    assert lines[:2] == ["TN:", f"SF:{tmp_path}/a.nix"]
    assert lines[-1] == "end_of_record"
    assert {"FN:2,used@2:10", "FNDA:2,used@2:10", "FNDA:0,unused@4:12", "FNF:2", "FNH:1"} <= {*lines}
    assert {"BRDA:2,0,0,2", "BRDA:2,0,1,0", "BRF:2", "BRH:1"} <= {*lines}
    assert [line for line in lines if line.startswith("DA:")] == ["DA:2,2", "DA:3,0", "DA:5,0", "DA:7,1"]
    assert {"LF:4", "LH:2"} <= {*lines}


def test_attributes_count_when_they_are_asked_for(tmp_path: Path) -> None:
    text = "rec {\n  a = b + 1;\n  b = toString 1;\n  c = 5;\n  d =\n    throw ''no'';\n}\n"
    lines = coverage(tmp_path, text, "-A", "c")
    assert [line for line in lines if line.startswith("DA:")] == [
        *("DA:2,0", "DA:3,0", "DA:4,1", "DA:5,0", "DA:6,0"),
    ]


def test_what_is_imported(tmp_path: Path) -> None:
    (tmp_path / "b.nix").write_text("x: x.y or\n  (toString 1)\n")
    lines = coverage(tmp_path, "map (import ./b.nix) [ { y = 1; } { y = 2; } ]", "--strict")
    assert [line for line in lines if line.startswith("SF:")] == [
        f"SF:{tmp_path}/a.nix",
        f"SF:{tmp_path}/b.nix",
    ]
    assert {"DA:1,2", "DA:2,0", "FNDA:2,lambda@1:1"} <= {*lines}


def test_a_branch_nobody_came_to(tmp_path: Path) -> None:
    lines = coverage(tmp_path, "{ f = x: if x then 1 else 2; }")
    assert {"BRDA:1,0,0,-", "BRDA:1,0,1,-"} <= {*lines}


def test_files_of_the_evaluator_itself_are_left_out(tmp_path: Path) -> None:
    lines = coverage(tmp_path, "builtins.functionArgs (import <nix/fetchurl.nix>) != { }")
    assert [line for line in lines if line.startswith("SF:")] == [f"SF:{tmp_path}/a.nix"]
