"""What diagnostics are made of: places, traces, whose code it is, and JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tvix_eval.diagnostics.excerpt import excerpt
from tvix_eval.diagnostics.json_form import json_text
from tvix_eval.diagnostics.model import Label, Span
from tvix_eval.diagnostics.pretty import pretty_text
from tvix_eval.diagnostics.trace import Places, folded, joined
from tvix_eval.errors import Frame, Source

from .showing import HERE, diagnostic, failure, shown


def source(text: str) -> Source:
    return Source("/home/me/a.nix", text.encode().decode("latin-1"), True)


def underlined(text: str, begin: int, end: int) -> tuple[str, str]:
    lines = excerpt(Label(Span(source(text), begin, end)), 1, "^", "", False)
    return lines[0][4:], lines[1][4:]


@pytest.mark.parametrize(
    ("text", "begin", "end", "line", "marks"),
    [
        ("a + b", 4, 5, "a + b", "    ^"),
        ("\ta", 1, 2, "    a", "    ^"),
        ("x\ta", 2, 3, "x   a", "    ^"),
        ("ä + b", 5, 6, "ä + b", "    ^"),
        ("日本 + b", 9, 10, "日本 + b", "       ^"),
        ("日本 + b", 0, 6, "日本 + b", "^^^^"),
        ("e\u0301 + b", 6, 7, "e\u0301 + b", "    ^"),
        ("a\x1b[31mb", 6, 7, "a␛[31mb", "      ^"),
        ("a", 1, 1, "a", " ^"),
        ("", 0, 0, "", "^"),
        ("[\n1 ]", 0, 5, "[", "^..."),
    ],
)
def test_what_is_underlined(text: str, begin: int, end: int, line: str, marks: str) -> None:
    if text:
        assert underlined(text, begin, end) == (line, marks)
    else:
        assert excerpt(Label(Span(source(text), begin, end)), 1, "^", "", False) == []


def test_long_lines_are_cut() -> None:
    text = "a" * 300 + "b" + "c" * 300
    line, marks = underlined(text, 300, 301)
    assert line[marks.index("^")] == "b" and len(line) < 140
    assert line.startswith("...") and line.endswith("...")


def test_bytes_that_are_not_text() -> None:
    broken = Source("x", "\xff + a", False)
    lines = excerpt(Label(Span(broken, 4, 5)), 1, "^", "", False)
    assert lines == ["1 | \ufffd + a", "  |     ^"]


def test_columns_are_characters() -> None:
    span = Span(source("\n日本 + b\n"), 10, 11)
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 6, 2, 7)


def frames(*numbers: int) -> list[Frame]:
    return [Frame(number, f"frame {number}", False) for number in numbers]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([1, 2, 3], ["1", "2", "3"]),
        ([1, 1], ["1", "1"]),
        ([1, 1, 1], ["1 (2 of 1)"]),
        ([1, 2, 1, 2], ["1", "2 (1 of 2)"]),
        ([5, 1, 2, 3, 1, 2, 3, 1, 2, 3, 6], ["5", "1", "2", "3 (2 of 3)", "6"]),
        ([1, 2, 1], ["1", "2", "1"]),
        ([1] * 4 + [2] * 4, ["1 (3 of 1)", "2 (3 of 1)"]),
    ],
)
def test_folding(given: list[int], expected: list[str]) -> None:
    found = [
        str(step.pos) + (f" ({repeats} of {period})" if repeats else "")
        for step, repeats, period in folded(joined(frames(*given)))
    ]
    assert found == expected


def test_many_frames_are_folded_in_time() -> None:
    steps = joined(frames(*[index % 7 for index in range(100_000)]))
    assert [repeats for _, repeats, _ in folded(steps)][:7] == [0, 0, 0, 0, 0, 0, 14284]


def test_a_call_and_its_call_site_are_one_step() -> None:
    given = [Frame(10, "while calling 'f'", False), Frame(20, "from call site", False)]
    (step,) = joined(given)
    assert (step.text, step.pos, step.defined) == ("while calling 'f'", 20, 10)


def test_whose_code_it_is() -> None:
    places = Places("/home/me", ["/lib/mine.nix"], ["/lib", "/home/me/vendor", "/nix/store"])

    def is_library(name: str, is_file: bool = True) -> bool:
        return places.is_library(Span(Source(name, "x", is_file), 0, 1))

    assert not is_library("/home/me/a.nix") and not is_library("/other/a.nix")
    assert not is_library("\xc2\xabstring\xc2\xbb", False)
    assert is_library("/lib/a.nix") and not is_library("/lib/mine.nix")
    assert is_library("/home/me/vendor/a.nix") and is_library("/nix/store/x/a.nix")
    assert is_library("<nix/fetchurl.nix>")
    inside = Places("/lib/sub", [], ["/lib"])
    assert not inside.is_library(Span(Source("/lib/sub/a.nix", "x", True), 0, 1))
    assert inside.is_library(Span(Source("/lib/a.nix", "x", True), 0, 1))


def test_names_are_relative_to_the_folder() -> None:
    assert HERE.shown(Span(Source("/home/me/sub/a.nix", "x", True), 0, 1)) == "sub/a.nix:1:1"
    assert HERE.shown(Span(Source("/home/meme/a.nix", "x", True), 0, 1)) == "/home/meme/a.nix:1:1"


def test_the_whole_trace() -> None:
    steps = "".join(f"f{n} = x: 1 + f{n - 1} x;" for n in range(1, 30))
    text = f"let f0 = x: throw ''no''; {steps} in f29 1"
    assert "more steps (--show-trace shows all)" in shown(text)
    assert "--show-trace" not in shown(text, show_trace=True)
    assert shown(text, show_trace=True).count("while calling 'f") == 30


def test_colours() -> None:
    coloured = shown("1 + { }", colours=True)
    assert "\x1b[31;1merror:" in coloured and "\x1b[31;1m^^^" in coloured
    assert "\x1b" not in shown("1 + { }")
    assert "\x1b" not in shown(r'throw (builtins.fromJSON "\"\\u001b[31mred\"")')


def members(text: str) -> Any:
    return json.loads(json_text(diagnostic(text)).encode("latin-1"))


def test_json() -> None:
    found = members("{ foo = 1; }.fo")
    assert (found["severity"], found["code"], found["message"]) == (
        "error",
        "EvalError",
        "attribute 'fo' missing",
    )
    assert found["hints"] == ["did you mean `foo`?"]
    (span,) = found["spans"]
    assert span == {
        **{"file": "(test)", "line": 1, "column": 14, "end_line": 1, "end_column": 16},
        **{"begin": 13, "end": 15, "primary": True, "label": None},
    }


def test_json_of_a_trace() -> None:
    found = members('let f = n: if n == 0 then throw "ü" else 1 + f (n - 1); in f 9')
    assert found["message"] == "ü"
    step = found["trace"][0]
    assert (step["message"], step["repeats"], step["period"]) == ("while calling 'f'", 8, 1)
    assert step["span"]["column"] == 46 and step["defined"]["column"] == 9


def test_json_of_a_circle() -> None:
    found = members("let a = b; b = a + 1; in a")
    assert [each["label"] for each in found["circle"]][-1] == "which needs `a`, which is `b`, again"


def test_what_is_not_utf8_is_still_json() -> None:
    error = failure("throw ''x''")
    error.message = "\xff"
    from tvix_eval.diagnostics.build import diagnostic_of

    assert json.loads(json_text(diagnostic_of(error, HERE)).encode("latin-1"))["message"] == "\ufffd"


def test_nesting_is_no_trouble() -> None:
    deep = "[" * 5000 + "1 + {}" + "]" * 5000
    error = failure(f"builtins.deepSeq {deep} 1")
    assert error.message
    from tvix_eval.diagnostics.build import diagnostic_of

    pretty_text(diagnostic_of(error, HERE), HERE, True, False)
    shown("(" * 5000)


def test_the_users_code_comes_first(tmp_path: Any) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "default.nix").write_text("{ sum = builtins.foldl' (a: b: a + b) 0; }")
    made = diagnostic(f'(import {tmp_path}/lib).sum [ 1 "x" ]', Places("/home/me", [], [f"{tmp_path}/lib"]))
    text = pretty_text(made, HERE, False, False)
    assert text.index("(test):1:1") < text.index("in the library:") < text.index("lib/default.nix:1:")
