"""Derivations as JSON, against ``nix derivation show`` and ``nix derivation add`` of Nix 2.34.8."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import aterm, derivation_json
from nix_compat.errors import FormatError
from nix_compat.hash_modulo import DerivationHashes

from .reference import FILES, SHOWN, STORE, read


def test_what_nix_shows() -> None:
    shown = derivation_json.show_derivations({path: read(path) for path in FILES}, STORE)
    assert shown == {"derivations": SHOWN, "version": 4}


@pytest.mark.parametrize("path", sorted(FILES))
def test_and_back(path: str) -> None:
    drv = derivation_json.from_json(SHOWN[STORE.base_name(path)], STORE)
    assert aterm.write_derivation(drv, STORE) == FILES[path]


START = {"name": "a", "version": 4, "outputs": {}, "inputs": {"srcs": [], "drvs": {}}}
WHOLE = START | {"outputs": {"out": {}}, "system": "s", "builder": "b", "args": [], "env": {"out": ""}}


def test_what_nix_adds() -> None:
    attributes = {"": {}, "a": [1e5, 1e-7, 123456789012345.6], "b": 1.5, "z": 2, "é": 1}
    value = WHOLE | {
        "outputs": {"out": {}, "lib": {}},
        "env": {"out": "", "lib": ""},
        "args": ["é\x01/"],
        "structuredAttrs": attributes,
    }
    drv = derivation_json.from_json(value, STORE)
    made = DerivationHashes(STORE, read).complete(drv)
    assert made.path == "/nix/store/h25xrxg590w1v68539jixlr4f7r3yh1c-a.drv"


@pytest.mark.parametrize(
    ("value", "message", "frames"),
    [
        ([], "Expected JSON value to be of type 'object' but it is of type 'array': []", []),
        ({}, "Expected JSON object to contain key 'name' but it doesn't: {}", []),
        ({"name": 1}, "Expected JSON value to be of type 'string' but it is of type 'number': 1", []),
        ({"name": "a"}, 'Expected JSON object to contain key \'version\' but it doesn\'t: {"name":"a"}', []),
        (
            START | {"version": 3},
            "Unsupported derivation JSON format version 3, only format version 4 is currently supported.",
            [],
        ),
        (
            START | {"version": -1},
            "Expected JSON value to be an unsigned integral number"
            " but it is of type 'signed integral number': -1",
            [],
        ),
        (
            START | {"version": 1.5},
            "Expected JSON value to be an unsigned integral number"
            " but it is of type 'floating point number': 1.5",
            [],
        ),
        (
            START | {"version": "4"},
            "Expected JSON value to be an unsigned integral number but it is of type 'string': \"4\"",
            [],
        ),
        (
            START | {"outputs": []},
            "Expected JSON value to be of type 'object' but it is of type 'array': []",
            ["while reading key 'outputs'"],
        ),
        (
            START | {"outputs": {"out": {"x": 1}}},
            "invalid JSON for derivation output",
            ["while reading key 'outputs'"],
        ),
        (
            START | {"outputs": {"out": {"path": "x"}}},
            "'x' is too short to be a valid store path",
            ["while reading key 'outputs'"],
        ),
        (
            START | {"outputs": {"out": {"method": "x", "hashAlgo": "y"}}},
            "Unknown file ingestion method 'x', expect `flat`, `nar`, or `git`",
            ["while reading key 'outputs'"],
        ),
        (
            START | {"inputs": {"srcs": {}}},
            "Expected JSON value to be of type 'array' but it is of type 'object': {}",
            ["while reading key 'srcs'", "while reading key 'inputs'"],
        ),
        (
            WHOLE | {"env": {"out": 1}},
            "Expected JSON value to be of type 'string' but it is of type 'number': 1",
            ["while reading key 'env'"],
        ),
    ],
)
def test_messages(value: object, message: str, frames: list[str]) -> None:
    with pytest.raises(FormatError) as caught:
        derivation_json.from_json(value, STORE)
    assert (caught.value.message, caught.value.frames) == (message, frames)


def test_text_that_is_not_utf8() -> None:
    drv = derivation_json.from_json(WHOLE, STORE)
    drv.env["x"] = "\xff"
    with pytest.raises(FormatError, match="UTF-8"):
        derivation_json.to_json(drv, STORE)


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab\ud800"),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["path", "out", "srcs", "outputs"]), inner)
    ),
)


@given(junk, st.sampled_from([*WHOLE, "structuredAttrs"]))
def test_any_json(value: object, key: str) -> None:
    for whole in (value, WHOLE | {key: value}):
        try:
            drv = derivation_json.from_json(whole, STORE)
        except FormatError as error:
            assert error.message
        else:
            again = derivation_json.to_json(drv, STORE)
            assert derivation_json.to_json(derivation_json.from_json(again, STORE), STORE) == again
            assert json.loads(json.dumps(again)) == again
