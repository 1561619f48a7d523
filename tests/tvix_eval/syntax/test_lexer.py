"""Where tokens begin and end."""

import pytest

from tvix_eval.errors import NixError

from .support import error, kinds, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-b", "ID"),
        ("a -b", "ID MINUS ID"),
        ("a'", "ID"),
        ("_x'-9", "ID"),
        ("inherit", "INHERIT"),
        ("inherits", "ID"),
        ("or ors", "OR_KEYWORD ID"),
        ("with then else let in rec assert if", "WITH THEN ELSE LET IN REC ASSERT IF"),
        ("wit1 thin els_ lat im", "ID ID ID ID ID"),
        ("a.b.c", "ID DOT ID DOT ID"),
        ("{}.a", "LBRACE RBRACE DOT ID"),
        ("... ..", "ELLIPSIS DOT DOT"),
        ("==!=<=>=", "EQ NEQ LEQ GEQ"),
        ("= = ! < >", "ASSIGN ASSIGN BANG LESS GREATER"),
        ("&&||->//++", "AND OR IMPL UPDATE CONCAT"),
        ("<| |>", "PIPE_FROM PIPE_INTO"),
        ("+ - * / ? : @ ; ,", "PLUS MINUS TIMES DIVIDE QUESTION COLON AT SEMICOLON COMMA"),
        ("([])", "LPAREN LBRACKET RBRACKET RPAREN"),
        ("a & b", "ID INVALID"),
        ("$x", "INVALID"),
        ("\x0c", "INVALID"),
        ("\xef\xbb\xbf1", "INVALID"),
        ("'x", "INVALID"),
    ],
)
def test_names_and_operators(text: str, expected: str) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 007", [("INT", "1"), ("INT", "007")]),
        ("1.", [("FLOAT", "1.")]),
        ("1.5e-3", [("FLOAT", "1.5e-3")]),
        ("1.e+x", [("FLOAT", "1."), ("ID", "e"), ("PLUS", "+"), ("ID", "x")]),
        ("1e5", [("INT", "1"), ("ID", "e5")]),
        (".5", [("FLOAT", ".5")]),
        ("0.5", [("FLOAT", "0.5")]),
        ("0.", [("INT", "0"), ("DOT", ".")]),
        ("00.5", [("INT", "00"), ("FLOAT", ".5")]),
        ("01.5", [("INT", "01"), ("FLOAT", ".5")]),
        ("1.5.5", [("FLOAT", "1.5"), ("FLOAT", ".5")]),
        ("-1", [("MINUS", "-"), ("INT", "1")]),
        ("9223372036854775807", [("INT", "9223372036854775807")]),
        ("000000000000000000001", [("INT", "000000000000000000001")]),
    ],
)
def test_numbers(text: str, expected: list[tuple[str, str]]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    "text", ["1.0e400", "5.0e-324", "2.0e-308", "1.0e-400", "0." + "0" * 320 + "1", "1.0e-00000000000320"]
)
def test_floats_out_of_range(text: str) -> None:
    assert error(" " + text) == (f"invalid float '{text}'", 1)


def test_an_exact_subnormal_is_in_range() -> None:
    exact = format(2.0**-1074, ".1074f")
    assert tokens(exact) == [("FLOAT", exact)]
    assert tokens("0.0e-999") == [("FLOAT", "0.0e-999")]
    assert tokens("2.2250738585072014e-308") == [("FLOAT", "2.2250738585072014e-308")]


