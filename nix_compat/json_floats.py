"""Floats as JSON shows them: Grisu2, as the JSON library of C++ Nix implements it.

Grisu2 finds digits that read back as the same float, and nearly always the shortest; where
it does not, neither may we. Source: F. Loitsch, "Printing Floating-Point Numbers Quickly
and Accurately with Integers", 2010.

A number ``f * 2^e`` is the pair ``(f, e)``; `f` has 64 bits when normalised.
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

POWERS_FIRST: Final = -300  # the decimal exponents for which a power is kept
POWERS_STEP: Final = 8
POWERS_COUNT: Final = 79
EXPONENT_ALPHA: Final = -60  # scaled numbers have a binary exponent from here to -32
FIXED_FROM: Final = -4  # decimal exponents that are written without "e"
FIXED_TO: Final = 15
SHORT: Final = 1e5  # with EXACT: of multiples of 2^-10 below this, all digits are at most 15
EXACT: Final = 1024.0

POWERS: Final[dict[int, tuple[int, int]]] = {}


def power_of_ten(k: int) -> tuple[int, int]:
    """``10^k``, rounded to 64 bits."""
    found = POWERS.get(k)
    if found is None:
        if k >= 0:
            exact = 10**k
            shift = 64 - exact.bit_length()
            f = exact << shift if shift >= 0 else ((exact >> (-shift - 1)) + 1) >> 1
        else:
            exact = 10**-k
            shift = 64 + exact.bit_length() - 1
            f = ((2 << shift) // exact + 1) >> 1
        found = (f, -shift)
        POWERS[k] = found
    return found


def normalised(f: int, e: int) -> tuple[int, int]:
    shift = 64 - f.bit_length()
    return f << shift, e - shift


def scaled(f: int, power: int) -> int:
    """The upper 64 bits of a product, rounded."""
    return (f * power + (1 << 63)) >> 64


def cached_exponent(e: int) -> int:
    """The exponent of the power of ten that brings a number with binary exponent `e` into range."""
    f = EXPONENT_ALPHA - e - 1
    scaled_log = f * 78913
    k = scaled_log >> 18 if scaled_log >= 0 else -(-scaled_log >> 18)
    if f > 0:
        k += 1
    index = (k - POWERS_FIRST + POWERS_STEP - 1) // POWERS_STEP
    return POWERS_FIRST + index * POWERS_STEP


def shortest_digits(value: float) -> tuple[str, int]:
    """Digits and a decimal exponent: ``value`` is near ``digits * 10^exponent``. `value` > 0."""
    bits = int.from_bytes(struct.pack(">d", value), "big")
    exponent = bits >> 52
    fraction = bits & ((1 << 52) - 1)
    if exponent == 0:
        f = fraction
        e = -1074
    else:
        f = fraction | 1 << 52
        e = exponent - 1075
    upper, upper_e = normalised(2 * f + 1, e - 1)
    if fraction == 0 and exponent > 1:
        lower = (4 * f - 1) << (e - 2 - upper_e)
    else:
        lower = (2 * f - 1) << (e - 1 - upper_e)
    middle, _ = normalised(f, e)
    k = cached_exponent(upper_e)
    power, power_e = power_of_ten(k)
    high = scaled(upper, power) - 1
    low = scaled(lower, power) + 1
    return generate(low, scaled(middle, power), high, -(upper_e + power_e + 64), -k)


def generate(low: int, middle: int, high: int, point: int, exponent: int) -> tuple[str, int]:
    """Digits of a number between `low` and `high`, near `middle`. All have `point` bits of fraction."""
    delta = high - low
    distance = high - middle
    whole = high >> point
    rest = high & ((1 << point) - 1)
    digits: list[int] = []
    text = str(whole)
    left = len(text)
    unit = 10 ** (left - 1)
    while left > 0:
        digit, whole = divmod(whole, unit)
        digits.append(digit)
        left -= 1
        remainder = (whole << point) + rest
        if remainder <= delta:
            round_down(digits, distance, delta, remainder, unit << point)
            return "".join([str(each) for each in digits]), exponent + left
        unit //= 10
    one = 1 << point
    while True:
        rest *= 10
        digits.append(rest >> point)
        rest &= one - 1
        exponent -= 1
        delta *= 10
        distance *= 10
        if rest <= delta:
            break
    round_down(digits, distance, delta, rest, one)
    return "".join([str(each) for each in digits]), exponent


def round_down(digits: list[int], distance: int, delta: int, rest: int, unit: int) -> None:
    """Lower the last digit while that brings the number nearer to the one meant."""
    while (
        rest < distance
        and delta - rest >= unit
        and (rest + unit < distance or distance - rest > rest + unit - distance)
    ):
        digits[-1] -= 1
        rest += unit


def format_float_json(value: float) -> str:
    """A float as JSON; ``null`` when it is not finite."""
    if value != value or value in (float("inf"), float("-inf")):
        return "null"
    sign = "-" if struct.pack(">d", value)[0] & 0x80 else ""
    if value == 0:
        return sign + "0.0"
    if -SHORT < value < SHORT and (value * EXACT).is_integer():
        return repr(value)  # with so few digits it is written exactly, and no other text is as short
    digits, exponent = shortest_digits(abs(value))
    count = len(digits)
    point = count + exponent
    if count <= point <= FIXED_TO:
        return sign + digits + "0" * exponent + ".0"
    if 0 < point <= FIXED_TO:
        return sign + digits[:point] + "." + digits[point:]
    if FIXED_FROM < point <= 0:
        return sign + "0." + "0" * -point + digits
    mantissa = digits if count == 1 else digits[0] + "." + digits[1:]
    return sign + mantissa + f"e{point - 1:+03d}"
