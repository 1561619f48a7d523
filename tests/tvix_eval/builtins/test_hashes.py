import pytest

from tvix_eval.settings import Settings

from ..evaluating import Program, message, show

BASE16 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
NIX32 = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
BASE64 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
SRI = "sha256-" + BASE64


@pytest.mark.parametrize("given", ["sha256:" + BASE16, "sha256:" + NIX32, "sha256:" + BASE64, SRI])
@pytest.mark.parametrize(
    ("notation", "expected"), [("base16", BASE16), ("nix32", NIX32), ("base64", BASE64), ("sri", SRI)]
)
def test_convert(given: str, notation: str, expected: str) -> None:
    call = f'builtins.convertHash {{ hash = "{given}"; toHashFormat = "{notation}"; }}'
    assert show(call) == f'"{expected}"'


def test_old_name_of_nix32() -> None:
    program = Program()
    assert (
        program.show(f'builtins.convertHash {{ hash = "{SRI}"; toHashFormat = "base32"; }}') == f'"{NIX32}"'
    )
    assert program.said == [("warning", '"base32" is a deprecated alias for hash format "nix32".')]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('hash = "sha256-aa"', "invalid SRI hash 'aa', length 1 != expected length 32"),
        ('hash = "sha256-!!"', "invalid SRI hash '!!', length 0 != expected length 32"),
        ('hash = "sha256:aa"', "hash 'aa' has wrong length for hash algorithm 'sha256'"),
        (f'hash = "{SRI}"; hashAlgo = "md5"', f"hash '{SRI}' should have type 'md5'"),
        (
            'hash = "aa"',
            "hash 'aa' does not include a type, nor is the type otherwise known from context",
        ),
        (
            'hash = "x:a"',
            "unknown hash algorithm 'x', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'",
        ),
    ],
)
def test_convert_error(attributes: str, expected: str) -> None:
    assert message(f'builtins.convertHash {{ {attributes}; toHashFormat = "sri"; }}') == expected


def test_hash_string() -> None:
    assert show('builtins.hashString "sha256" "abc"') == f'"{BASE16}"'


def test_blake3_is_experimental() -> None:
    expression = 'builtins.hashString "blake3" ""'
    assert message(expression).startswith("experimental Nix feature 'blake3-hashes' is disabled")
    enabled = Program(Settings(experimental_features=["blake3-hashes"]))
    assert enabled.show(expression).startswith('"af1349b9f5f9a1a6')


def test_placeholder() -> None:
    assert show('placeholder "out"') == '"/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"'
