"""The evaluator as a library: conversions, threads, interruption, memory. See docs/embedding.md."""

from __future__ import annotations

import doctest
import gc
import threading
import time
import weakref
from pathlib import Path, PurePosixPath

import pytest

import tvix_eval
from tvix_eval import (
    Evaluation,
    Interrupted,
    LimitExceeded,
    NixError,
    NoIO,
    Settings,
    builtin,
    evaluate,
)

DOCS = Path(__file__).parents[2] / "docs"


def test_the_examples_of_the_documentation() -> None:
    failures, tried = doctest.testfile(
        str(DOCS / "embedding.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert tried > 20
    assert failures == 0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("null", None),
        ("true", True),
        ("9223372036854775807", (1 << 63) - 1),
        ("0.5", 0.5),
        ('"é"', "é"),
        ("/a/b", PurePosixPath("/a/b")),
        ("[ 1 [ ] { } ]", [1, [], {}]),
        ('{ "a b" = { c = "d"; }; }', {"a b": {"c": "d"}}),
    ],
)
def test_values_there_and_back(expression: str, expected: object) -> None:
    evaluation = Evaluation()
    value = evaluation.evaluate(expression)
    assert value == expected
    assert type(value) is type(expected)
    same = evaluation.evaluate("x: x")
    assert callable(same)
    assert same(value) == expected


def test_bytes_where_strings_are_not_text() -> None:
    expression = 'builtins.substring 0 1 "é"'
    with pytest.raises(NixError, match="not UTF-8"):
        evaluate(expression)
    assert Evaluation().evaluate(expression, strings=bytes) == b"\xc3"
    assert Evaluation(builtins={"x": b"\xff"}).evaluate("builtins.x", strings=bytes) == b"\xff"


@pytest.mark.parametrize("value", [1 << 63, object(), {1: 2}, Path("relative"), "a\0b"])
def test_what_has_no_value(value: object) -> None:
    with pytest.raises(NixError):
        Evaluation(builtins={"x": value})


def test_python_errors_become_errors_of_the_program() -> None:
    @builtin
    def fail(a: int) -> int:
        raise KeyError(a)

    with pytest.raises(NixError, match="KeyError: 7") as caught:
        Evaluation(builtins=[fail]).evaluate("1 + builtins.fail 7")
    assert isinstance(caught.value.__cause__, KeyError)
    assert "while calling the 'fail' builtin" in tvix_eval.explain(caught.value)
    assert evaluate("builtins.tryEval 1") == {"success": True, "value": 1}


def test_builtins_with_many_arguments_are_curried() -> None:
    @builtin
    def five(a: int, b: int, c: int, d: int, e: int) -> list[int]:
        return [a, b, c, d, e]

    evaluation = Evaluation(builtins=[five])
    assert evaluation.evaluate("let f = builtins.five 1 2; in f 3 4 5") == [1, 2, 3, 4, 5]
    assert evaluation.evaluate("builtins.five 1 2 3 4 5") == [1, 2, 3, 4, 5]


def test_a_builtin_may_evaluate() -> None:
    @builtin
    def apply(function: object, argument: int) -> object:
        assert callable(function)
        return function(argument) * 2

    assert Evaluation(builtins=[apply]).evaluate("builtins.apply (x: x + 1) 4") == 10


def test_messages_go_to_the_host() -> None:
    said: list[tuple[str, str]] = []
    evaluation = Evaluation(on_message=lambda kind, text: said.append((kind, text)))
    evaluation.evaluate('builtins.trace "é" (builtins.warn "careful" 1)')
    assert said == [("trace", "é"), ("evaluation warning", "careful")]


def test_pure_evaluation_has_no_time() -> None:
    evaluation = Evaluation(settings=Settings(pure_eval=True), io=NoIO())
    assert evaluation.evaluate("builtins ? currentTime") is False


LONG = "let f = n: if n == 0 then 0 else f (n - 1); in map (n: f 900) (builtins.genList (n: n) 200000)"


def test_another_thread_can_stop_it() -> None:
    evaluation = Evaluation()
    threading.Timer(0.2, evaluation.stop).start()
    start = time.monotonic()
    with pytest.raises(Interrupted):
        evaluation.evaluate(LONG)
    assert time.monotonic() - start < 20
    assert evaluation.evaluate("1 + 1") == 2


def test_memory_is_limited() -> None:
    evaluation = Evaluation(settings=Settings(max_memory=1))
    with pytest.raises(LimitExceeded, match="memory"):
        evaluation.evaluate(LONG)


def test_limits_hold_while_a_long_list_is_made() -> None:
    evaluation = Evaluation(settings=Settings(max_memory=1))
    with pytest.raises(LimitExceeded, match="memory"):
        evaluation.evaluate("builtins.length (builtins.genList (x: x) 1000000)")


def test_an_evaluation_that_is_dropped_is_collected() -> None:
    evaluation = Evaluation()
    evaluation.evaluate("let x = { a = x; f = n: x; }; in x.a.f 1 == x.a")
    world = evaluation.core.front
    gone = weakref.ref(evaluation)
    del evaluation
    gc.collect()
    assert gone() is None
    assert len([each for each in gc.get_referrers(world) if type(each).__name__ == "Evaluation"]) == 0
