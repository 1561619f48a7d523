"""Values in error messages, traces and ``nix eval``."""

import pytest

from tvix_eval.errors import NixError
from tvix_eval.vm.show import RAISE_AT_TOP, PrintOptions, show, show_value

from ..evaluating import Program


def shown(expression: str, options: PrintOptions | None = None) -> str:
    program = Program()
    value = program.value(expression, deep=options is None)
    text = program.evaluation.run(lambda: show_value(value) if options is None else show(value, options))
    assert isinstance(text, str)
    return text.encode("latin-1").decode()


EVAL = PrintOptions(force=True, derivation_paths=True, errors=RAISE_AT_TOP)
PRETTY = PrintOptions(force=True, indent=2)
COLOURS = PrintOptions(force=True, colours=True)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("builtins.genList (i: i) 12", "[ 0 1 2 3 4 5 6 7 8 9 «2 items elided» ]"),
        (
            'builtins.listToAttrs (map (n: { name = "a${toString n}"; value = n; }) (builtins.genList (i: i) 11))',
            "{ a0 = 0; a1 = 1; a10 = 10; a2 = 2; a3 = 3; a4 = 4; a5 = 5; a6 = 6; a7 = 7; a8 = 8; «1 attribute elided» }",
        ),
        ('{ a = 1; type = "t"; }', '{ type = "t"; a = 1; }'),
        ("[[[[[[[[[[[ 1 ]]]]]]]]]]]", "[ [ [ [ [ [ [ [ [ [ [ ... ] ] ] ] ] ] ] ] ] ] ]"),
        ("[ { } { } ]", "[ { } «repeated» ]"),
        ("[ [ ] [ ] ]", "[ [ ] [ ] ]"),
    ],
)
def test_in_messages(expression: str, expected: str) -> None:
    assert shown(expression) == expected


def test_long_string_in_message() -> None:
    text = shown('builtins.concatStringsSep "" (builtins.genList (i: "ab") 600)')
    assert text == '"' + "ab" * 512 + '" «176 bytes elided»'


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{ a = throw "x"; b = [ 1 (2 + 3) ]; }', "{ a = «error: x»; b = [ 1 5 ]; }"),
        ('[ { type = "derivation"; drvPath = "/nix/store/x.drv"; } ]', "[ «derivation /nix/store/x.drv» ]"),
        ('{ type = "derivation"; }', "«derivation»"),
        ("builtins.add 1", "«partially applied primop add»"),
        ("let f = x: y: x; in [ f (f 1) ]", "[ «lambda f @ (test):1:9» «lambda f @ (test):1:12» ]"),
    ],
)
def test_forced(expression: str, expected: str) -> None:
    assert shown(expression, EVAL) == expected


def test_error_of_the_outermost_value_is_raised() -> None:
    with pytest.raises(NixError):
        shown('throw "x"', EVAL)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[ 1 ]", "[ 1 ]"),
        ("[ { } ]", "[\n  { }\n]"),
        ("{ a = { b = 1; }; }", "{\n  a = { b = 1; };\n}"),
        ("[ 1 [ 2 3 ] ]", "[\n  1\n  [\n    2\n    3\n  ]\n]"),
    ],
)
def test_pretty(expression: str, expected: str) -> None:
    assert shown(expression, PRETTY) == expected


def test_colours() -> None:
    assert shown('[ 1 "a" ]', COLOURS) == '[ \x1b[36;1m1\x1b[0m \x1b[35;1m"a"\x1b[0m ]'
