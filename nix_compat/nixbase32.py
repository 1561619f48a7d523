"""Nix's base 32: its own 32 digits, without e, o, t and u, the least significant digit last.

`n` bytes are a little-endian number, written with ``ceil(8 n / 5)`` digits: 32 for the 20 bytes
in a store path, 52 for a SHA-256.
"""

from __future__ import annotations

from nix_compat.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DIGITS: Final = "0123456789abcdfghijklmnpqrsvwxyz"
PAIRS: Final = [high + low for high in DIGITS for low in DIGITS]


def encoded_length(size: int) -> int:
    """How many digits `size` bytes take."""
    return (size * 8 + 4) // 5


def encode(data: bytes) -> str:
    pairs = PAIRS
    size = len(data)
    whole = size - size % 5
    parts: list[str] = []
    if whole < size:
        number = int.from_bytes(data[whole:], "little")
        for at in range(encoded_length(size - whole) - 1, -1, -1):
            parts.append(DIGITS[number >> 5 * at & 31])
    at = whole
    while at > 0:
        at -= 5
        number = int.from_bytes(data[at : at + 5], "little")  # eight digits, exactly
        parts.append(pairs[number >> 30])
        parts.append(pairs[number >> 20 & 1023])
        parts.append(pairs[number >> 10 & 1023])
        parts.append(pairs[number & 1023])
    return "".join(parts)


def decode(text: str) -> bytes:
    """The bytes that a text stands for; one more than usual when its first digit is too big.

    Raises FormatError for a character that is no digit. Like Nix, finds the last, and quotes nothing.
    """
    if text.strip(DIGITS):
        for at in range(len(text) - 1, -1, -1):
            if text[at] not in DIGITS:
                raise FormatError("invalid character in Nix32 (Nix's Base32 variation) string: ''", at)
    if not text:
        return b""
    number = 0
    for digit in text:
        number = number << 5 | DIGITS.index(digit)
    size = max((len(text) * 5 - 5) // 8 + 1, (number.bit_length() + 7) // 8)
    return number.to_bytes(size, "little")
