"""JSON as C++ Nix reads and prints it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import json_text
from nix_compat.errors import FormatError

from .reference import byte_text

unicode = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | unicode,
    lambda inner: st.lists(inner) | st.dictionaries(unicode, inner),
)


@given(values)
def test_round_trip(value: object) -> None:
    text = json_text.dumps(value)
    assert json_text.loads(text) == json.loads(text.encode("latin-1")) == value
    assert json_text.dumps(json_text.loads(text)) == text


def test_what_nix_makes_of_structured_attributes() -> None:
    given = (
        '{"b": 1.50, "a": [12345678901234567890123, 18446744073709551615, 18446744073709551616,'
        " -9223372036854775808, -9223372036854775809, -0, -0.0, 0.10000000000000001,"
        ' "\\u00e9\\u001f\\b\\f\\/\\"\\\\"], "a": 0, "\\u00e9": {}, "c": []}'
    )
    last = given.replace(' "a": 0,', "")
    numbers = (
        "[1.2345678901234568e+22,18446744073709551615,1.8446744073709552e+19,"
        "-9223372036854775808,-9.223372036854776e+18,0,-0.0,0.1,"
    )
    e = "é".encode().decode("latin-1")
    assert json_text.canonical_object(given) == '{"a":0,"b":1.5,"c":[],"' + e + '":{}}'
    expected = '{"a":' + numbers + '"' + e + '\\u001f\\b\\f/\\"\\\\"],"b":1.5,"c":[],"' + e + '":{}}'
    assert json_text.canonical_object(last) == expected
    assert json_text.canonical_object("\xef\xbb\xbf" + last) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        "[-Infinity]",
        '"\\ud800"',
        "[01]",
        "[1,]",
        "{'a':1}",
        '"\t"',
        "1 x",
        '"\xff"',
        "[1.]",
    ],
)
def test_what_is_not_json(text: str) -> None:
    with pytest.raises(FormatError):
        json_text.canonical_object('{"a":' + text + "}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "[json.exception.type_error.302] type must be object, but is array"),
        ("null", "[json.exception.type_error.302] type must be object, but is null"),
        ('{"a":1e400}', "[json.exception.out_of_range.406] number overflow parsing '1e400'"),
    ],
)
def test_messages(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        json_text.canonical_object(text)
    assert caught.value.message == "cannot process __json attribute: " + message


def test_depth() -> None:
    deep: object = []
    for _ in range(50_000):
        deep = [deep]
    text = json_text.dumps(deep)
    assert text == "[" * 50_001 + "]" * 50_001
    with pytest.raises(FormatError):
        json_text.loads(text[:-1])
    while isinstance(deep, list) and deep:  # or freeing it would nest as deeply
        deep = deep.pop()


@given(byte_text | st.text('{}[]",:0123456789.e-+ tn\\u', max_size=30))
def test_any_text(text: str) -> None:
    try:
        value = json_text.loads(text)
    except FormatError as error:
        assert error.message
    else:
        assert json_text.loads(json_text.dumps(value)) == value


@given(unicode)
def test_byte_text(text: str) -> None:
    data = json_text.to_byte_text(text)
    assert data.encode("latin-1") == text.encode()
    assert json_text.to_unicode(data) == text
    with pytest.raises(FormatError):
        json_text.to_unicode(data + "\xff")
    with pytest.raises(FormatError):
        json_text.to_byte_text(text + chr(0xD800))
