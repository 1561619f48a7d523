"""What is said about sources that are not expressions, where, and what is said first."""

import pytest

from tvix_eval.errors import ParseError
from tvix_eval.syntax.settings import ParseSettings

from .support import error, result


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("", "unexpected end of file", 0),
        ("1 +", "unexpected end of file", 3),
        ("1 +  \n", "unexpected end of file", 6),
        ("1 )", "unexpected ')', expecting end of file", 2),
        ("(1", "unexpected end of file, expecting ')'", 2),
        ("[ 1 - 1 ]", "unexpected '-'", 4),
        ("1 == 2 == 3", "unexpected '=='", 7),
        ("if 1 2", "unexpected end of file, expecting 'then'", 6),
        ("let a = 1; b", "unexpected end of file, expecting '.' or '='", 12),
        ("{ a", "unexpected end of file, expecting '.' or '='", 3),
        ("{ a, ", "unexpected end of file, expecting identifier or '...' or '}'", 5),
        ("{ a, ... , b }: a", "unexpected ',', expecting '}'", 9),
        ("x@", "unexpected end of file, expecting '{'", 2),
        ("a. 1", "unexpected integer, expecting identifier or 'or' or '${' or '\"'", 3),
        ('"a', "unexpected end of file, expecting '\"'", 2),
        ('"a\\', "unexpected end of file, expecting '\"'", 3),
        ("''a", "unexpected end of file, expecting indented string or '${' or end of an indented string", 3),
        ("./a//b", "unexpected end of path, expecting '${'", 0),
        ("(./a", "unexpected end of file, expecting ')'", 1),
        ("(./a ;", "unexpected ';', expecting ')'", 5),
        ("1 |> 2 <| 3", "unexpected '<|', expecting end of file", 7),
        ("a \xff", "unexpected invalid token, expecting end of file", 2),
        ("(1 \0 2)", "unexpected end of file, expecting ')'", 4),
    ],
)
def test_syntax_errors(text: str, message: str, offset: int) -> None:
    assert error(text, kind=ParseError) == ("syntax error, " + message, offset)


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("{ a = 1; a = 2; }", "attribute 'a' already defined at test.nix:1:3", 9),
        ("{ a.b = 1; a.b.c = 2; }", "attribute 'a.b' already defined at test.nix:1:3", 11),
        ('{ a."b c" = 1; a = { "b c" = 2; }; }', "attribute 'a.\"b c\"' already defined at test.nix:1:3", 21),
        ("{ a = { b = 1; }; a.b = 2; }", "attribute 'a.b' already defined at test.nix:1:9", 18),
        ("{ inherit a;\n a = 1; }", "attribute 'a' already defined at test.nix:1:11", 14),
        ("{ a = 1; inherit (x) b a; }", "attribute 'a' already defined at test.nix:1:3", 23),
        ("let a = 1; a = 2; in a", "attribute 'a' already defined at test.nix:1:5", 11),
        ("{ a, a }: 1", "duplicate formal function argument 'a'", 5),
        ("{ b, a, a, b }: 1", "duplicate formal function argument 'b'", 11),
        ("a: { b, a, b, a }: 1", "duplicate formal function argument 'b'", 11),
        ("{ a }@a: 1", "duplicate formal function argument 'a'", 0),
        ("a@{ a }: 1", "duplicate formal function argument 'a'", 0),
        ('let ${"a" + "b"} = 1; in 1', "dynamic attributes not allowed in let", 0),
        ("{ inherit ${a}; }", "dynamic attributes not allowed in inherit", 10),
    ],
)
def test_what_is_defined_twice(text: str, message: str, offset: int) -> None:
    assert error(text, kind=ParseError) == (message, offset)


def test_names_known_before_decide_which_duplicate_is_told() -> None:
    with pytest.raises(ParseError) as caught:
        result("{ b, a, a, b }: 1", known={"a": 0})
    assert caught.value.message == "duplicate formal function argument 'a'"


def test_merged_names_are_compared_in_their_order() -> None:
    text = "{ a = { p = 1; q = 1; }; a = { q = 2; p = 2; }; }"
    assert error(text)[0].startswith("attribute 'a.p' already defined")
    assert error("[ q " + text + "]")[0].startswith("attribute 'a.q' already defined")


def test_the_first_error_is_told() -> None:
    assert error("{ a = 1; a = 2; } )")[0].startswith("attribute 'a'")
    assert error("{ a = 1; a = 2 } )")[0].startswith("syntax error")
    assert error("{ a = 1; a = 2; 99999999999999999999")[0].startswith("attribute 'a'")


def test_pipe_operators_must_be_enabled() -> None:
    message = (
        "experimental Nix feature 'pipe-operators' is disabled; "
        "add '--extra-experimental-features pipe-operators' to enable it"
    )
    assert error("1 |> f", ParseSettings()) == (message, 2)
    assert error("f <| 1", ParseSettings()) == (message, 2)


def test_too_many_formals() -> None:
    text = "{ " + ", ".join(f"a{n}" for n in range(65536)) + " }: 1"
    assert error(text) == ("too many formal arguments, implementation supports at most 65535", 0)


def test_home_paths_in_pure_evaluation() -> None:
    assert error("~/x", ParseSettings(pure_eval=True)) == (
        "the path '~/x' can not be resolved in pure mode",
        -1,
    )
