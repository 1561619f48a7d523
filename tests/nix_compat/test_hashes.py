"""Hashes and their notations. Values and messages are those of Nix 2.34.8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import hashes
from nix_compat.errors import BadHash, FormatError, UsageError
from nix_compat.hashes import Hash, Hasher

from .reference import byte_text

# What `nix hash file` says of a file with this text.
TEXT = b"own vector"
NOTATIONS = {
    ("md5", "base16"): "62968f8e7fe61621be68ce087490e0c5",
    ("md5", "nix32"): "65w287826fd2z225p6gy78z5k2",
    ("md5", "base64"): "YpaPjn/mFiG+aM4IdJDgxQ==",
    ("md5", "sri"): "md5-YpaPjn/mFiG+aM4IdJDgxQ==",
    ("sha1", "base16"): "1aefdaecc249cc40dba7293d3660050cd479e65f",
    ("sha1", "nix32"): "bzk7km0c0mh3cg99lzdl1k29qbndmvqs",
    ("sha1", "base64"): "Gu/a7MJJzEDbpyk9NmAFDNR55l8=",
    ("sha1", "sri"): "sha1-Gu/a7MJJzEDbpyk9NmAFDNR55l8=",
    ("sha256", "base16"): "107bb96254dbe0be89171b1331e6b11430f6bef09fdcb53b2335e977f62f979f",
    ("sha256", "nix32"): "17wp5zv7gs9m4cxvbp4zy2zgcc0ln7k324qv2y4vxq6vaiibjyqh",
    ("sha256", "base64"): "EHu5YlTb4L6JFxsTMeaxFDD2vvCf3LU7IzXpd/Yvl58=",
    ("sha256", "sri"): "sha256-EHu5YlTb4L6JFxsTMeaxFDD2vvCf3LU7IzXpd/Yvl58=",
    ("sha512", "base16"): (
        "61855feb07f12771222510a75e67722d40c2c9d3833c681aeffcaa0f33bd7c49"
        "dd33b8a66110c783cf47b0955683931b2e4217899fa176d2976448a1dad8cffc"
    ),
    ("sha512", "nix32"): (
        "3yczn6sl54695yjfshrz28p88p1p4w3asav0iyghg3i0qd6p0rxsjbwplrhzapwxwd6hg43sg4w4h1df9kmx9qh4li729zi0zmmz1b1"
    ),
    ("sha512", "base64"): (
        "YYVf6wfxJ3EiJRCnXmdyLUDCydODPGga7/yqDzO9fEndM7imYRDHg89HsJVWg5MbLkIXiZ+hdtKXZEih2tjP/A=="
    ),
    ("blake3", "base16"): "561331358475aeb8c35636dd85c49ee34aec21dff4a683fdc1c2ba5a20531b44",
    ("blake3", "nix32"): "0i0vach5mfn2q7yq79plvwhyqjp3kv28bp9nav1vibkmhhsk24sn",
    ("blake3", "sri"): "blake3-VhMxNYR1rrjDVjbdhcSe40rsId/0poP9wcK6WiBTG0Q=",
}
ALGORITHMS = st.sampled_from(sorted(hashes.SIZES))


@pytest.mark.parametrize(("algorithm", "form"), list(NOTATIONS))
def test_notations(algorithm: str, form: str) -> None:
    text = NOTATIONS[algorithm, form]
    hash = Hash(algorithm, hashes.digest(algorithm, TEXT))
    assert hash.render(form) == text
    assert hashes.parse_any(text, algorithm) == hash
    assert hashes.parse_prefixed(hash.render(form, prefixed=True)) == hash


@given(ALGORITHMS, st.lists(st.binary()))
def test_hashing_in_parts(algorithm: str, parts: list[bytes]) -> None:
    hasher = Hasher(algorithm)
    for part in parts:
        hasher.write(part)
    whole = b"".join(parts)
    assert hasher.finish() == Hash(algorithm, hashes.digest(algorithm, whole))
    assert hasher.size == len(whole)


@given(ALGORITHMS, st.data(), st.sampled_from(hashes.FORMS), st.booleans())
def test_round_trip(algorithm: str, data: st.DataObject, form: str, prefixed: bool) -> None:
    size = hashes.SIZES[algorithm]
    hash = Hash(algorithm, data.draw(st.binary(min_size=size, max_size=size)))
    assert hashes.parse_any(hash.render(form, prefixed), algorithm) == hash


SHA1 = "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"


@pytest.mark.parametrize(
    "text",
    [
        "sha1-C+7Hteo/D9vJXQ3UfzxbwnXaijM=",
        "sha1-C+7Hteo/D9vJXQ3UfzxbwnXaijM",
        "sha1-C+7Hteo/D9vJXQ3UfzxbwnXaijM=junk",
        "sha1-C+7Hteo/D9vJ\nXQ3UfzxbwnXaijM=",
        "sha1:C+7Hteo/D9vJXQ3UfzxbwnXaijM=",
        "sha1:" + SHA1.upper(),
    ],
)
def test_what_nix_tolerates(text: str) -> None:
    assert hashes.parse_any(text).render(hashes.BASE16) == SHA1


@pytest.mark.parametrize(
    ("text", "algorithm", "message"),
    [
        ("sha256-xx", None, "invalid SRI hash 'xx', length 1 != expected length 32"),
        ("sha256:zz", None, "hash 'zz' has wrong length for hash algorithm 'sha256'"),
        ("zz", "sha1", "hash 'zz' has wrong length for hash algorithm 'sha1'"),
        ("zz", None, "hash 'zz' does not include a type, nor is the type otherwise known from context"),
        ("sha1:abc", "md5", "hash 'sha1:abc' should have type 'md5'"),
        (f"sha1:zz{SHA1[2:]}", None, f"invalid base16 hash 'zz{SHA1[2:]}', length 0 != expected length 20"),
        (
            f"sha1:{SHA1[:-1]} ",
            None,
            f"invalid base16 hash '{SHA1[:-1]} ', length 0 != expected length 20",
        ),
        (
            "sha1:1xk9ld2tbm1hmmgfw0dsrh8ix7xkvxsu",
            None,
            "invalid nix32 hash '1xk9ld2tbm1hmmgfw0dsrh8ix7xkvxsu', length 0 != expected length 20",
        ),
        ("md5:" + "z" * 26, None, f"invalid nix32 hash '{'z' * 26}', length 17 != expected length 16"),
        (
            "sha1-C+7Hteo/D9vJXQ3UfzxbwnXai",
            None,
            "invalid SRI hash 'C+7Hteo/D9vJXQ3UfzxbwnXai', length 18 != expected length 20",
        ),
        (
            "sha1-C+7!teo/D9vJXQ3UfzxbwnXaijM=",
            None,
            "invalid SRI hash 'C+7!teo/D9vJXQ3UfzxbwnXaijM=', length 0 != expected length 20",
        ),
    ],
)
def test_messages(text: str, algorithm: str | None, message: str) -> None:
    with pytest.raises(BadHash) as caught:
        hashes.parse_any(text, algorithm)
    assert caught.value.message == message


def test_unknown_algorithm() -> None:
    with pytest.raises(UsageError) as caught:
        hashes.parse_any("foo-zz")
    assert caught.value.message == (
        "unknown hash algorithm 'foo', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'"
    )


def test_sri_only() -> None:
    assert hashes.parse_sri("sha1-C+7Hteo/D9vJXQ3UfzxbwnXaijM=").render(hashes.BASE16) == SHA1
    with pytest.raises(BadHash, match="^hash 'x' is not SRI$"):
        hashes.parse_sri("x")
    with pytest.raises(BadHash, match="^hash 'x' does not include a type$"):
        hashes.parse_prefixed("x")


def test_an_empty_hash_is_zeros() -> None:
    told: list[str] = []
    assert hashes.parse_or_empty("", "md5", told.append) == Hash("md5", bytes(16))
    assert told == ["found empty hash, assuming 'md5-AAAAAAAAAAAAAAAAAAAAAA=='"]
    with pytest.raises(BadHash, match="^empty hash requires explicit hash algorithm$"):
        hashes.parse_or_empty("", None, told.append)
    assert hashes.parse_or_empty(SHA1, "sha1", told.append).render(hashes.BASE16) == SHA1


def test_compress() -> None:
    assert hashes.compress(bytes(range(1, 6)), 2) == bytes([1 ^ 3 ^ 5, 2 ^ 4])
    assert hashes.compress(b"abc", 3) == b"abc"
    assert hashes.compress(b"", 2) == b"\0\0"


@given(st.one_of(byte_text, st.text(hashes.BASE64_DIGITS + "=:-\n", max_size=60)), st.none() | ALGORITHMS)
def test_any_text(text: str, algorithm: str | None) -> None:
    try:
        hash = hashes.parse_any(text, algorithm)
    except FormatError as error:
        assert error.message
    else:
        assert len(hash.digest) == hashes.SIZES[hash.algorithm]


@given(st.binary(max_size=50), st.integers(0, 2))
def test_base64_without_padding(data: bytes, cut: int) -> None:
    text = hashes.encode_base64(data)
    assert hashes.decode_base64(text.rstrip("=") + "="[:cut]) == data
