import pytest

from ..evaluating import message, show

LARGEST = "9223372036854775807"
SMALLEST = "(-9223372036854775807 - 1)"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("builtins.add 1 2.5", "3.5"),
        ("builtins.div (-7) 2", "-3"),
        ("builtins.div 7 2.0", "3.5"),
        ("builtins.bitXor (-1) 5", "-6"),
        ("[ (builtins.ceil 1.5) (builtins.floor (-1.5)) (builtins.floor 3) ]", "[ 2 -2 3 ]"),
        ("builtins.lessThan [ 1 2 ] [ 1 3 ]", "true"),
        ('builtins.lessThan "a" "B"', "false"),
    ],
)
def test_value(expression: str, expected: str) -> None:
    assert show(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"builtins.add {LARGEST} 1", f"integer overflow in adding {LARGEST} + 1"),
        (f"builtins.mul {LARGEST} 2", f"integer overflow in multiplying {LARGEST} * 2"),
        (f"builtins.div {SMALLEST} (-1)", "integer overflow in dividing -9223372036854775808 / -1"),
        ("builtins.div 1 0.0", "division by zero"),
        ("builtins.ceil 1.0e300", "NixFloat argument 1e+300 is not in the range of NixInt"),
        ("builtins.bitAnd 1.0 1", "expected an integer but found a float: 1"),
        ('builtins.lessThan 1 "a"', 'cannot compare an integer with a string; values are 1 and "a"'),
    ],
)
def test_error(expression: str, expected: str) -> None:
    assert message(expression) == expected


def test_integers_that_a_float_cannot_hold() -> None:
    assert "was rounded to 9007199254740992" in message("builtins.ceil 9007199254740993")
    assert "caused undefined behavior" in message(f"builtins.floor {LARGEST}")
