"""Store paths: names, and what they are computed from. Values and messages are those of Nix 2.34.8."""

from __future__ import annotations

import pytest
from hypothesis import given

from nix_compat import hashes, store_path
from nix_compat.content_address import FLAT, GIT, NAR, TEXT, ContentAddress
from nix_compat.errors import BadStorePath, BadStorePathName, FormatError
from nix_compat.hashes import Hash
from nix_compat.store_path import StoreDir

from .reference import byte_text, names

STORE = StoreDir()
BASE = "ii765igg06lmdvlakm9mxh7m9kba8jky-t"
ACCENTED = "é".encode().decode("latin-1")


@pytest.mark.parametrize("name", ["a", "...-a", ".a", "..a", "-", "a" * 211, "+-._?=09azAZ"])
def test_names(name: str) -> None:
    assert store_path.check_name(name) == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "name must not be empty"),
        (".", "name '.' is not valid"),
        ("..", "name '..' is not valid"),
        (".-a", "name '.-a' is not valid: first dash-separated component must not be '.'"),
        ("..-a", "name '..-a' is not valid: first dash-separated component must not be '..'"),
        ("..-", "name '..-' is not valid: first dash-separated component must not be '..'"),
        ("a b", "name 'a b' contains illegal character ' '"),
        ("a!" + ACCENTED, f"name 'a!{ACCENTED}' contains illegal character '!'"),
        ("a" * 212, f"name '{'a' * 212}' must be no longer than 211 characters"),
    ],
)
def test_wrong_names(name: str, message: str) -> None:
    with pytest.raises(BadStorePathName) as caught:
        store_path.check_name(name)
    assert caught.value.message == message
    assert str(caught.value) == message.replace(ACCENTED, "é")


def test_parts() -> None:
    path = STORE.parse("/nix/store/" + BASE)
    assert path == STORE.join(BASE) == "/nix/store/" + BASE
    assert STORE.base_name(path) == BASE
    assert (STORE.hash_part(path), STORE.name(path)) == (BASE[:32], "t")
    assert STORE.derivation_name(path + ".drv") == "t"
    with pytest.raises(BadStorePath, match=f"^store path '{BASE}' is not a valid derivation path$"):
        STORE.derivation_name(path)


@pytest.mark.parametrize(
    "path",
    [f"/nix//store/./{BASE}", f"/nix/store/x/../{BASE}/", f"/nix/store/{BASE}/.", f"/../nix/store/{BASE}"],
)
def test_paths_that_are_not_canonical(path: str) -> None:
    assert STORE.parse(path) == "/nix/store/" + BASE


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("foo", 'not an absolute path: "foo"'),
        ("", 'not an absolute path: ""'),
        ("/nix/store", 'path "/nix/store" is not in the Nix store'),
        (f"/nix/store/{BASE}/a", f'path "/nix/store/{BASE}/a" is not in the Nix store'),
        ("/nix/store/x", "'x' is too short to be a valid store path"),
        (f"/nix/store/{BASE[:32]}", f"'{BASE[:32]}' is too short to be a valid store path"),
        (f"/nix/store/A{BASE[1:]}", f"store path 'A{BASE[1:]}' contains illegal base-32 character 'A'"),
        (f"/nix/store/e{BASE[1:]}", f"store path 'e{BASE[1:]}' contains illegal base-32 character 'e'"),
        (
            f"/nix/store/{BASE[:33]}",
            f"path '{BASE[:33]}' is not a valid store path: name must not be empty",
        ),
        (
            f"/nix/store/{BASE},",
            f"path '{BASE},' is not a valid store path: name 't,' contains illegal character ','",
        ),
    ],
)
def test_wrong_paths(path: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        STORE.parse(path)
    assert caught.value.message == message


@given(names)
def test_any_name(name: str) -> None:
    path = STORE.text_path(name, bytes(32), [])
    assert STORE.parse(path) == path
    assert STORE.name(path) == name


@given(byte_text)
def test_any_text(text: str) -> None:
    for path in (text, "/nix/store/" + text, f"/nix/store/{BASE[:33]}{text}"):
        try:
            parsed = STORE.parse(path)
        except FormatError as error:
            assert error.message
        else:
            assert STORE.parse(parsed) == parsed


def test_text_paths() -> None:
    inner = STORE.text_path("y", hashes.sha256(b"y"), [])
    text = ("hello " + inner).encode("latin-1")
    path = STORE.text_path("x.txt", hashes.sha256(text), [inner, inner])
    assert path == "/nix/store/aw4p4lyhyjghpi1iwfb6n390rb3ggw0b-x.txt"
    address = ContentAddress(TEXT, Hash("sha256", hashes.sha256(text)))
    assert STORE.content_addressed_path("x.txt", address, [inner]) == path


SHA256 = hashes.parse_any("sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s")


@pytest.mark.parametrize(
    ("method", "hash", "path"),
    [
        (FLAT, "sha1:0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33", "600ffhk828bkbda5an2irfq2nb5a683m-foo"),
        (NAR, SHA256.render("sri"), "8nz4xrxpk6mgia8bb9jxncpcikkm2xxv-foo"),
        (NAR, "sha512:" + "ab" * 64, "wfw409x30azv57pgga94rz9y4ai8rf9x-foo"),
        (FLAT, "md5:" + "ab" * 16, "y6mfcyby986g0dwaxi4xqgl8x0f15a3a-foo"),
        (FLAT, SHA256.render("sri"), "p8hd84z8vx40y3q2l1mmbfd9y23h7g1a-foo"),
    ],
)
def test_fixed_outputs(method: str, hash: str, path: str) -> None:
    assert STORE.fixed_output_path("foo", method, hashes.parse_any(hash)) == "/nix/store/" + path


def test_another_store() -> None:
    path = StoreDir("/srv/store").fixed_output_path("foo", NAR, SHA256)
    assert path == "/srv/store/wp5yj8yh40a59lj0sp593rzbsiwb8f42-foo"


def test_references_of_contents() -> None:
    plain = STORE.fixed_output_path("foo", NAR, SHA256)
    to_itself = STORE.fixed_output_path("foo", NAR, SHA256, (), True)
    referring = STORE.fixed_output_path("foo", NAR, SHA256, [plain, to_itself])
    assert len({plain, to_itself, referring}) == 3
    assert referring == STORE.fixed_output_path("foo", NAR, SHA256, [to_itself, plain, plain])


def test_paths_that_nix_refuses() -> None:
    with pytest.raises(FormatError, match="^fixed output derivation 'foo' is not allowed to refer to other"):
        STORE.fixed_output_path("foo", FLAT, SHA256, [STORE.join(BASE)])
    with pytest.raises(FormatError) as caught:
        STORE.fixed_output_path("foo", GIT, Hash("md5", bytes(16)))
    assert caught.value.message == (
        "Git file ingestion must use SHA-1 or SHA-256 hash, but instead using: md5"
    )
    with pytest.raises(FormatError, match="^self-reference not allowed with text hashing$"):
        STORE.content_addressed_path("foo", ContentAddress(TEXT, SHA256), (), True)
    with pytest.raises(FormatError, match="SHA-256"):
        STORE.content_addressed_path("foo", ContentAddress(TEXT, Hash("md5", bytes(16))))
    with pytest.raises(BadStorePath, match="must be no longer than 211 characters$"):
        STORE.output_path("out", "00" * 32, "a" * 212)
