"""Trees as text; and with them what the parser made of an expression."""

import pytest

from .support import shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("1.0", "1"),
        ("1234567.0", "1.23457e+06"),
        ('"a\\n\\t\\r\\"\\\\${"b"}$\\${"', '("a\\n\\t\\r\\"\\\\" + "b" + "$\\${")'),
        ("http://x", '"http://x"'),
        ("<a/b>", '(__findFile __nixPath "a/b")'),
        ("a - b * -c / d", "(__sub a (__div (__mul b (__sub 0 c)) d))"),
        ("a <= b", "(! (__lessThan b a))"),
        ("a > b -> a >= b", "((__lessThan b a) -> (! (__lessThan a b)))"),
        ('!a ? b.${c}."d e" && e', '((! ((a) ? b."${c}"."d e")) && e)'),
        ("a ++ b ++ c", "(a ++ (b ++ c))"),
        ("a + b + c", "((a + b) + c)"),
        ("a // b // c", "(a // (b // c))"),
        ("a ? b ? c", "((((a) ? b)) ? c)"),
        ("a == b || c != d", "((a == b) || (c != d))"),
        ("a.b or c.d", "(a).b or ((c).d)"),
        ("f (g x) y", "(f (g x) y)"),
        ("(f x) y", "(f x y)"),
        ("(a - b) c", "(__sub a b c)"),
        ("x |> f a |> g", "(g (f a x))"),
        ("g <| f <| x", "(g (f x))"),
        ("x or", "(x or)"),
        ("[ f or ]", "[ ((f or)) ]"),
        ("[ ]", "[ ]"),
        ("[ 1 [ a ] ]", "[ (1) ([ (a) ]) ]"),
        ("x: y", "(x: y)"),
        ("{ }: 1", "({  }: 1)"),
        ("{ ... }: 1", "({ ... }: 1)"),
        ("{ b, a ? 1, ... }@c: 1", "({ a ? 1, b, ... } @ c: 1)"),
        ("c@{ a, }: 1", "({ a } @ c: 1)"),
        ("if a then b else c", "(if a then b else c)"),
        ("assert a; with b; c", "assert a; (with b; c)"),
        ("let b = 1; a = 2; in a", "(let a = 2; b = 1; in a)"),
        ("let { body = 1; }", "(rec { body = 1; }).body"),
        ("__curPos", "__curPos"),
        ("{ }", "{ }"),
        (
            "rec { inherit b a; inherit (x) d c; inherit (y); e = 1; }",
            "rec { inherit a b; inherit (x) c d; e = 1; }",
        ),
        (
            '{ "a b" = 1; "if" = 2; "" = 3; or = 4; "1" = 5; }',
            '{ "" = 3; "1" = 5; "a b" = 1; "if" = 2; or = 4; }',
        ),
        (
            '{ ${a} = 1; ${"b"} = 2; ${"c" + d}.e = 3; }',
            '{ b = 2; "${a}" = 1; "${("c" + d)}" = { e = 3; }; }',
        ),
    ],
)
def test_show(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./a/../b", "/base/b"),
        ("../../../x", "/x"),
        ("a/b", "/base/a/b"),
        ("/a/./b/..", "/a"),
        ("~/a/../b", "/home/a/../b"),
        ("./a/${b}", "(/base/a/ + b)"),
        ("./${b}/c", '(/base/ + b + "/c")'),
        ("/${b}", "(/ + b)"),
        ("~/${b}", "(/home/ + b)"),
    ],
)
def test_paths(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a.b = 1; a.c = 2; }", "{ a = { b = 1; c = 2; }; }"),
        ("{ a = { b = 1; }; a.c = 2; }", "{ a = { b = 1; c = 2; }; }"),
        ("{ a.c = 2; a = { b = 1; }; }", "{ a = { b = 1; c = 2; }; }"),
        ("{ a = rec { b = 1; }; a = { c = b; }; }", "{ a = rec { b = 1; c = b; }; }"),
        ("{ a = { b = 1; }; a = rec { c = b; }; }", "{ a = { b = 1; c = b; }; }"),
        (
            "{ a = { b.c = 1; }; a = { b.d = 2; ${e} = 3; }; }",
            '{ a = { b = { c = 1; d = 2; }; "${e}" = 3; }; }',
        ),
        ("let a.b = 1; a = { inherit (c) d; }; in a", "(let a = { inherit (c) d; b = 1; }; in a)"),
    ],
)
def test_merged_attributes(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("''''", '""'),
        ("''   ''", '""'),
        ("''\n  a\n    b\n  ''", '"a\\n  b\\n"'),
        ("''\n  a\n\n   b''", '"a\\n\\n b"'),
        ("''x\n    y''", '"x\\n    y"'),
        ("''\n\ta\n\tb\n''", '"\\ta\\n\\tb\\n"'),
        ("''\n  a\n      \n  b\n''", '"a\\n    \\nb\\n"'),
        ("''\n  a\r\n  b''", '"a\\r\\nb"'),
        ("''\n  ${a}\n   b\n  ''", '(a + "\\n b\\n")'),
        ("''\n   a\n  ${b}''", '(" a\\n" + b)'),
        ("''\n   a\n  ''$b''", '(" a\\n" + "$" + "b")'),
        ("''\n   ''\\n\n  b''", '(" " + "\\n" + "\\nb")'),
        ("''\n  ''\\n  a''", '("\\n" + "a")'),
        ("''a'''b''\\tc''", '("a" + "\'\'" + "b" + "\\t" + "c")'),
        ("''${\"a\"}''", '"a"'),
        ("''${a}''", "(a)"),
        ("''\n  a\n  ${b}\n  ''", '("a\\n" + b + "\\n")'),
    ],
)
def test_indented_strings(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a\r\nb\rc\nd"', '"a\\nb\\nc\\nd"'),
        ('"\\\r\n"', '"\\r\\n"'),
        ('"\\a\\u0041\\n"', '"au0041\\n"'),
        ('"$${a}$"', '"$\\${a}$"'),
        ('"$$${a}"', '("$$" + a)'),
        ('"\\${a}\\$b"', '"\\${a}$b"'),
        ('"${"a"}"', '("a")'),
    ],
)
def test_strings(text: str, expected: str) -> None:
    assert shown(text) == expected
