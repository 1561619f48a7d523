"""Content addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import content_address, hashes
from nix_compat.content_address import FLAT, GIT, NAR, TEXT, ContentAddress
from nix_compat.errors import FormatError, UsageError
from nix_compat.hashes import Hash

from .reference import byte_text

HASH = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"


@pytest.mark.parametrize(
    ("text", "method", "short"),
    [
        (f"text:sha256:{HASH}", TEXT, "text:sha256"),
        (f"fixed:sha256:{HASH}", FLAT, "sha256"),
        (f"fixed:r:sha256:{HASH}", NAR, "r:sha256"),
        (f"fixed:git:sha256:{HASH}", GIT, "git:sha256"),
    ],
)
def test_methods(text: str, method: str, short: str) -> None:
    address = content_address.parse(text)
    assert (address.method, address.hash.algorithm) == (method, "sha256")
    assert address.render() == text
    assert address.method_and_algorithm() == short
    assert content_address.parse_method_prefix(short) == (method, "sha256")
    assert content_address.parse_method_with_algorithm(text.rpartition(":")[0]) == (method, "sha256")


@given(st.sampled_from([TEXT, FLAT, NAR, GIT]), st.sampled_from(sorted(hashes.SIZES)), st.data())
def test_round_trip(method: str, algorithm: str, data: st.DataObject) -> None:
    size = hashes.SIZES[algorithm]
    address = ContentAddress(method, Hash(algorithm, data.draw(st.binary(min_size=size, max_size=size))))
    assert content_address.parse(address.render()) == address


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("foo", "not a content address because it is not in the form '<prefix>:<rest>': foo"),
        (
            "foo:bar",
            "content address prefix 'foo' is unrecognized. Recogonized prefixes are 'text' or 'fixed'",
        ),
        ("fixed:bar", "content address hash must be in form '<algo>:<hash>', but found: fixed:bar"),
        (
            "fixed:r:x:y",
            "unknown hash algorithm 'x', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'",
        ),
        ("text:md5:x", "hash 'x' has wrong length for hash algorithm 'md5'"),
    ],
)
def test_messages(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        content_address.parse(text)
    assert caught.value.message == message


def test_names_of_methods() -> None:
    assert content_address.check_method("nar") == NAR
    with pytest.raises(UsageError) as caught:
        content_address.check_method("r")
    assert caught.value.message == "Unknown file ingestion method 'r', expect `flat`, `nar`, or `git`"


@given(byte_text | st.text("textfixed:rgitsha1md5", max_size=30))
def test_any_text(text: str) -> None:
    try:
        address = content_address.parse(text)
    except FormatError as error:
        assert error.message
    else:
        assert content_address.parse(address.render()) == address
