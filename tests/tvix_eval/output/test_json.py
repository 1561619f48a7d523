import pytest

from tvix_eval.errors import NixError
from tvix_eval.output.json import JSONSerializationError, to_json
from tvix_eval.vm.strings import ContextBuilder

from ..evaluating import Program


def json(expression: str, strict: bool = True) -> str:
    program = Program()
    value = program.value(expression, deep=False)
    text = program.evaluation.run(lambda: to_json(value, strict, 0, ContextBuilder()))
    assert isinstance(text, str)
    return text


def test_thunks_are_forced_or_refused() -> None:
    assert json("{ a = 1 + 1; b = [ ]; }") == '{"a":2,"b":[]}'
    with pytest.raises(NixError, match="cannot convert a thunk to JSON"):
        json("{ a = 1 + 1; }", strict=False)


def test_text_before_what_is_not_utf8() -> None:
    with pytest.raises(JSONSerializationError) as caught:
        json('{ a = 1; b = builtins.substring 0 1 "é"; }')
    assert caught.value.partial == '{"a":1,"b":"'


def test_errors_of_evaluation_come_first() -> None:
    with pytest.raises(NixError, match="later"):
        json('[ (builtins.substring 0 1 "é") (throw "later") ]')
