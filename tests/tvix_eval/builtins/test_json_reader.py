"""The quick reader and the careful one agree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tvix_eval import Evaluation, NixError, NoIO
from tvix_eval.builtins.json_parser import JsonParser
from tvix_eval.builtins.json_reader import read_json
from tvix_eval.output.printer import ValuePrinter
from tvix_eval.vm.machine import SymbolOrder
from tvix_eval.vm.values import MISSING

TOKENS = st.sampled_from(
    [
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        '"',
        "\\",
        "u0041",
        "\\u0000",
        "\\ud800",
        "\\ud83d\\ude00",
        "-",
        "0",
        "1",
        "01",
    ]
    + [
        "1.5",
        "1e5",
        "1E400",
        "-0",
        "-0.0",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
    ]
    + [
        "99999999999999999999",
        "true",
        "false",
        "null",
        "NaN",
        "Infinity",
        "-Infinity",
        " ",
        "\n",
        "\t",
        "a",
        '"a"',
    ]
    + [
        '"a":',
        "\xc3\xa9",
        "\xff",
        "\x00",
        "\x1f",
        "\x7f",
        "\xef\xbb\xbf",
        '"\xc3\xa9"',
        '"b":1',
        '"a":2',
        "[1,2]",
    ]
)


def show(value: object) -> str:
    printer = ValuePrinter()
    printer.print(value, False, 0)
    return "".join(printer.parts)


@given(st.lists(TOKENS, max_size=12).map("".join))
def test_both_agree(text: str) -> None:
    def compare() -> None:
        quick_names, careful_names = SymbolOrder(), SymbolOrder()
        quick = read_json(text, quick_names)
        if quick is MISSING:
            return
        careful = JsonParser(text, careful_names).parse()  # what the quick one reads is JSON
        assert show(quick) == show(careful)
        assert quick_names.numbers == careful_names.numbers

    Evaluation(io=NoIO()).core.run(compare)


def test_what_needs_care_is_left() -> None:
    evaluation = Evaluation(io=NoIO())
    for text in (
        "1e400",
        "NaN",
        '"\\ud800"',
        '"\\u0000"',
        "9223372036854775808",
        "\xef\xbb\xbf1",
        "[1",
        '"\xff"',
    ):
        assert evaluation.core.run(lambda: read_json(text, SymbolOrder())) is MISSING  # noqa: B023


def test_text_that_is_nested_deep() -> None:
    evaluation = Evaluation(io=NoIO())
    assert (
        evaluation.evaluate("""let s = n: c: builtins.concatStringsSep "" (builtins.genList (i: c) n);
        in builtins.isList (builtins.fromJSON (s 100000 "[" + s 100000 "]"))""")
        is True
    )
    try:
        evaluation.evaluate(
            'builtins.fromJSON (builtins.concatStringsSep "" (builtins.genList (i: "[") 3000000))'
        )
    except NixError as error:
        assert "parse error" in str(error)
