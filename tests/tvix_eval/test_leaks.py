"""Evaluations leave nothing behind: what a host evaluates one after the other takes no more and more memory."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from tvix_eval import Evaluation, NixError, evaluate
from tvix_eval.polling import resident_memory
from tvix_eval.vm import shapes, strings

WARM_UP = 20
COUNT = 200
MEMORY = 4 << 20  # bytes; a leak of one small evaluation in ten is more
STORE_PATH = "/nix/store/00000000000000000000000000000000-"


def program(number: int) -> str:
    """Cycles, functions, errors that are caught, strings with context; names that no other has."""
    return f"""
      let
        made = builtins.genList (n: {{ a{number} = n; add = x: x + n; everything = made; }}) 50;
        path = "{STORE_PATH}p{number}";
        text = builtins.appendContext path {{ ${{path}}.path = true; }};
        looping = {{ self = looping; inherit text; }};
      in
      map (each: each.add (builtins.stringLength looping.self.self.text)) made
      ++ [ (builtins.tryEval (throw "x")).success (builtins.match "(a+)b" "aab{number}") ]
    """


def evaluate_failing(number: int) -> None:
    with pytest.raises(NixError) as caught:
        evaluate(f'let f = x: throw "wrong ${{toString x}}"; in map f [ {number} ]')
    assert str(caught.value) == f"wrong {number}"


def growth(work: Callable[[int], object]) -> tuple[int, int]:
    """Objects and bytes of memory that work leaves behind, when it is done `COUNT` times."""
    for number in range(WARM_UP):
        work(number)
    gc.collect()
    objects, memory = len(gc.get_objects()), resident_memory()
    for number in range(WARM_UP, WARM_UP + COUNT):
        work(number)
    gc.collect()
    return len(gc.get_objects()) - objects, resident_memory() - memory


def one_for_all() -> Callable[[int], object]:
    evaluation = Evaluation()
    return lambda number: evaluation.evaluate("[ 1 ] ++ map (x: { inherit x; }) [ 2 ]")


@pytest.mark.parametrize(
    "work",
    [lambda number: evaluate(program(0)), lambda number: evaluate(program(number)), evaluate_failing],
    ids=["the same program", "different programs", "errors"],
)
def test_evaluations_leave_nothing(work: Callable[[int], object]) -> None:
    objects, memory = growth(work)
    assert objects < COUNT // 2
    assert memory < MEMORY


def test_an_evaluation_remembers_only_its_sources() -> None:
    """Positions of values that are still somewhere may point to any of them."""
    objects, memory = growth(one_for_all())
    assert objects <= 3 * COUNT
    assert memory < MEMORY


class Listener:
    """An evaluation holds it, and it can be weakly referred to."""

    def __call__(self, kind: str, text: str) -> None:
        pass


@pytest.mark.parametrize("keep", [False, True], ids=["dropped", "with a value that is kept"])
def test_cycles_are_collected(keep: bool) -> None:
    listener = Listener()
    evaluation = Evaluation(on_message=listener)
    value = evaluation.evaluate("let s = { f = x: s; l = [ s (y: s) ]; }; in s // { n = 1; }", lazy=True)
    kept = [value] if keep else []
    state = weakref.ref(listener)
    del value, evaluation, listener
    gc.collect()
    assert (state() is not None) == keep
    kept.clear()
    gc.collect()
    assert state() is None


class TestTables:
    """What is shared between sets and between strings is bounded, and no value depends on it."""

    @pytest.fixture(autouse=True)
    def forget(self) -> Iterator[None]:
        yield
        shapes.forget_shapes()
        strings.forget_contexts()

    def test_another_evaluation_begins_anew(self) -> None:
        evaluate(program(1))
        assert len(shapes.SHAPES) > 1
        assert strings.CONTEXTS and strings.ELEMENTS
        Evaluation()
        assert len(shapes.SHAPES) == 1
        assert not strings.CONTEXTS and not strings.ELEMENTS

    def test_values_outlive_the_tables(self) -> None:
        evaluation = Evaluation()
        text = f'"{STORE_PATH}x"'
        with_context = f"(builtins.appendContext {text} {{ ${{{text}}}.path = true; }})"
        get = evaluation.evaluate(f"s: s.b + s.a.c + {with_context}")
        made = evaluation.evaluate(f'{{ a.c = {with_context}; b = {with_context} + "1"; }}', lazy=True)
        shapes.forget_shapes()
        strings.forget_contexts()
        assert callable(get)
        path = STORE_PATH + "x"
        assert get(made) == path + "1" + path + path
        assert get({"b": "b", "a": {"c": "c"}}) == "bc" + path
        context = evaluation.evaluate("s: builtins.attrNames (builtins.getContext (s.b + s.a.c))")
        assert callable(context)
        assert context(made) == [path]
