"""Differences of texts, by words."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from tvix_glue.diff.words import LEFT, RIGHT, SAME, SKIPPED, Segment, by_words, segments

texts = strategies.text("ab \n/-", max_size=60)


def marked(left: str, right: str) -> str:
    marks = {SAME: "%s", LEFT: "[-%s-]", RIGHT: "{+%s+}", SKIPPED: "<%s>"}
    return "".join(marks[part.kind] % part.text for part in segments(left, right))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", ""),
        ("a", "", "[-a-]"),
        ("", "a", "{+a+}"),
        ("-O2 -g", "-O3 -g", "[--O2-]{+-O3+} -g"),
        ("/nix/store/x-a/bin:y", "/nix/store/x-b/bin:y", "[-/nix/store/x-a/bin-]{+/nix/store/x-b/bin+}:y"),
        ("a\nb\nc\n", "a\nx\nc\n", "a\n[-b-]{+x+}\nc\n"),
    ],
)
def test_words(left: str, right: str, expected: str) -> None:
    assert marked(left, right) == expected


def test_long_same_parts_are_skipped() -> None:
    assert marked("x" * 500 + " a", "x" * 500 + " b") == "<461 characters>" + "x" * 39 + " [-a-]{+b+}"
    lines = "".join(f"{number}\n" for number in range(50))
    assert marked(lines + "a\n", lines + "b\n") == "<46 lines\n>46\n47\n48\n49\n[-a-]{+b+}\n"
    assert marked("a\n" + lines + "a\n", "b\n" + lines + "b\n").count(" lines") == 1


@given(texts, texts)
def test_both_texts_are_in_it(left: str, right: str) -> None:
    parts = by_words(left, right)
    assert "".join(part.text for part in parts if part.kind != RIGHT) == left
    assert "".join(part.text for part in parts if part.kind != LEFT) == right


@given(texts)
def test_a_text_and_itself(text: str) -> None:
    assert [part for part in segments(text, text) if part.kind in (LEFT, RIGHT)] == []


def test_huge_texts_take_no_time() -> None:
    left = " ".join(str(number) for number in range(100_000))
    right = " ".join(str(number) for number in range(1, 200_000, 2))
    assert segments("begin " + left, "begin " + right)[0] == Segment(SAME, "begin ")
