"""Keys and signatures. The key was made by Nix 2.34.8 for this test, and signs nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import signatures
from nix_compat.errors import FormatError
from nix_compat.signatures import Signature

from .reference import byte_text

SECRET = "test-1:wRe0BGfHhjpTyfm+/K9bpHiWj4UqXcaYsWuvCfzkZEG2RZx5vifvjocAYRc688l+6wHaR/3agJIqz5LzfnJitw=="
PUBLIC = "test-1:tkWceb4n746HAGEXOvPJfusB2kf92oCSKs+S835yYrc="


def test_keys_of_nix() -> None:
    key = signatures.parse_secret_key(SECRET + "\n")
    assert key.render() == SECRET
    assert key.public_key().render() == PUBLIC == signatures.parse_public_key(PUBLIC).render()


@given(byte_text, byte_text)
def test_signing(text: str, other: str) -> None:
    key = signatures.parse_secret_key(SECRET)
    signature = signatures.parse_signature(key.sign(text).render())
    public = signatures.parse_public_key(PUBLIC)
    assert signature == key.sign(text)
    assert public.verify(text, signature)
    assert public.verify(other, signature) == (text == other)
    assert not public.verify(text, Signature("test-2", signature.data))
    assert not signatures.generate_secret_key("test-1").public_key().verify(text, signature)


def test_new_keys() -> None:
    key = signatures.generate_secret_key("name")
    again = signatures.parse_secret_key(key.render())
    assert again.public_key().verify("text", key.sign("text"))


def test_signatures_of_another_length() -> None:
    signature = signatures.parse_signature("test-1:YQ")
    assert signature.render() == "test-1:YQ=="
    with pytest.raises(FormatError, match="^signature is not valid$"):
        signatures.parse_public_key(PUBLIC).verify("", signature)


@pytest.mark.parametrize(
    ("text", "message", "frames"),
    [
        ("a", "key is corrupt", 1),
        ("a:", "key is corrupt", 1),
        (":YQ==", "key is corrupt", 1),
        ("a:YQ==", "secret key is not valid", 0),
        ("a:!!", "invalid character in Base64 string: ''", 1),
    ],
)
def test_messages(text: str, message: str, frames: int) -> None:
    with pytest.raises(FormatError) as caught:
        signatures.parse_secret_key(text)
    assert caught.value.message == message
    assert caught.value.frames == ["while decoding key named ''"] * frames
    with pytest.raises(FormatError) as caught:
        signatures.parse_public_key(text)
    assert caught.value.message == message.replace("secret", "public")
    assert caught.value.frames == [f"while decoding key named '' with raw value '{text}'"] * frames


@given(byte_text | st.text("ab:=+/", max_size=20))
def test_any_text(text: str) -> None:
    try:
        signature = signatures.parse_signature(text)
    except FormatError as error:
        assert error.message
    else:
        assert signatures.parse_signature(signature.render()) == signature
