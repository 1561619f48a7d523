"""Nix's base 32."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import nixbase32
from nix_compat.errors import FormatError


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("", ""),
        ("62968f8e7fe61621be68ce087490e0c5", "65w287826fd2z225p6gy78z5k2"),
        ("1aefdaecc249cc40dba7293d3660050cd479e65f", "bzk7km0c0mh3cg99lzdl1k29qbndmvqs"),
        (
            "107bb96254dbe0be89171b1331e6b11430f6bef09fdcb53b2335e977f62f979f",
            "17wp5zv7gs9m4cxvbp4zy2zgcc0ln7k324qv2y4vxq6vaiibjyqh",
        ),
    ],
)
def test_what_nix_prints(data: str, text: str) -> None:
    assert nixbase32.encode(bytes.fromhex(data)) == text
    assert nixbase32.decode(text) == bytes.fromhex(data)


@given(st.binary(max_size=100))
def test_round_trip(data: bytes) -> None:
    text = nixbase32.encode(data)
    assert len(text) == nixbase32.encoded_length(len(data))
    assert nixbase32.decode(text) == data


def test_bits_too_many_are_a_byte_more() -> None:
    """26 digits have two bits more than 16 bytes."""
    assert nixbase32.decode("z" * 26) == b"\xff" * 16 + b"\x03"
    assert nixbase32.decode("7" + "z" * 25) == b"\xff" * 16


@pytest.mark.parametrize("text", ["e", "0o0", "u1t", "A", "é", "0 ", "\0"])
def test_other_characters(text: str) -> None:
    with pytest.raises(FormatError, match="invalid character in Nix32"):
        nixbase32.decode(text)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    try:
        data = nixbase32.decode(text)
    except FormatError as error:
        assert text[error.offset] not in nixbase32.DIGITS
    else:
        assert nixbase32.encode(data).lstrip("0") == text.lstrip("0")
