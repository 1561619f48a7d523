"""``tvix-eval lint`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..running import run

BAD = "let\n  a = 1;\n  ü = (2);\nin\n{ inherit b; }\n".replace("ü", "b")


def test_text(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text(BAD)
    made = run(tmp_path, "lint")
    assert (made.code, made.err) == (0, "")
    assert made.out == (
        "warning[unused-binding]: nothing uses `a`\n --> a.nix:2:3\n  |\n2 |   a = 1;\n  |   ^\n\n"
        "warning[redundant-parentheses]: these parentheses change nothing\n"
        " --> a.nix:3:7\n  |\n3 |   b = (2);\n  |       ^^^\n\n"
        "2 findings in 1 source, 2 can be fixed with --fix\n"
    )
    assert run(tmp_path, "lint", "a.nix").out == made.out
    assert run(tmp_path, "--lint", ".").out == made.out


def test_expressions(tmp_path: Path) -> None:
    for words in (("lint", "-E"), ("--lint", "-E"), ("-E", "--lint")):
        made = run(tmp_path, *words, "let in 1")
        assert made.code == 0 and "warning[empty-let]" in made.out
    assert "warning[empty-let]" in run(tmp_path, "lint", "-", stdin="let in 1").out


def test_fixing_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.nix").write_text(BAD)
    (tmp_path / "good.nix").write_text("1 # not touched")
    (tmp_path / "broken.nix").write_text("{")
    made = run(tmp_path, "lint", "--fix", ".")
    assert made.code == 1 and "error: syntax error" in made.out
    assert made.out.endswith("\n1 finding in 3 sources, 2 fixed\n")
    assert (tmp_path / "sub" / "a.nix").read_text() == "let\n  b = 2;\nin\n{ inherit b; }\n"
    assert (tmp_path / "good.nix").read_text() == "1 # not touched"
    assert (tmp_path / "broken.nix").read_text() == "{"


def test_fixing_an_expression(tmp_path: Path) -> None:
    made = run(tmp_path, "lint", "--fix", "-E", "let a = 1; in (2)")
    assert (made.code, made.out, made.err) == (0, "2\n", "0 findings in 1 source, 3 fixed\n")


def test_levels(tmp_path: Path) -> None:
    words = ("lint", "-E", "let a = 1; in 2")
    assert run(tmp_path, *words).code == 0
    assert run(tmp_path, *words, "--deny", "unused-binding").code == 1
    assert run(tmp_path, *words, "--deny=W003").code == 1
    assert run(tmp_path, *words, "--deny", "warnings").code == 1
    assert run(tmp_path, *words, "--allow", "unused-binding").out == "0 findings in 1 source\n"
    assert run(tmp_path, *words, "--allow", "all", "--warn", "unused-binding").out.startswith("warning[")
    assert run(tmp_path, *words, "--deny", "all", "--allow", "W003,empty-let").code == 0
    assert run(tmp_path, "lint", "-E", "let a = a; in a").code == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--allow", "unused-bindin"), "there is no lint 'unused-bindin'"),
        (("--format", "x"), "'--format' wants text, json or sarif, not 'x'"),
        (("--nonsense",), "unrecognised flag '--nonsense'"),
        (("-E",), "no expressions to look at"),
        (("missing.nix",), "cannot read 'missing.nix': No such file or directory"),
    ],
)
def test_misuse(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    made = run(tmp_path, "lint", *words)
    assert made.code == 1 and made.err.startswith("error: " + message)


def test_json(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text('[ "日本" (1) ]')
    (finding,) = [json.loads(line) for line in run(tmp_path, "lint", "--format", "json").out.splitlines()]
    assert (finding["severity"], finding["code"]) == ("warning", "redundant-parentheses")
    (span,) = finding["spans"]
    assert (span["file"], span["line"], span["column"], span["end_column"]) == ("a.nix", 1, 8, 11)
    assert (span["begin"], span["end"]) == (11, 14)
    assert finding["edits"] == [
        {"begin": 11, "end": 12, "text": ""},
        {"begin": 13, "end": 14, "text": ""},
    ]


def test_sarif(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text(BAD)
    (tmp_path / "b.nix").write_text("{")
    made = run(tmp_path, "lint", "--format", "sarif", "--deny", "unused-binding")
    assert made.code == 1
    log = json.loads(made.out)
    assert log["version"] == "2.1.0"
    (work,) = log["runs"]
    rules = work["tool"]["driver"]["rules"]
    first, second, broken = work["results"]
    assert (first["ruleId"], first["level"], second["level"]) == ("unused-binding", "error", "warning")
    assert rules[first["ruleIndex"]]["id"] == "unused-binding"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a.nix"
    assert place["region"]["startLine"] == 2 and place["region"]["startColumn"] == 3
    change = first["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert (
        change["deletedRegion"]["byteLength"] == len("  a = 1;\n") and change["insertedContent"]["text"] == ""
    )
    assert (broken["ruleId"], broken["level"]) == ("syntax-error", "error")


def test_hidden_folders_and_other_files(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.nix").write_text("{")
    (tmp_path / "a.txt").write_text("{")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert run(tmp_path, "lint").out == "0 findings in 0 sources\n"


def test_list_and_help(tmp_path: Path) -> None:
    listed = run(tmp_path, "lint", "--list")
    assert listed.code == 0 and "unused-binding (W003), warn: " in listed.out
    assert "--fix" in run(tmp_path, "lint", "--help").out
