"""The colours inside messages. What is expected was shown by Nix, on a terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tvix_eval.errors import NixError
from tvix_eval.output.emphasis import emphasised_message
from tvix_eval.output.error_text import error_text, warning_text
from tvix_eval.program import use_colours
from tvix_eval.settings import Settings

from ..evaluating import Program

COLOURS = {"m": "\x1b[35;1m", "c": "\x1b[36;1m", "g": "\x1b[32;1m", "r": "\x1b[31;1m", "b": "\x1b[34;1m"}
LINES = (Path(__file__).parent / "coloured_messages.txt").read_text(encoding="utf-8").splitlines()[3:]
PAIRS = list(zip(LINES[::2], LINES[1::2], strict=True))


def coloured(text: str) -> str:
    """Text whose marks are what they stand for."""
    return re.sub("⟨([mcgrb]):", lambda found: COLOURS[found[1]], text).replace("⟩", "\x1b[0m")


def error_of(expression: str, colours: bool) -> NixError:
    with pytest.raises(NixError) as caught:
        Program(Settings(colours=colours)).value(expression)
    caught.value.sources = None
    return caught.value


def shown(text: str) -> str:
    return text.encode("latin-1").decode("utf-8")


@pytest.mark.parametrize(("expression", "expected"), PAIRS)
def test_messages(expression: str, expected: str) -> None:
    first_line = shown(emphasised_message(error_of(expression, True))).split("\n")[0]
    assert first_line == coloured(expected.strip())


@pytest.mark.parametrize(("expression", "expected"), PAIRS)
def test_messages_without_colours_are_the_same_text(expression: str, expected: str) -> None:
    plain = re.sub("⟨[mcgrb]:|⟩", "", expected.strip())
    assert shown(error_of(expression, False).message).split("\n")[0] == plain


@pytest.mark.parametrize(
    ("expression", "frames"),
    [
        (
            "builtins.head 1",
            [
                "while calling the '⟨m:head⟩' builtin",
                "while evaluating the first argument passed to 'builtins.head'",
            ],
        ),
        (
            "builtins.deepSeq [ { a = throw 1; } ] 1",
            [
                "while calling the '⟨m:deepSeq⟩' builtin",
                "while evaluating list element at index ⟨m:0⟩",
                "while evaluating the attribute '⟨m:a⟩'",
            ],
        ),
        ("{ __functor = 1; } 1", ["while calling a functor (an attribute set with a '__functor' attribute)"]),
        (
            "builtins.addErrorContext \"in 'x'\" (throw 1)",
            ["in 'x'", "while calling the '⟨m:throw⟩' builtin"],
        ),
        (
            "builtins.genericClosure { startSet = [ { key = 1; } ]; operator = x: throw 1; }",
            [
                "while calling the '⟨m:genericClosure⟩' builtin",
                "while calling ⟨m:operator⟩ on genericClosure element { key = ⟨c:1⟩; }",
            ],
        ),
        (
            "builtins.convertHash { hash = 1; }",
            ["while calling the '⟨m:convertHash⟩' builtin", "while evaluating the attribute 'hash'"],
        ),
        ("[ 1 ] < [ (throw 1) ]", ["while calling the '⟨m:lessThan⟩' builtin"]),
    ],
)
def test_frames(expression: str, frames: list[str]) -> None:
    text = shown(error_text(error_of(expression, True), None, True, True))
    told = [line.strip().removeprefix("… ") for line in text.split("\n") if "… " in line]
    assert told[: len(frames)] == [coloured(frame) for frame in frames]


def test_what_a_program_says_is_not_searched() -> None:
    assert emphasised_message(error_of("throw \"it's 'x' here\"", True)) == "it's 'x' here"
    assert "\x1b[35;1mx" not in warning_text("it's 'x' here", "evaluation warning", True)
    assert "\x1b[35;1mx" in warning_text("path 'x' is odd", "warning", True)


def test_when_colours_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.isatty", lambda handle: True)
    assert use_colours({"TERM": "xterm"})
    for environment in (
        {},
        {"TERM": "dumb"},
        {"TERM": "xterm", "NO_COLOR": ""},
        {"TERM": "xterm", "NOCOLOR": "1"},
    ):
        assert not use_colours(environment)
    monkeypatch.setattr("os.isatty", lambda handle: False)
    assert not use_colours({"TERM": "xterm", "CLICOLOR_FORCE": "1"})
