"""Numbers and padded bytes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import wire
from nix_compat.errors import EndOfFile, SerialisationError
from nix_compat.wire import ByteSource


class Slow:
    """Gives one byte, then two, …, as sockets may."""

    def __init__(self, data: bytes) -> None:
        self.stream = io.BytesIO(data)
        self.most = 0

    def read(self, most: int) -> bytes:
        self.most += 1
        return self.stream.read(min(self.most, most))


def source(data: bytes) -> ByteSource:
    return ByteSource(Slow(data).read)


def test_layout() -> None:
    assert wire.encode_number(258) == b"\2\1\0\0\0\0\0\0"
    assert wire.encode_bytes(b"") == bytes(8)
    assert wire.encode_bytes(b"abc") == b"\3\0\0\0\0\0\0\0abc\0\0\0\0\0"
    assert wire.encode_bytes(b"12345678") == b"\x08\0\0\0\0\0\0\x0012345678"
    with pytest.raises(OverflowError):
        wire.encode_number(1 << 64)


@given(st.lists(st.binary(max_size=30) | st.integers(0, (1 << 64) - 1)))
def test_round_trip(items: list[bytes | int]) -> None:
    data = b"".join(
        [wire.encode_bytes(each) if isinstance(each, bytes) else wire.encode_number(each) for each in items]
    )
    stream = source(data)
    for each in items:
        assert (stream.padded_bytes() if isinstance(each, bytes) else stream.number()) == each
    assert stream.offset == len(data)
    with pytest.raises(EndOfFile) as caught:
        stream.number()
    assert (caught.value.message, caught.value.offset) == ("unexpected end-of-file", len(data))


def test_mistakes() -> None:
    with pytest.raises(SerialisationError, match="^non-zero padding$"):
        source(b"\1\0\0\0\0\0\0\0a1234567").padded_bytes()
    with pytest.raises(SerialisationError, match="^string is too long$"):
        source(wire.encode_bytes(b"abc")).padded_bytes(2)
    with pytest.raises(EndOfFile):
        source(b"\xff" * 8 + b"abc").padded_bytes()


@given(st.binary(), st.integers(0, 50), st.integers(0, 50))
def test_skipping(data: bytes, first: int, second: int) -> None:
    stream = source(data)
    if first + second > len(data):
        with pytest.raises(EndOfFile):
            stream.skip(first)
            stream.take(second)
    else:
        stream.skip(first)
        assert stream.take(second) == data[first : first + second]
