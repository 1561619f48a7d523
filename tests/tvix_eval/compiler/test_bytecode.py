"""Bytecode: complete descriptions, and what is delayed."""

from __future__ import annotations

import pytest

from tvix_eval.compiler import bytecode
from tvix_eval.compiler.bytecode import NAMES, OPERANDS, Chunk
from tvix_eval.compiler.code_cache import decode, encode
from tvix_eval.compiler.compiler import compile_tree
from tvix_eval.compiler.disassembler import disassemble
from tvix_eval.compiler.resolver import resolve
from tvix_eval.errors import Source, UndefinedVarError
from tvix_eval.syntax.parser import parse
from tvix_eval.syntax.settings import ParseSettings

KNOWN = frozenset(["true", "false", "null", "__sub", "__lessThan", "map"])


def compile_text(text: str) -> Chunk:
    parsed = parse(text, "test", ParseSettings())
    size = resolve(parsed.root, KNOWN, parsed.symbols, 1000)
    return compile_tree(parsed.root, parsed.symbols, size, [], 1000)


def listing(text: str) -> str:
    return disassemble(compile_text(text), Source("test", text, False))


def operations(text: str) -> list[str]:
    """The instructions of the last region, which is the whole source."""
    main = listing(text).split("(the whole source):\n")[1]
    return [line.split()[1] for line in main.splitlines()]


def test_every_instruction_has_a_name_and_a_description() -> None:
    for number, name in enumerate(NAMES):
        assert getattr(bytecode, name) == number
    numbers = [value for name, value in vars(bytecode).items() if name.isupper() and type(value) is int]
    assert len(numbers) == len(NAMES) + 1, "an instruction without a name (the other one is VERSION)"
    assert set(OPERANDS) <= set(range(len(NAMES)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2", "INT INT ADD END"),
        ("a: b: a", "LAMBDA END"),
        ("[ 1 (1 + 1) [ ] ]", "INT DELAY EMPTY_LIST LIST END"),
        ("let x = 1; in x", "INT LOCAL LET END"),
        ("{ a = 1; b = map; }", "INT GLOBAL ATTRS END"),
        ("1 - 2 < 3", "INT INT SUB INT LESS END"),
        ("let __sub = a: a; in 1 - 2", "LAMBDA LOCAL INT INT CALL LET END"),
        ("{ a = 1; }.a.b or 2", "INT ATTRS CONST CONST INT SELECT_PATH_OR END"),
        ('"a${"b"}"', "CONST CONST INTERPOLATE END"),
        ("9223372036854775807", "CONST END"),
        ("if true then 1 else 2", "TRUE INT INT IF END"),
        ("with { }; a", "ATTRS WITH_VAR WITH END"),
    ],
)
def test_code(text: str, expected: str) -> None:
    assert " ".join(operations(text)) == expected


def test_the_listing_names_what_operands_mean() -> None:
    text = listing("let f = x: x.name or null; in f { }")
    assert "name='name'" in text
    assert "params" not in text
    assert "[arg='x' name='f' at=1:9]" in text


def test_floats_are_not_the_integers_they_equal() -> None:
    chunk = compile_text("[ 9223372036854775807 1.0 9223372036854775807.0 ]")
    assert [type(each) for each in chunk.constants] == [int, float, float]


def test_deep_expressions_are_cut_into_counted_regions() -> None:
    assert "DEEPER" in listing("!" * 40 + "true")
    assert "DEEPER" not in listing("!" * 8 + "true")


def test_a_chunk_survives_being_saved() -> None:
    chunk = compile_text(
        'rec { a = ./b; inherit ({ c = 1; }) c; ${"d" + "e"} = 2.5; }.a or (x: { y ? 1 }: x)'
    )
    again = decode(encode(chunk))
    assert again is not None
    source = Source("test", "", False)
    assert disassemble(again, source) == disassemble(chunk, source)
    assert (again.symbols, again.frame_size) == (chunk.symbols, chunk.frame_size)
    assert decode(b"") is None
    assert decode(encode(chunk)[:-3]) is None


def test_the_first_undefined_variable_is_the_one_that_nix_reports() -> None:
    with pytest.raises(UndefinedVarError, match="undefined variable 'b'"):
        compile_text("let x = { z = b; a = c; }; in d")
    with pytest.raises(UndefinedVarError, match="undefined variable 'a'"):
        compile_text("a.b or c")
