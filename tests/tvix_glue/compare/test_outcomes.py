"""Outcomes as lines of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies

from tvix_glue import MemoryStore
from tvix_glue.compare.expression import Request, joined_attribute, quoted, split_attribute
from tvix_glue.compare.outcomes import BadFile, Log, Outcome, read_outcome, read_recorded

from ..instantiating import Instantiation

DRV = "/nix/store/" + "a" * 32 + "-x.drv"


@pytest.mark.parametrize(
    "outcome",
    [Outcome(), Outcome(derivation=DRV), Outcome(names=("a", "b")), Outcome(names=()), Outcome(error="")],
)
def test_and_back(outcome: Outcome) -> None:
    assert read_outcome(json.loads(json.dumps(outcome.to_json()))) == outcome


def test_what_nix_eval_jobs_prints(tmp_path: Path) -> None:
    lines = [
        {"attr": "hello", "attrPath": ["hello"], "drvPath": DRV, "name": "x", "system": "s", "outputs": {}},
        {"attr": 'set."a.b"', "attrPath": ["set", "a.b"], "error": "error: no", "fatal": False},
        {"attr": 'other."c.d".e', "drvPath": None},
    ]
    file = tmp_path / "recorded"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    assert read_recorded(str(file)) == {
        ("hello",): Outcome(derivation=DRV),
        ("set", "a.b"): Outcome(error="error: no"),
        ("other", "c.d", "e"): Outcome(),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "line 1: not a JSON object"),
        ("{}", "record 1: it has neither attrPath nor attr"),
        ('{"attr": "a", "drvPath": 1}', "record 1: drvPath is not a string"),
        ('{"attr": "a\\"b"}', "missing closing quote"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "recorded"
    file.write_text(text + "\n")
    with pytest.raises(BadFile, match=message):
        read_recorded(str(file))


def test_a_log_goes_on(tmp_path: Path) -> None:
    path = str(tmp_path / "log")
    first = Log(path, "key")
    first.add("here", ("a", "b.c"), Outcome(derivation=DRV))
    first.add("reference", ("a",), Outcome(error="no"))
    first.file.close()
    with open(path, "a") as file:
        file.write('{"side": "here", "attrPa')  # killed while it wrote
    second = Log(path, "key")
    assert second.outcomes == {
        "here": {("a", "b.c"): Outcome(derivation=DRV)},
        "reference": {("a",): Outcome(error="no")},
    }
    second.add("here", ("z",), Outcome())
    second.file.close()
    third = Log(path, "key")
    third.file.close()
    assert third.outcomes["here"][("z",)] == Outcome()
    with pytest.raises(BadFile, match="is of another comparison"):
        Log(path, "other")


@given(strategies.lists(strategies.text("ab.c-", min_size=1), min_size=1))
def test_attribute_paths(path: list[str]) -> None:
    assert split_attribute(joined_attribute(path)) == path


def test_string_literals() -> None:
    texts = ["", "${x}", "$${x}", "\\${x}", '"\\"', "\n\r\t", "é''", "$", "{}", "\\n"]
    program = Instantiation(MemoryStore())
    assert [program.text(quoted(text)).encode("latin-1").decode() for text in texts] == texts


def test_the_function_of_a_request() -> None:
    request = Request(
        expression="{ n, s ? 1 }: { ${n} = { m }: { f = x: x; recurseForDerivations = true; }; }",
        attribute=["a b"],
        arguments={"n": quoted("a b"), "m": "1", "unused": 'throw ""'},
    )
    shown = Instantiation(MemoryStore()).text(f"builtins.toJSON (({request.function()}) [ ])")
    assert json.loads(shown) == {"attrs": ["f", "recurseForDerivations"]}
