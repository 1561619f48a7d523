"""What literals mean: the escapes of strings, the ranges of numbers."""

from __future__ import annotations

from tvix_eval.errors import NixError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

NULL_SYMBOL: Final = "\xe2\x90\x80"  # U+2400 in UTF-8, which shows NUL
MAX_INT: Final = 9223372036854775807
SMALLEST_NORMAL: Final = 2.2250738585072014e-308
INFINITY: Final = 1e999


def unescape(text: str) -> str:
    """A part of a string without its escapes, and `with_newlines`."""
    parts: list[str] = []
    begin = 0
    while True:
        at = text.find("\\", begin)
        plain = text[begin:] if at < 0 else text[begin:at]
        parts.append(with_newlines(plain))
        if at < 0:
            return "".join(parts)
        escaped = text[at + 1]
        if escaped == "n":
            escaped = "\n"
        elif escaped == "r":
            escaped = "\r"
        elif escaped == "t":
            escaped = "\t"
        parts.append(escaped)
        begin = at + 2


def with_newlines(text: str) -> str:
    """The text with LF for CR LF and CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def null_byte(text: str, begin: i64) -> NixError:
    return NixError(
        "input string '"
        + text.replace("\0", NULL_SYMBOL)
        + "' cannot be represented as Nix string because it contains null bytes",
        begin + 1,
    )


def int_out_of_range(digits: str) -> bool:
    digits = digits.lstrip("0")
    return len(digits) > 19 or (len(digits) == 19 and int(digits) > MAX_INT)


def int_value(digits: str) -> int:
    """The value of an integer in range. Python limits the digits, leading zeros with them."""
    return int(digits.lstrip("0") or "0")


def float_out_of_range(literal: str) -> bool:
    """Whether C's `strtod` reports a range error: overflow, or an inexact subnormal."""
    value = float(literal)
    if value >= SMALLEST_NORMAL:
        return value == INFINITY
    digits, _, exponent = literal.lower().partition("e")
    whole, _, fraction = digits.partition(".")
    significant = (whole + fraction).rstrip("0")
    mantissa = significant.lstrip("0")
    if not mantissa or value == 0.0 or len(mantissa) > 800:  # no subnormal has so many digits
        return bool(mantissa)
    places = len(significant) - len(whole) - (int(float(exponent)) if exponent else 0)
    numerator, denominator = value.as_integer_ratio()
    exact: bool = numerator * 10**places == int(mantissa) * denominator
    return not exact