def test_integers_out_of_range() -> None:
    for text in "9223372036854775808", "99999999999999999999", "1" * 5000:
        assert error(text) == (f"invalid integer '{text}'", 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/b", [("PATH", "a/b"), ("PATH_END", "a/b")]),
        ("./a.b/c-d+e", [("PATH", "./a.b/c-d+e"), ("PATH_END", "./a.b/c-d+e")]),
        ("1-2/3 ", [("PATH", "1-2/3"), ("PATH_END", "1-2/3")]),
        ("-/x ", [("PATH", "-/x"), ("PATH_END", "-/x")]),
        ("a.b/c ", [("PATH", "a.b/c"), ("PATH_END", "a.b/c")]),
        ("a'.b/c ", [("ID", "a'"), ("PATH", ".b/c"), ("PATH_END", ".b/c")]),
        ("a /b ", [("ID", "a"), ("PATH", "/b"), ("PATH_END", "/b")]),
        ("a / b", [("ID", "a"), ("DIVIDE", "/"), ("ID", "b")]),
        ("a/ b", [("ID", "a"), ("DIVIDE", "/"), ("ID", "b")]),
        ("a//b", [("ID", "a"), ("UPDATE", "//"), ("ID", "b")]),
        ("~/x ", [("HOME_PATH", "~/x"), ("PATH_END", "~/x")]),
        ("~x", [("INVALID", "~")]),
        ("<n/x.y>", [("SEARCH_PATH", "<n/x.y>")]),
        ("<n/>", [("LESS", "<"), ("ID", "n"), ("DIVIDE", "/"), ("GREATER", ">")]),
        ("a <b", [("ID", "a"), ("LESS", "<"), ("ID", "b")]),
        ("x:x", [("URI", "x:x")]),
        ("x: x", [("ID", "x"), ("COLON", ":"), ("ID", "x")]),
        ("a+b.c-d:%/?~'", [("URI", "a+b.c-d:%/?~'")]),
        ("a_b:c", [("ID", "a_b"), ("COLON", ":"), ("ID", "c")]),
        ("a_x.b:c", [("ID", "a_x"), ("DOT", "."), ("URI", "b:c")]),
        ("1:2", [("INT", "1"), ("COLON", ":"), ("INT", "2")]),
    ],
)
def test_paths_and_uris(text: str, expected: list[tuple[str, str]]) -> None:
    # At the end of the file, the end of a path has the place of what precedes the path.
    assert tokens(text)[: len(expected) - 1] == expected[:-1] or tokens(text) == expected
    assert [kind for kind, _ in tokens(text)] == [kind for kind, _ in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./${a}b/c", "PATH INTERPOLATION ID RBRACE STRING_TEXT PATH_END"),
        ("/${a}", "PATH INTERPOLATION ID RBRACE PATH_END"),
        ("~/${a}${b}", "HOME_PATH INTERPOLATION ID RBRACE INTERPOLATION ID RBRACE PATH_END"),
        ("a/b${{}}", "PATH INTERPOLATION LBRACE RBRACE RBRACE PATH_END"),
        ("./a//b", "PATH STRING_TEXT PATH_END"),
        ("a${b}", "ID INTERPOLATION ID RBRACE"),
    ],
)
def test_interpolated_paths(text: str, expected: str) -> None:
    assert kinds(text) == expected


def test_a_path_cannot_end_in_a_slash() -> None:
    assert error("./a/") == ("path has a trailing slash", 0)
    assert error("./a/ b") == ("path has a trailing slash", 4)
    assert error("./a${1}/") == ("path has a trailing slash", 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a$"', [("QUOTE", '"'), ("STRING_TEXT", "a$"), ("QUOTE", '"')]),
        ('"$$"', [("QUOTE", '"'), ("STRING_TEXT", "$$"), ("QUOTE", '"')]),
        ('"$${"', [("QUOTE", '"'), ("STRING_TEXT", "$${"), ("QUOTE", '"')]),
        ('"\\${"', [("QUOTE", '"'), ("STRING_TEXT", "\\${"), ("QUOTE", '"')]),
        ('"$\\""', [("QUOTE", '"'), ("STRING_TEXT", '$\\"'), ("QUOTE", '"')]),
        ('"a\\', [("QUOTE", '"'), ("STRING_TEXT", "a")]),
        ('"a$', [("QUOTE", '"'), ("STRING_TEXT", "a")]),
        ("''  \n a''", [("INDENTED_OPEN", "''  \n"), ("INDENTED_TEXT", " a"), ("INDENTED_CLOSE", "''")]),
        ("''  a''", [("INDENTED_OPEN", "''"), ("INDENTED_TEXT", "  a"), ("INDENTED_CLOSE", "''")]),
        ("''$''$$'''", [("INDENTED_OPEN", "''")] + [("INDENTED_TEXT", x) for x in ("$", "''$", "$", "'''")]),
        ("''''\\na'b", [("INDENTED_OPEN", "''"), ("INDENTED_TEXT", "''\\n"), ("INDENTED_TEXT", "a'b")]),
        ("''$${'$", [("INDENTED_OPEN", "''")] + [("INDENTED_TEXT", x) for x in ("$${", "'", "$")]),
    ],
)
def test_strings(text: str, expected: list[tuple[str, str]]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 # a\r2", "INT INT"),
        ("1 # a\r\n2", "INT INT"),
        ("/* /* */ 1", "INT"),
        ("/**/ 1 /***/ 2", "INT INT"),
        ("/* a", "DIVIDE TIMES ID"),
        ("/*/ 1", "DIVIDE TIMES DIVIDE INT"),
        ("1 # \0 x\n2", "INT INT"),
        ("1 \0 2", "INT"),
    ],
)
def test_comments_and_nul(text: str, expected: str) -> None:
    assert kinds(text) == expected


def test_nul_in_strings() -> None:
    message = (
        "input string 'a\xe2\x90\x80b' cannot be represented as Nix string because it contains null bytes"
    )
    assert error('"a\0b"') == (message, 1)
    assert error("''a\0b''") == (message, 2)
    assert error('1 "a\0b', kind=NixError) == (message, 3)
