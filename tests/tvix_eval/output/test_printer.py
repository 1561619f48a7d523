import pytest

from ..evaluating import Program, show


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            '{ a = 1; "b c" = null; if = true; or = 1.0; }'.replace("if", '"if"'),
            '{ a = 1; "b c" = null; "if" = true; or = 1; }',
        ),
        ('"\\" \\\\ \\n \\r \\t $ $${ \\${ é"', '"\\" \\\\ \\n \\r \\t $ $\\${ \\${ é"'),
        ("[ /a/b map (map map) (x: x) ]", "[ /a/b <PRIMOP> <PRIMOP-APP> <LAMBDA> ]"),
        ("[ [ ] { } [ ] { } ]", "[ [ ] { } [ ] { } ]"),
        ("[ 1.0e100 123456789.0 0.1 (0.0 * (-1)) ]", "[ 1e+100 1.23457e+08 0.1 -0 ]"),
    ],
)
def test_text(expression: str, expected: str) -> None:
    assert show(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("let x = { a = 1; }; in [ x x ]", "[ { a = 1; } «repeated» ]"),
        ("let x = { inherit x; }; in x", "{ x = «repeated»; }"),
        ("let x = [ 1 ]; in [ x x ]", "[ [ 1 ] «repeated» ]"),
        ("let x = [ 1 ]; in map (y: x) [ 1 2 ]", "[ [ 1 ] [ 1 ] ]"),
        ("let x = [ x ]; in x", "[ [ «repeated» ] ]"),
    ],
)
def test_repeated(expression: str, expected: str) -> None:
    """Sets are known by themselves, lists by their place."""
    assert show(expression) == expected


def test_what_is_not_evaluated() -> None:
    expression = "{ a = 1; b = x: x; c = { }; d = -1; e = [ ]; f = map; }"
    assert (
        show(expression, deep=False)
        == "{ a = 1; b = <CODE>; c = <CODE>; d = <CODE>; e = [ ]; f = <PRIMOP>; }"
    )


def test_value_that_is_being_evaluated() -> None:
    program = Program()
    program.value("let x = builtins.trace [ x ] 1; in x")
    assert program.said == [("trace", "[ \xc2\xabpotential infinite recursion\xc2\xbb ]")]
