"""No depth of nesting overflows the native stack, in the parser or when a tree is shown."""

import gc
from collections.abc import Iterator

import pytest

from tvix_eval.syntax import parser

from .support import error, shown, tokens

DEPTH = 20_000
COMPILED = not str(parser.__file__).endswith(".py")
BRACKETS = 1_000_000 if COMPILED else 100_000


@pytest.fixture(autouse=True)
def without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("opening", "middle", "closing", "shown_size"),
    [
        ("(", "1", ")", 0),
        ("[", "1", "]", 5),
        ("{a=", "1", ";}", 9),
        ('"${', "1", '}"', 2),
        ("''${", "1", "}''", 2),
        ("x: ", "1", "", 5),
        ("!", "1", "", 4),
        ("a.b or ", "1", "", 11),
        ("let a=1; in ", "1", "", 16),
    ],
)
def test_deep_nesting(opening: str, middle: str, closing: str, shown_size: int) -> None:
    text = opening * DEPTH + middle + closing * DEPTH
    assert len(shown(text)) >= shown_size * DEPTH


def test_many_brackets() -> None:
    assert shown("(" * BRACKETS + "1" + ")" * BRACKETS) == "1"
    assert error("[" * DEPTH) == ("syntax error, unexpected end of file", DEPTH)


def test_deep_merges() -> None:
    body = "{a=" * DEPTH + "{}" + ";}" * DEPTH
    assert len(shown("{ a = " + body + "; a = " + body + "; }")) == 9 * (DEPTH + 1) + 3


@pytest.mark.parametrize("piece", ["a.", "1.", "-", "a._", "a.b/ ", "_.", "<a", "a'.", "/*"])
@pytest.mark.parametrize("ending", ["", ":x", "/", "/ ", "/${x}"])
def test_long_runs_are_scanned_once(piece: str, ending: str) -> None:
    """These take minutes if looking ahead for paths and URIs begins anew at every token."""
    tokens(piece * 50_000 + ending)
