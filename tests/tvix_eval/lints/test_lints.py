"""What lints find, and what they leave alone."""

from __future__ import annotations

import pytest

from tvix_eval.errors import NixError
from tvix_eval.lints.catalogue import ALL

from .linting import found, names


@pytest.mark.parametrize("name", [lint.name for lint in ALL if lint.name not in ("syntax-error",)])
def test_examples(name: str) -> None:
    (lint,) = [each for each in ALL if each.name == name]
    assert name in names(lint.bad)
    assert name not in names(lint.good)


def test_a_source_that_is_no_expression() -> None:
    with pytest.raises(NixError):
        names("{ a = 1 }")
    with pytest.raises(NixError):
        names("{ a = 1; a = 2; }")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Unused bindings
        ("let a = 1; b = a; in b", []),
        ("let a = a + 1; in 2", [("unused-binding", "a")]),
        ("let a.b = 1; a.c = 2; in 2", [("unused-binding", "a")]),
        ("let _a = 1; in 2", []),
        ("let a = 1; in x: x.a", [("unused-binding", "a")]),
        ("let a = 1; in { inherit a; }", []),
        ("let a = 1; in { a = 1; b = { inherit a; }; }", []),
        ("x: let inherit (x) a b; in b", [("unused-binding", "a")]),
        ("let a = 1; in ''${toString a}''", []),
        ("let a = 1; in { ${a} = 1; }", []),
        ("let a = 1; in { a = 2; }.${toString a}", []),
        ("let a = 1; in { b ? a }: b", []),
        ("let a = 1; f = a: a; in f 1", [("unused-binding", "a"), ("shadowed-name", "a")]),
        ("let x = 1; d = 2; in { a.b = 1; a = rec { c = d; d = 1; }; y = x; }", [("shadowed-name", "d")]),
        ("x: with x; let a = 1; in b", [("unused-binding", "a")]),
        # Arguments
        ("a: b: b", [("unused-argument", "a")]),
        ("{ a, b ? a }: b", []),
        ("{ a, ... }@args: a + args.b", []),
        ("args@{ a, ... }: a", [("unused-pattern-name", "args")]),
        # with
        ("x: with x; y", []),
        ("x: with x; true", [("unused-with", "with")]),
        ("x: y: with x; y", [("unused-with", "with")]),
        ("x: with x; { inherit y; }", []),
        ("x: with x; rec { y = 1; z = y; }", [("unused-with", "with")]),
        ("with { __a = 1; }; __a", []),
        # inherit
        ("with { x = 1; }; let inherit x; in x", []),
        ("let inherit map; in map", [("useless-inherit", "map")]),
        ("rec { inherit map; a = map; }", []),
        # rec
        ("rec { a = 1; b = a; }", []),
        ("rec { a = 1; b = { inherit a; }; }", []),
        ("rec { a = 1; __overrides = { }; }", []),
        ("{ a = rec { b = 1; }; a.c = 1; }", []),
        # Names that hide
        ("let inherit (builtins) map; in map", []),
        ("let map = builtins.map; in map", [("manual-inherit-from", "map = builtins.map;")]),
        ("{ map }: map", []),
        ("rec { true = 1; a = true; }", [("shadowed-global", "true")]),
        ("let true = 1; in x: if true then x else x", [("shadowed-global", "true")]),
        # Bindings
        ("let a = b; b = a; in a", []),
        ("a: rec { b = a; a = 1; }", [("unused-argument", "a"), ("shadowed-name", "a")]),
        ("a: { x = rec { c = 1; }; x = { a = a; }; }", []),
        ("a: { ${toString 1} = a; b = a; }", []),
        # Operations
        ("x: x == true", [("boolean-literal-comparison", "x == true")]),
        ("x: x == null", []),
        ("x: y: x && y", []),
        ("x: false && x", [("dead-code", "x")]),
        ("x: assert true; x", [("dead-code", "assert true;")]),
        ("a: b: !(a < b)", []),
        ("x: x // { }", [("empty-operation", "x // { }")]),
        ("x: [ # why\n ] ++ x", []),
        # Functions
        ("map (x: x x) [ ]", []),
        ("f: map (x: f x 1) [ ]", []),
        ("f: map (x: f x x) [ ]", []),
        ("f: { x, ... }: f x", []),
        ("f: a: x: f a", [("unused-argument", "x")]),
        # Parentheses
        ("f: x: f (x)", [("redundant-parentheses", "(x)")]),
        ("f: x: f (x 1)", []),
        ("[ (-1) (x: x) (1 + 1) ]", []),
        ("x: (x.a).b", []),
        ("(1 + 1)", []),
        ("x: if (with x; y) then 1 else 2", []),
        ("{ a = (\n  1 + 1\n); }", []),
        ('x: "${(x)}"', [("redundant-parentheses", "(x)")]),
        # Literals
        ('"sha256-AAAA"', []),
        ('"sha1-abc"', []),
    ],
)
def test_findings(text: str, expected: list[tuple[str, str]]) -> None:

    assert found(text) == expected


def test_the_usual_levels() -> None:
    from tvix_eval.lints.linter import Levels

    assert found("a: { x = a.x; }", Levels()) == []
    assert found("let a = 1; in 2", Levels()) == [("unused-binding", "a")]


def test_nesting_is_no_trouble() -> None:
    assert names("(" * 20_000 + "1" + ")" * 20_000).count("redundant-parentheses") == 20_000
    assert names("[" * 20_000 + "]" * 20_000) == []
    assert names("1" + " + 1" * 20_000) == []
    assert names("let a = 1; in " * 2000 + "a").count("unused-binding") == 1999


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let a = 1; # tvix: allow(unused-binding)\nin 2", []),
        ("let a = 1; # tvix: allow(W003)\nin 2", []),
        ("let\n # tvix: allow(unused-binding)\n a = 1;\n b = 1;\nin 2", ["unused-binding"]),
        ("let\n # tvix: allow(unused-binding)\n # because\n\n a = 1;\nin 2", []),
        ("let\n /* tvix: allow(unused-binding) */ a = 1;\nin 2", []),
        ("# tvix: allow(unused-binding, empty-let)\nlet a = 1; in let in 2", []),
        ("# tvix: allow(all)\nlet a = 1; in let in 2", []),
        ("# tvix: allow(empty-let)\nlet a = 1; in 2", ["unused-binding"]),
        ("let a = 1; # tvix: allow(empty-let)\nin 2", ["unused-binding"]),
        ("let a = ''\n# tvix: allow(unused-binding)\n''; in 2", ["unused-binding"]),
        ("1 # tvix: allow(no-such)", ["unknown-lint"]),
        ("1 # tvix: forbid", ["unknown-lint"]),
        ("1 # about tvix: things", []),
    ],
)
def test_suppression(text: str, expected: list[str]) -> None:
    assert names(text) == expected
