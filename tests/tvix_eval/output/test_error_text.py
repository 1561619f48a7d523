import pytest

from tvix_eval.errors import Frame, NixError, Source, Sources
from tvix_eval.output.error_text import edit_distance, error_text, similar_names, warning_text

ELLIPSIS = "\xe2\x80\xa6"


def sources(text: str) -> Sources:
    result = Sources()
    result.add(Source("file.nix", text, True))
    return result


def with_frames(*frames: Frame) -> NixError:
    """An error with frames, given the outermost first."""
    error = NixError("wrong")
    error.frames = list(reversed(frames))
    return error


class TestExcerpt:
    @pytest.mark.parametrize(
        ("text", "offset", "expected"),
        [
            ("a b", 2, "            1| a b\n             |   ^"),
            ("a\nb\nc\n", 2, "            1| a\n            2| b\n             | ^\n            3| c"),
            ("a\r\nb", 3, "            1| a\n            2| b\n             | ^"),
            ("a\rb\n", 2, "            1| a\n            2| b\n             | ^\n            3|"),
            ("\tx", 1, "            1|       x\n             |  ^"),
        ],
    )
    def test_lines(self, text: str, offset: int, expected: str) -> None:
        shown = error_text(NixError("wrong", offset + 1), sources(text), False)
        first, second, excerpt = shown.split("\n", 2)
        assert first == "error: wrong"
        assert second.startswith("       at file.nix:")
        assert excerpt == expected


class TestTrace:
    def test_frames(self) -> None:
        error = with_frames(Frame(0, "while doing this", False), Frame(1, "while doing that", False))
        assert error_text(error, sources("x"), False).replace(ELLIPSIS, "...") == (
            "error:\n       ... while doing this\n\n       ... while doing that\n         at file.nix:1:1:\n"
            "            1| x\n             | ^\n\n       error: wrong"
        )

    def test_long_trace_is_cut_short(self) -> None:
        error = with_frames(*[Frame(0, f"frame {n}", n == 8) for n in range(10)])
        short = error_text(error, Sources(), False)
        assert [n for n in range(10) if f"frame {n}\n" in short] == [0, 1, 2, 3, 8]
        assert "(stack trace truncated; use '--show-trace' to show the full, detailed trace)" in short
        assert "truncated" not in error_text(error, Sources(), True)

    @pytest.mark.parametrize(("repeats", "shown", "omitted"), [(5, 6, 0), (6, 1, 6)])
    def test_repeated_frames(self, repeats: int, shown: int, omitted: int) -> None:
        error = with_frames(*[Frame(0, "again", False)] * (repeats + 1), Frame(0, "last", False))
        text = error_text(error, Sources(), True)
        assert text.count("again") == shown
        assert (f"({omitted} duplicate frames omitted)" in text) == (omitted > 0)

    def test_frames_without_text_are_not_shown(self) -> None:
        assert error_text(with_frames(Frame(0, "", False)), Sources(), False) == "error:\n       error: wrong"


class TestSuggestions:
    @pytest.mark.parametrize(
        ("wanted", "known", "expected"),
        [
            ("abx", ["abc", "abd", "abe", "xyz"], ["abc", "abd", "abe"]),
            ("ab", ["ab1", "ba", "abc", "b", "a", "abcd"], ["a", "ab1", "abc", "b", "abcd"]),
            ("name", ["other"], []),
        ],
    )
    def test_similar_names(self, wanted: str, known: list[str], expected: list[str]) -> None:
        assert similar_names(wanted, known) == expected

    @pytest.mark.parametrize(
        ("a", "b", "distance"),
        [("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 2), ("same", "same", 0)],
    )
    def test_edit_distance(self, a: str, b: str, distance: int) -> None:
        assert edit_distance(a, b) == distance

    @pytest.mark.parametrize(
        ("known", "expected"),
        [(["abc"], "Did you mean abc?"), (["abc", "abd", "abe"], "Did you mean one of abc, abd or abe?")],
    )
    def test_text(self, known: list[str], expected: str) -> None:
        error = NixError("wrong")
        error.wanted_name = "abx"
        error.known_names = known
        assert error_text(error, None, False) == f"error: wrong\n       {expected}"


def test_further_lines_are_indented() -> None:
    assert error_text(NixError("a\n  b \n\nc"), None, False) == "error: a\n         b\n\n       c"
    assert warning_text("a\nb", "evaluation warning") == "evaluation warning: a\n                    b"


def test_colours() -> None:
    assert error_text(NixError("wrong"), None, False, colours=True) == "\x1b[31;1merror:\x1b[0m wrong"
