"""The grammar of ``nix.conf``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import nix_conf
from nix_compat.errors import FormatError, UsageError

from .reference import byte_text

FILES = {
    "/etc/nix/nix.conf": "a = 1\ninclude more\n!include none\ninclude /abs/./x/../b.conf\n",
    "/etc/nix/more": "b = 2",
    "/abs/b.conf": "c = 3 # 4\n\n# d = 4\n",
    "/etc/nix/loop": "include loop\n",
}


def read(text: str, path: str = "/etc/nix/nix.conf") -> list[tuple[str, str]]:
    return nix_conf.read_settings(text, path, FILES.get, lambda path: path in FILES or path == "/unreadable")


def test_settings() -> None:
    text = "a = 1\n\tb\t=\t x  y\r\nc =\nd = = # e\nwith/odd.name = \xe9"
    assert read(text) == [("a", "1"), ("b", "x y"), ("c", ""), ("d", "="), ("with/odd.name", "\xe9")]
    assert read("") == read("# = 1\n \t\n") == []


def test_includes() -> None:
    assert read(FILES["/etc/nix/nix.conf"]) == [("a", "1"), ("b", "2"), ("c", "3")]
    assert read("include /unreadable") == []


@pytest.mark.parametrize("line", ["x", "include", "a b", "cores == 1", "include = x", "!include a b", "= "])
def test_lines_that_mean_nothing(line: str) -> None:
    with pytest.raises(UsageError) as caught:
        read("a = 1\n" + line + "# comment")
    assert caught.value.message == f"syntax error in configuration line '{line}' in \"/etc/nix/nix.conf\""


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (
            "include nofile",
            "/etc/nix/nix.conf",
            'file "/etc/nix/nofile" included from "/etc/nix/nix.conf" not found',
        ),
        ("include a", "NIX_CONFIG", 'not an absolute path: "a"'),
        (FILES["/etc/nix/loop"], "/etc/nix/loop", 'configuration files include each other: "/etc/nix/loop"'),
    ],
)
def test_files_that_cannot_be_included(text: str, path: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text, path)
    assert caught.value.message == message


@given(byte_text | st.text("a=# \ninclude!/.", max_size=40))
def test_any_text(text: str) -> None:
    try:
        settings = read(text)
    except FormatError as error:
        assert error.message
    else:
        again = "".join([f"{name} = {value}\n" for name, value in settings])
        assert read(again) == settings
