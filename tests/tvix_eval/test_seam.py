"""What a host gives decides what a program can do: builtins, world, store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.builtins.records import Constant, SourceBuiltin
from tvix_eval.builtins.registry import pure_builtins
from tvix_eval.errors import NixError, UndefinedVarError
from tvix_eval.eval_io import NoIO, StdIO
from tvix_eval.evaluation import Evaluator
from tvix_eval.output.printer import print_value
from tvix_eval.settings import Settings
from tvix_eval.vm.deep import deep_force
from tvix_eval.vm.force import force
from tvix_eval.vm.values import Builtin

from ..support.store_double import copy_path, store_builtins
from .evaluating import message


def evaluate(text: str, *extra: Builtin | Constant | SourceBuiltin, removed: str = "") -> str:
    records = [record for record in pure_builtins() if record.name != removed]
    evaluation = Evaluator(
        lambda loader: [*records, *extra], NoIO(), Settings(), lambda kind, said: None, copy_path
    )
    shown = evaluation.run(lambda: print_value(deep_force(evaluation.evaluate_text(text, "test", "/folder"))))
    assert isinstance(shown, str)
    return shown


def test_a_store_is_the_hosts_to_give() -> None:
    text = 'let d = derivation { name = "a"; system = "s"; builder = "b"; }; in [ d.type (builtins.getContext "${d}") ]'
    assert '[ "derivation" { "/nix/store/' in evaluate(text, *store_builtins())
    with pytest.raises(UndefinedVarError):
        evaluate(text)


def test_a_path_in_a_string_goes_through_the_store(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    text = f'"${{{tmp_path}/a}}"'
    evaluation = Evaluator(
        lambda loader: list(pure_builtins()), StdIO(), Settings(), lambda kind, said: None, copy_path
    )
    copied = evaluation.run(lambda: print_value(evaluation.evaluate_text(text, "test", "/")))
    assert isinstance(copied, str)
    assert copied.startswith('"/nix/store/')
    assert "can't be put into a store" in message(text)
    assert "does not exist" in message('"${/nowhere/a}"')


def test_an_operator_is_the_builtin_that_the_host_gives() -> None:
    def strange(a: object, b: object) -> object:
        return [force(a, 0), force(b, 0)]

    assert evaluate("3 - 1", Builtin("sub", ["a", "b"], Function2(strange)), removed="sub") == "[ 3 1 ]"
    assert evaluate("3 - 1") == "2"


def test_a_builtin_given_as_source_is_evaluated_when_needed() -> None:
    twice = SourceBuiltin("twice", "x: x + x", "twice.nix", "Twice.")
    assert evaluate("[ (builtins.twice 2) (__twice 3) ]", twice) == "[ 4 6 ]"
    broken = SourceBuiltin("broken", "throw ''no''", "broken.nix", "")
    assert evaluate("builtins ? broken", broken) == "true"
    with pytest.raises(NixError, match="no"):
        evaluate("builtins.broken", broken)


def test_constants_and_removed_builtins() -> None:
    assert evaluate("builtins.answer", Constant("answer", 42, "")) == "42"
    assert evaluate("builtins ? map", removed="map") == "false"


def test_no_file_is_read_but_through_the_io() -> None:
    with pytest.raises(NixError):
        evaluate("import ./a.nix")


def test_evaluations_with_different_builtins_live_side_by_side() -> None:
    def make(answer: int) -> Evaluator:
        records = [*pure_builtins(), Constant("answer", answer, "")]
        return Evaluator(lambda loader: records, NoIO(), Settings(), lambda kind, said: None)

    one, two = make(1), make(2)
    for evaluation, answer in ((one, 1), (two, 2), (one, 1)):
        assert evaluation.run(lambda: evaluation.evaluate_text("builtins.answer", "t", "/")) == answer  # noqa: B023


def test_evaluations_nest_and_take_turns_in_threads() -> None:
    import threading

    def make(*extra: Builtin) -> Evaluator:
        return Evaluator(
            lambda loader: [*pure_builtins(), *extra], NoIO(), Settings(), lambda kind, said: None
        )

    inner = make()

    def ask(a: object) -> object:
        text = force(a, 0)
        assert isinstance(text, str)
        return inner.run(lambda: inner.evaluate_text(text, "inner", "/"))

    outer = make(Builtin("ask", ["text"], Function1(ask)))
    results: list[object] = []

    def work() -> None:
        for _ in range(5):
            results.append(outer.run(lambda: outer.evaluate_text('1 + builtins.ask "2 + 3"', "outer", "/")))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [6] * 20


def test_the_collector_is_left_as_it_was() -> None:
    import gc

    assert gc.isenabled()
    evaluate("1 + 1")
    assert gc.isenabled()


def test_the_recursion_limit_is_left_as_it_was() -> None:
    import sys

    before = sys.getrecursionlimit()
    evaluate("let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 5000")
    assert sys.getrecursionlimit() == before
