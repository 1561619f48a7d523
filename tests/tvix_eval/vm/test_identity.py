"""Equality of functions goes by the place they are in, as in Nix."""

from __future__ import annotations

import pytest

from ..evaluating import show

ID = "let f = x: x; id = x: x; s = { inherit f; g = id f; }; nan = (1.0e308 * 10) - (1.0e308 * 10); in "


@pytest.mark.parametrize(
    ("text", "equal"),
    [
        ("f == f", False),
        ("[ f ] == [ f ]", True),
        ("{ a = f; } == { a = f; }", True),
        ("s == s", True),
        ("[ (id f) ] == [ f ]", False),
        ("let g = id f; in [ g ] == [ g ]", True),
        ("[ (x: x) ] == [ (x: x) ]", False),
        ("[ s.f ] == [ s.f ]", False),
        ("[ s.g ] == [ s.g ]", False),
        ("builtins.elem f [ f ]", True),
        ("let a = builtins.add 1; in [ a ] == [ a ]", True),
        ("[ nan ] == [ nan ]", True),
        ("nan == nan", False),
        ("[ builtins.map ] == [ builtins.map ]", False),
        ("[ map ] == [ map ]", True),
        (
            '{ type = "derivation"; outPath = "a"; f = x: x; } == { type = "derivation"; outPath = "a"; }',
            True,
        ),
        ("1 == 1.0", True),
        ("[ 1 [ 2 ] ] == [ 1.0 [ 2.0 ] ]", True),
        ('{ a = throw "x"; } == { }', False),
        ('{ b = 1; a = throw "x"; } == { b = 2; a = 1; }', False),
    ],
)
def test_equality(text: str, equal: bool) -> None:
    assert show(ID + text) == ("true" if equal else "false")
