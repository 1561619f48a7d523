import pytest

from tvix_eval.output.terminal import filter_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("\x1b[31;1mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1bMup", "up"),
        ("ring\x07\r", "ring"),
        ("a\tb", "a       b"),
        ("12345678\tb", "12345678        b"),
        ("12345\n67\tb", "12345\n67 b"),
        ("\xe4\xb8\xad\tb", "\xe4\xb8\xad      b"),
        ("\xff\tb", "\xff       b"),
    ],
)
def test_filter(text: str, expected: str) -> None:
    assert filter_text(text, False) == expected


def test_colours_are_kept() -> None:
    assert filter_text("\x1b[31mred\x1b[2J\t", True) == "\x1b[31mred     "
