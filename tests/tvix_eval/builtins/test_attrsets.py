from pathlib import Path

import pytest

from ..evaluating import Program, message, show


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.attrNames { b = 1; a = 2; "Z" = 3; }', '[ "Z" "a" "b" ]'),
        ("builtins.attrValues { b = 1; a = 2; }", "[ 2 1 ]"),
        ('builtins.getAttr "a" { a = 1; }', "1"),
        ('builtins.hasAttr "a" { a = throw ""; }', "true"),
        ('removeAttrs { a = 1; b = 2; } [ "a" "c" ]', "{ b = 2; }"),
        ('builtins.listToAttrs [ { name = "a"; value = 1; } { name = "a"; } ]', "{ a = 1; }"),
        ("builtins.intersectAttrs { a = 1; b = 2; } { b = 3; c = 4; }", "{ b = 3; }"),
        ('builtins.catAttrs "a" [ { a = 1; } { } { a = 2; } ]', "[ 1 2 ]"),
        ("builtins.mapAttrs (n: v: n + toString v) { a = 1; b = 2; }", '{ a = "a1"; b = "b2"; }'),
        ("builtins.mapAttrs 1 { }", "{ }"),
        (
            "builtins.zipAttrsWith (n: vs: vs) [ { a = 1; } { a = 2; b = 3; } ]",
            "{ a = [ 1 2 ]; b = [ 3 ]; }",
        ),
        ("builtins.functionArgs ({ b, a ? 1, ... }: a)", "{ a = true; b = false; }"),
        ("builtins.functionArgs (x: x)", "{ }"),
        ("builtins.functionArgs builtins.add", "{ }"),
    ],
)
def test_value(expression: str, expected: str) -> None:
    assert show(expression) == expected


@pytest.mark.parametrize("size", [3, 60])
def test_sets_of_all_sizes(size: int) -> None:
    """Small sets, big ones, and such that were put together are represented differently."""
    big = " ".join(f"n{i} = {i};" for i in range(size))
    layered = f"({{ {big} }} // {{ n1 = 100; z = 1; }})"
    assert show(f'removeAttrs {layered} [ "n0" "z" ] ? z') == "false"
    assert show(f'(removeAttrs {layered} [ "n0" ]).n1') == "100"
    assert show(f"builtins.intersectAttrs {{ n1 = 0; n2 = 0; y = 0; }} {layered}") == "{ n1 = 100; n2 = 2; }"
    assert show(f"builtins.length (builtins.attrNames (builtins.mapAttrs (n: v: v) {layered}))") == str(
        size + 1
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.getAttr "a b" { }', "attribute '\"a b\"' missing"),
        ("builtins.listToAttrs [ { value = 1; } ]", "attribute 'name' missing"),
        ("builtins.functionArgs { __functor = self: x: x; }", "'functionArgs' requires a function"),
        (
            "builtins.mapAttrs null { a = 1; }",
            "attempt to call something which is not a function but null: null",
        ),
    ],
)
def test_error(expression: str, expected: str) -> None:
    assert message(expression) == expected


POSITIONS = """let
  literal = { a = 1; };
  pairs = map (name: {
    inherit name;
    value = 1;
  }) [ "a" ];
  function = {
    b,
    a ? 1,
  }: a;
  line = set: (builtins.unsafeGetAttrPos "a" set).line or null;
in [
  (line literal)
  (line (builtins.listToAttrs pairs))
  (line (builtins.functionArgs function))
  (line (removeAttrs (literal // { c = 1; }) [ "c" ]))
  (line (builtins.intersectAttrs { a = 0; } literal))
  (line (builtins.mapAttrs (name: value: value) literal))
]
"""


def test_positions(tmp_path: Path) -> None:
    path = tmp_path / "positions.nix"
    path.write_text(POSITIONS)
    assert Program().show(f"import {path}") == "[ 2 5 9 2 2 null ]"


def test_text_that_is_no_file_has_no_positions() -> None:
    assert show('builtins.unsafeGetAttrPos "a" { a = 1; }') == "null"
