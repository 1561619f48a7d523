"""Thunks: what is evaluated when, once, and what becomes of failures."""

from __future__ import annotations

import pytest

from ..evaluating import Program, message, show


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "{ a = 1; b = 1 + 1; c = x: x; d = [ ]; e = { }; f = -1; }",
            "{ a = 1; b = <CODE>; c = <CODE>; d = [ ]; e = <CODE>; f = <CODE>; }",
        ),
        ("[ (1 + 1) (x: x) { a = 1; } [ 1 ] [ ] 2 ]", "[ <CODE> <CODE> <CODE> <CODE> [ ] 2 ]"),
        ("let x = { a = 1; }; in [ x.a ]", "[ <CODE> ]"),
        ("rec { b = 1; a = b; }", "{ a = 1; b = 1; }"),
        ("rec { a = b; b = 1; }", "{ a = <CODE>; b = 1; }"),
        ("with { x = 1; }; [ x ]", "[ <CODE> ]"),
        ("let s = { a = 1 + 1; }; in builtins.deepSeq s s", "{ a = 2; }"),
    ],
)
def test_what_is_shown_before_it_is_forced(text: str, shown: str) -> None:
    assert show(text, deep=False) == shown


def test_a_thunk_is_evaluated_once() -> None:
    program = Program()
    assert program.show('let x = builtins.trace "once" 1; in [ (x + x) x ]') == "[ 2 1 ]"
    assert program.said == [("trace", "once")]


def test_a_failure_is_remembered() -> None:
    program = Program()
    text = 'let x = builtins.trace "once" (throw "no"); t = builtins.tryEval x; in [ t (builtins.tryEval x) ]'
    failed = "{ success = false; value = false; }"
    assert program.show(text) == f"[ {failed} {failed} ]"
    assert program.said == [("trace", "once")]


def test_a_black_hole_is_not_left_behind() -> None:
    text = "let a = if b then 1 else 2; b = a == 1; in builtins.tryEval a"
    assert message(text) == "infinite recursion encountered"


@pytest.mark.parametrize(
    "text",
    [
        "let x = x; in x",
        "rec { a = b; b = a; }.a",
        "let s = s // { a = 1; }; in s.a",
        "let x = { a = x.a; }; in x.a",
    ],
)
def test_infinite_recursion_is_found(text: str) -> None:
    assert message(text) == "infinite recursion encountered"


def test_arguments_that_a_function_forces_fail_where_it_forces_them() -> None:
    frames = "… while evaluating a branch condition"
    assert frames in Program().error('let f = c: if c then 1 else 2; in f (throw "x")')


def test_a_failing_argument_keeps_the_next_from_being_evaluated() -> None:
    program = Program()
    program.error('let f = a: b: a + b; in f (throw "x") (builtins.trace "evaluated" 1)')
    assert program.said == []


def test_default_arguments_see_each_other_and_the_whole() -> None:
    assert show("({ a ? b, b ? 1 }: a) { }") == "1"
    assert show("(whole@{ a ? whole }: a) { }") == "{ }"
    assert show("({ a, ... }@whole: whole) { a = 1; b = 2; }") == "{ a = 1; b = 2; }"


def test_overrides_replace_what_the_others_see() -> None:
    assert show("rec { __overrides = { c = 3; }; c = 1; b = c; }.b") == "3"
