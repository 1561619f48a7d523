"""Fixes keep the meaning: the value that an expression has, and the tree where a lint says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tvix_eval.lints.catalogue import ALL
from tvix_eval.lints.fixing import tree, write_file

from ..evaluating import show
from .linting import fixed, names

SAME_TREE = {lint.name for lint in ALL if lint.same_tree}


@pytest.mark.parametrize("name", [lint.name for lint in ALL if lint.fix])
def test_examples(name: str) -> None:
    (lint,) = [each for each in ALL if each.name == name]
    assert fixed(lint.bad) == lint.good
    if lint.same_tree:
        assert tree(lint.bad) == tree(lint.good)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let\n  a = 1;\n  b = 2;\nin\nb", "let\n  b = 2;\nin\nb"),
        ("let\r\n  a = 1;\r\n  b = 2;\r\nin\r\nb", "let\r\n  b = 2;\r\nin\r\nb"),
        ("let a = 1; b = a; c = b; in 2", "2"),
        ("let a = 1; /* why */ b = 2; in b", "let /* why */ b = 2; in b"),
        ("let a = /* why */ 1; in 2", "let a = /* why */ 1; in 2"),
        ("x: let inherit (x) a b c; in b", "x: let inherit (x) b; in b"),
        ("x: let inherit (x) a b c; in a + c", "x: let inherit (x) a c; in a + c"),
        ("x: let inherit (x) a; in 1", "x: 1"),
        ("x: let inherit x; in x", "x: x"),
        ("args@{ a, ... }: a", "{ a, ... }: a"),
        ("{ a, ... } @ args: a", "{ a, ... }: a"),
        ("x: with x;\n1", "x: 1"),
        ("x: with x; # why\n1", "x: with x; # why\n1"),
        ("{ a = let { b = 1; body = b; }; }", "{ a = rec { b = 1; body = b; }.body; }"),
        ("let { a = 1; body = a; }.b or 1", "let { a = 1; body = a; }.b or 1"),
        ("x: (x > 1) == false", "x: !(x > 1)"),
        ("x: y: !(x > 1 && y) == true", "x: y: !(x > 1 && y)"),
        ("x: true && true && x > 1", "x: x > 1"),
        ("x: if x ? a then false else true", "x: !(x ? a)"),
        ("x: if !x then true else false", "x: !x"),
        ("x: if false then (throw '''') else x", "x: x"),
        ("a: b: !(a == b) && !(a != b)", "a: b: a != b && a == b"),
        ("a: b: [ (!(a == b)) ]", "a: b: [ (a != b) ]"),
        ("a: b: c: !(a == b) -> c", "a: b: c: a != b -> c"),
        ("a: b: c: !(a == b) == c", "a: b: c: !(a == b) == c"),
        ("x: y: { } // { a = x; } // y", "x: y: { a = x; } // y"),
        ("x: [ ] ++ (x ++ [ ])", "x: (x ++ [ ])"),
        ("f: [(f)(1)]", "f: [f 1]"),
        ("f: f(1)(2)", "f: f 1 2"),
        ("f: x: f(x).y", "f: x: f x.y"),
        ("((((1))))", "1"),
        ("{ a = (1 + 1); b = (x: x); }", "{ a = 1 + 1; b = x: x; }"),
        ("x: if (x) then(1)else(2)", "x: if x then 1 else 2"),
        ("[http://a.b(1)]", '["http://a.b" 1]'),
        ("f: f http://a.b", 'f: f "http://a.b"'),
        ("assert true; 1", "1"),
        ("a: b: { a = a; b = b; c = (a); }", "a: b: { inherit a; inherit b; c = a; }"),
        ("# tvix: allow(all)\nlet a = 1; in 2", "# tvix: allow(all)\nlet a = 1; in 2"),
        ("(./a)", "./a"),
        ("(1) + (./a)", "1 + ./a"),
        ('let a = "日本"; b = 1; in (a)', 'let a = "日本"; in a'),
    ],
)
def test_fixes(text: str, expected: str) -> None:
    assert fixed(text) == expected
    assert fixed(expected) == expected


def test_what_is_fixed_is_not_found_again() -> None:
    text = "let a = 1; b = (2); in { inherit; c = rec { d = (b); }; e = if true then (1) else 2; }"
    assert fixed(text) == "let b = 2; in { c = { d = b; }; e = 1; }"
    assert names(fixed(text)) == []


LEAVES = st.sampled_from(
    ["1", "2", '"s"', "true", "false", "null", "[ ]", "{ }", "x", "y", "[ 1 ]", "{ a = 1; }"]
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    three = st.tuples(inner, inner, inner)
    name = st.sampled_from(["x", "y", "z"])
    return st.one_of(
        inner.map(lambda each: f"({each})"),
        inner.map(lambda each: f"!({each})"),
        st.tuples(st.sampled_from(["==", "!=", "&&", "||", "->", "//", "++"]), two).map(
            lambda each: f"({each[1][0]}) {each[0]} ({each[1][1]})"
        ),
        three.map(lambda each: f"(if {each[0]} then {each[1]} else {each[2]})"),
        st.tuples(name, two).map(lambda each: f"(let {each[0]} = {each[1][0]}; in {each[1][1]})"),
        st.tuples(name, name, two).map(
            lambda each: f"(let inherit {each[0]}; {each[1]}_ = {each[2][0]}; in {each[2][1]})"
        ),
        st.tuples(name, two).map(lambda each: f"(with {{ {each[0]} = {each[1][0]}; }}; {each[1][1]})"),
        st.tuples(name, name, two).map(
            lambda each: f"rec {{ {each[0]} = {each[2][0]}; q{each[1]} = {each[2][1]}; }}"
        ),
        st.tuples(name, inner).map(lambda each: f"{{ {each[0]} = {each[0]}; b.c = {each[1]}; inherit; }}"),
        st.tuples(name, two).map(lambda each: f"({each[0]}: {each[1][0]}) ({each[1][1]})"),
        st.tuples(name, two).map(
            lambda each: f"({{ {each[0]} ? {each[1][0]}, ... }}@all: {each[1][1]}) {{ }}"
        ),
        two.map(lambda each: f"[ ({each[0]}) ({each[1]}) ]"),
        two.map(lambda each: f"(assert {each[0]}; {each[1]})"),
        inner.map(lambda each: f"(let {{ a = {each}; body = a; }})"),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=12)


def value(text: str) -> str:
    """The value, or that there is none."""
    from tvix_eval.errors import NixError

    try:
        return show(text)
    except NixError:
        return "no value"


@given(EXPRESSIONS)
@settings(max_examples=400, deadline=None)
def test_the_value_stays_the_same(expression: str) -> None:
    text = "let x = 1; y = true; z = { a = 2; }; in [ x y z ] ++ [ (" + expression + ") ]"
    before = value(text)
    after = value(fixed(text))
    assert before == after or before == "no value"


def test_files_are_replaced_at_once(tmp_path: Path) -> None:
    file = tmp_path / "a.nix"
    file.write_text("old")
    file.chmod(0o640)
    link = tmp_path / "link.nix"
    link.symlink_to(file)
    write_file(str(link), "\xc3\xa4")
    assert link.is_symlink() and file.read_text() == "ä" and file.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["a.nix", "link.nix"]
    with pytest.raises(OSError):
        write_file(str(tmp_path / "none" / "a.nix"), "")
