"""The digits of JSON floats, taken from C++ Nix."""

import pytest

from nix_compat.json_floats import format_float_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-2.5, "-2.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e14, "100000000000000.0"),
        (1e15, "1e+15"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (1e23, "9.999999999999999e+22"),
        (1626983080611305.8, "1.6269830806113057e+15"),
        (float("inf"), "null"),
        (float("nan"), "null"),
    ],
)
def test_digits(value: float, expected: str) -> None:
    assert format_float_json(value) == expected


def test_reads_back() -> None:
    value = 1.0
    while value < 1e300:
        value *= 3.7
        assert float(format_float_json(value)) == value
        assert float(format_float_json(1 / value)) == 1 / value
