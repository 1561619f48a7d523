"""Evaluating parts of texts, and what can be written at a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tvix_eval.source import Document, PartialEvaluator, complete, selected

CURSOR = "|"


def at_cursor(text: str) -> tuple[Document, int]:
    offset = len(text[: text.index(CURSOR)].encode())
    return Document(text.replace(CURSOR, "", 1)), offset


def value(text: str, evaluator: PartialEvaluator | None = None) -> str | None:
    """The value of the smallest node at the cursor."""
    document, offset = at_cursor(text)
    found = (evaluator or PartialEvaluator()).value(document, document.path_to(offset)[-1])
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("let a = 1; b = |a; in b", "1"),
        ("rec { a = { c = 2; }; b = [ |a.c ]; }", "{ c = 2; }"),
        ('rec { a = 1; ${"x" + "y"} = 2; b = |a; }', "1"),
        ("with { x = 3; }; |x", "3"),
        ("x: |x", None),
        ("x: let y = 1; in |y", "1"),
        ("let a = throw ''no''; in |a", None),
        ("let f = x: f x; in |(f 1)", None),
        ("let a = ; b = 2; in |b", "2"),
        ("let a = 1 in |a", "1"),
        ("let { a = 4; body = |a; }", "4"),
        ("let a = [ ''é'' ]; in |a", '[ "é" ]'),
    ],
)
def test_values(text: str, wanted: str | None) -> None:
    assert value(text, PartialEvaluator(seconds=0.3)) == wanted


def test_given_arguments() -> None:
    evaluator = PartialEvaluator(arguments={"lib": "{ id = x: x; }"})
    assert value("{ lib, ... }: lib.id |(1 + 1)", evaluator) == "2"
    document, offset = at_cursor("{ lib, pkgs }: lib.|")
    assert [each.text for each in complete(document, offset, evaluator)] == ["id"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("let a = { bc.d = 1; be = 2; }; in a.b|", ["bc", "be"]),
        ("let a = { bc.d = 1; }; in a.bc.|", ["d"]),
        ("let a = { bc = 1; }; in [ a.| ", ["bc"]),
        ("let a = { bc = 1; }; in { x = a.|; y = 1; }", ["bc"]),
        ("let a = { bc = 1; }; in { inherit (a) b| }", ["bc"]),
        ("let a = { bc = 1; }; in { inherit (a) |", ["bc"]),
        ("let abc = 1; in ab|", ["abc", "abort"]),
        ("with { abd = 1; }; x: abd|", ["abd"]),
        ("let a = 1; in as|", ["assert"]),
        ("let a = { ${''b c''} = 1; }; in a.|", ['"b c"']),
        ('"a|"', []),
        ("# a|", []),
        ("a /* a| */", []),
        ("x: x.|", []),
    ],
)
def test_completion(text: str, wanted: list[str]) -> None:
    document, offset = at_cursor(text)
    assert [each.text for each in complete(document, offset, PartialEvaluator())] == wanted


def test_completion_replaces_the_name() -> None:
    document, offset = at_cursor("let abc = 1; in a|bx")
    (found,) = [each for each in complete(document, offset) if each.text == "abc"]
    assert document.slice(found.begin, found.end) == "abx"
    assert found.kind == "let"


def test_where_attributes_are_defined(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text('{\n  "é" = 1; b = 2;\n}')
    evaluator = PartialEvaluator(folder=str(tmp_path))
    document, offset = at_cursor("(import ./a.nix).|b")
    found = selected(document, offset, evaluator)
    assert found is not None and (found.file, found.offset) == (str(tmp_path / "a.nix"), 14)
    document, offset = at_cursor("let s = { k = 1; }; in s.|k")
    found = selected(document, offset, evaluator)
    assert found is not None and (found.file, found.offset) == ("«string»", len("let s = { "))
