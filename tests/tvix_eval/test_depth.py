"""However deep a program nests, it gets its value or an error of Nix's: the process never crashes.

Each case is a process with bounded memory. Uncompiled, the depths are smaller: the same code
is ten times slower and a call takes more memory.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import COMPILED, run

MILLION = 1_000_000 if COMPILED else 100_000
SOME = 200_000 if COMPILED else 20_000
MEMORY = 12 << 30
UNBOUNDED = ["--max-call-depth", "100000000"]

CALL_DEPTH = "stack overflow; max-call-depth exceeded"
STACK = "stack overflow (possible infinite recursion)"

RECURSION = "let f = n: if n == 0 then 0 else 1 + f (n - 1); in f "
ENDLESS = "let f = n: 1 + f (n + 1); in f 0"


def numbers(count: int) -> str:
    return f"(builtins.genList (i: i) {count})"


def deep_list(count: int) -> str:
    return f"(builtins.foldl' (a: i: [ a ]) [ ] {numbers(count)})"


def deep_set(count: int) -> str:
    return f"(builtins.foldl' (a: i: {{ v = a; }}) {{ }} {numbers(count)})"


class TestCalls:
    def test_default_bound(self, tmp_path: Path) -> None:
        made = run(tmp_path, "-E", RECURSION + "1000000", address_space=MEMORY)
        assert made.code == 1 and f"error: {CALL_DEPTH}" in made.err
        assert run(tmp_path, "-E", RECURSION + "4000").out == "4000\n"

    def test_a_given_bound(self, tmp_path: Path) -> None:
        made = run(
            tmp_path, "--max-call-depth", "2000000", "-E", RECURSION + str(MILLION), address_space=MEMORY
        )
        assert (made.code, made.out, made.err) == (0, f"{MILLION}\n", "")
        assert CALL_DEPTH in run(tmp_path, "--max-call-depth", "10", "-E", RECURSION + "20").err

    def test_builtins_in_builtins(self, tmp_path: Path) -> None:
        """Also those that are called as Python objects, which Python itself counts."""
        expression = 'let f = n: if n == 0 then "x" else builtins.hashString "md5" (f (n - 1)); in f '
        made = run(tmp_path, "-E", expression + "3000")
        assert (made.code, made.err, len(made.out)) == (0, "", 35)
        made = run(tmp_path, "-E", expression + "1000000", address_space=MEMORY)
        assert made.code == 1 and f"error: {CALL_DEPTH}" in made.err

    def test_no_bound(self, tmp_path: Path) -> None:
        made = run(tmp_path, *UNBOUNDED, "-E", ENDLESS, address_space=MEMORY)
        assert made.code == 1 and f"error: {STACK}" in made.err

    def test_the_bound_can_not_be_caught(self, tmp_path: Path) -> None:
        made = run(tmp_path, "-E", f"builtins.tryEval ({ENDLESS})", address_space=MEMORY)
        assert made.code == 1 and f"error: {CALL_DEPTH}" in made.err

    @pytest.mark.parametrize(
        "expression",
        [
            "let f = { __functor = f; }; in f 0",
            "let f = { __functor = self: x: f x; }; in f 0",
            "let s = { __toString = self: s; }; in toString s",
            "let s = { outPath = s; }; in toString s",
            "let s = [ s ]; in toString s",
            "let a = { v = a; }; b = { v = b; }; in a == b",
            "let a = [ a ]; b = [ b ]; in a == b",
            "let f = n: { v = f (n + 1); }; in builtins.deepSeq (f 0) 1",
            "let f = n: [ (f (n + 1)) ]; in builtins.toJSON (f 0)",
            "let f = n: map f [ n ]; in builtins.deepSeq (f 0) 1",
            "let f = n: builtins.foldl' (a: i: a + f i) 0 [ n ]; in f 0",
            "let f = a: b: builtins.sort f [ a b ] == [ ]; in f 1 2",
            'let f = n: builtins.addErrorContext "again" (f (n + 1)); in f 0',
            'let f = n: "${f (n + 1)}"; in f 0',
            "let f = n: with f (n + 1); x; in f 0",
            "let f = n: assert f (n + 1); 1; in f 0",
            "let f = n: { x ? f (n + 1) { } }: x; in f 0 { }",
            "let f = n: builtins.tryEval (f (n + 1)); in f 0",
        ],
    )
    def test_endless(self, tmp_path: Path, expression: str) -> None:
        made = run(tmp_path, "--strict", "-E", expression, address_space=MEMORY)
        assert made.code == 1 and "error: stack overflow" in made.err
        if COMPILED:
            made = run(tmp_path, *UNBOUNDED, "--strict", "-E", expression, address_space=MEMORY // 6)
            assert made.code == 1 and ("error: stack overflow" in made.err or "infinite" in made.err), made


class TestThunks:
    """What was put off for long is forced through a chain as long."""

    def test_a_chain_of_sums(self, tmp_path: Path) -> None:
        chain = f"(builtins.foldl' (a: i: {{ v = a.v + 1; }}) {{ v = 0; }} {numbers(SOME)}).v"
        made = run(tmp_path, "-E", chain, address_space=MEMORY)
        assert (made.code, made.out, made.err) == (0, f"{SOME}\n", "")

    def test_a_list_of_itself(self, tmp_path: Path) -> None:
        elements = f"builtins.genList (i: if i == 0 then 0 else builtins.elemAt xs (i - 1) + 1) {SOME}"
        chain = f"let xs = {elements}; in builtins.elemAt xs {SOME - 1}"
        assert CALL_DEPTH in run(tmp_path, "-E", chain, address_space=MEMORY).err
        made = run(tmp_path, *UNBOUNDED, "-E", chain, address_space=MEMORY)
        assert (made.code, made.out, made.err) == (0, f"{SOME - 1}\n", "")

    def test_functions_composed(self, tmp_path: Path) -> None:
        composed = f"builtins.foldl' (f: i: x: f (x + 1)) (x: x) {numbers(SOME)} 0"
        made = run(tmp_path, *UNBOUNDED, "-E", composed, address_space=MEMORY)
        assert (made.code, made.out, made.err) == (0, f"{SOME}\n", "")

    def test_maps_of_maps(self, tmp_path: Path) -> None:
        mapped = f"builtins.head (builtins.foldl' (xs: i: map (x: x + 1) xs) [ 0 ] {numbers(SOME)})"
        made = run(tmp_path, *UNBOUNDED, "-E", mapped, address_space=MEMORY)
        assert (made.code, made.out, made.err) == (0, f"{SOME}\n", "")


class TestValues:
    """Lists in lists and sets in sets, whatever is done with them."""

    USES = [
        "VALUE",
        "builtins.deepSeq VALUE true",
        "VALUE == VALUE",
        "builtins.stringLength (builtins.toJSON VALUE) > 0",
        "builtins.trace VALUE true",
    ]

    @pytest.mark.parametrize("use", [*USES, "builtins.stringLength (builtins.toXML VALUE) > 0"])
    @pytest.mark.parametrize("value", [deep_list(MILLION), deep_set(MILLION)], ids=["list", "set"])
    def test_default_bound(self, tmp_path: Path, value: str, use: str) -> None:
        made = run(tmp_path, "-E", use.replace("VALUE", value), address_space=MEMORY)
        assert made.code == 1 and f"error: {CALL_DEPTH}" in made.err

    @pytest.mark.parametrize("use", USES)
    @pytest.mark.parametrize("value", [deep_list(SOME), deep_set(SOME)], ids=["list", "set"])
    def test_a_higher_bound(self, tmp_path: Path, value: str, use: str) -> None:
        expression = use.replace("VALUE", value)
        made = run(tmp_path, *UNBOUNDED, "--strict", "-E", expression, address_space=MEMORY)
        assert (made.code, made.err[:200] if "trace" not in use else "") == (0, "")
        assert made.out == "true\n" or made.out.count("[" if "[ a ]" in value else "{") == SOME + 1

    @pytest.mark.parametrize("value", [deep_list(MILLION), deep_set(MILLION)], ids=["list", "set"])
    @pytest.mark.parametrize("form", ["--strict", "--json", "--xml"])
    def test_output(self, tmp_path: Path, value: str, form: str) -> None:
        made = run(tmp_path, "--strict", form, "-E", value, address_space=MEMORY)
        assert made.code == 1 and f"error: {CALL_DEPTH}" in made.err

    @pytest.mark.parametrize("value", [deep_list(MILLION), deep_set(MILLION)], ids=["list", "set"])
    def test_in_messages(self, tmp_path: Path, value: str) -> None:
        made = run(tmp_path, "-E", value + " + 1", address_space=MEMORY)
        assert made.code == 1 and "error: cannot coerce a" in made.err and len(made.err) < 5000

    def test_can_be_made_and_dropped(self, tmp_path: Path) -> None:
        dropped = f"builtins.foldl' (a: i: builtins.seq {deep_list(SOME)} a) 1 [ 1 2 3 ]"
        assert run(tmp_path, "-E", dropped, address_space=MEMORY).out == "1\n"


class TestText:
    """Source text that nests. The parser has no bound; what is evaluated later has the machine's."""

    @pytest.mark.parametrize(
        ("opening", "middle", "closing", "printed"),
        [
            ("[", "", "]", "[ <CODE> ]"),
            ("(", "1", ")", "1"),
            ("{a=", "1", ";}", "{ a = <CODE>; }"),
            ("let a = ", "1", "; in a", "1"),
            ("let a = 1; in ", "a", "", "1"),
            ("(x: ", "1", ")", "<LAMBDA>"),
            ("{ x ? ", "1", " }: 1", "<LAMBDA>"),
            ("with {}; ", "1", "", "1"),
            ("assert true; ", "1", "", "1"),
            ("if true then ", "1", " else 2", "1"),
            ("if false then 2 else ", "1", "", "1"),
            ("1 + ", "1", "", str(MILLION + 1)),
            ("[ ] ++ ", "[ ]", "", "[ ]"),
            ("{ } // ", "{ }", "", "{ }"),
            ("true && ", "true", "", "true"),
            ("((x: x) ", "1", ")", "1"),
            ("{ }.a or ", "1", "", "1"),
            ('"${', '"a"', '}"', '"a"'),
            ("''${", '"a"', "}''", '"a"'),
            ("", "{ a = 1; } ? a", ".a", "false"),
        ],
    )
    def test_a_million(self, tmp_path: Path, opening: str, middle: str, closing: str, printed: str) -> None:
        text = opening * MILLION + middle + closing * MILLION
        made = run(tmp_path, "--no-code-cache", "-", stdin=text, address_space=MEMORY)
        if made.code == 1 and "<" not in printed:
            assert "error: stack overflow" in made.err
        else:
            assert (made.code, made.out, made.err) == (0, printed + "\n", "")

    def test_what_never_ends(self, tmp_path: Path) -> None:
        for opening in ("[", "(", "{a=", "let a = ", "x: ", '"${', "''${", "if ", "f (", "-", "{ x ? "):
            made = run(tmp_path, "-", stdin=opening * SOME, address_space=MEMORY)
            assert made.code == 1 and "error: syntax error, unexpected end of file" in made.err

    def test_trees_are_shown(self, tmp_path: Path) -> None:
        made = run(tmp_path, "--parse", "-", stdin="[" * MILLION + "]" * MILLION, address_space=MEMORY)
        assert made.code == 0 and made.out.count("[") == MILLION
        made = run(
            tmp_path, "--dump-bytecode", "-", stdin="(" * SOME + "1" + ")" * SOME, address_space=MEMORY
        )
        assert made.code == 0 and "INT" in made.out

    @pytest.mark.parametrize(
        "expression",
        [
            'builtins.typeOf (builtins.fromJSON (repeat "[" + repeat "]"))',
            'builtins.typeOf (builtins.fromJSON (repeat \'\'{"a":\'\' + "1" + repeat "}"))',
            'builtins.typeOf (builtins.fromTOML ("a=" + repeat "[" + repeat "]"))',
            'builtins.typeOf (builtins.fromTOML ("a=" + repeat "{a=" + "1" + repeat "}"))',
            'builtins.typeOf (builtins.match (repeat "(" + "a" + repeat ")") "a")',
            'builtins.typeOf (builtins.match "(a|b)*" (repeat "a"))',
        ],
    )
    def test_texts_that_builtins_read(self, tmp_path: Path, expression: str) -> None:
        repeat = f'let repeat = s: builtins.concatStringsSep "" (builtins.genList (i: s) {SOME}); in '
        made = run(tmp_path, "-E", repeat + expression, address_space=MEMORY)
        assert (made.code == 0 and made.err == "") or (made.code == 1 and "error:" in made.err)
        assert "internal error" not in made.err
