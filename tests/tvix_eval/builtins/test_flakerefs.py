import pytest

from tvix_eval.errors import NixError
from tvix_eval.settings import Settings

from ..evaluating import Program, message

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def program() -> Program:
    return Program(Settings(experimental_features=["flakes"]))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("nixpkgs", '{ id = "nixpkgs"; type = "indirect"; }'),
        (
            f"nixpkgs/main/{REVISION}",
            f'{{ id = "nixpkgs"; ref = "main"; rev = "{REVISION}"; type = "indirect"; }}',
        ),
        (
            "github:NixOS/nixpkgs/23.05?dir=lib",
            '{ dir = "lib"; owner = "NixOS"; ref = "23.05"; repo = "nixpkgs"; type = "github"; }',
        ),
        ("/a//b", '{ path = "/a/b"; type = "path"; }'),
        (
            "git+https://x.org/a?submodules=1&b=c",
            '{ submodules = true; type = "git"; url = "https://x.org/a?b=c"; }',
        ),
        ("https://x.org/a.tar.gz", '{ type = "tarball"; url = "https://x.org/a.tar.gz"; }'),
    ],
)
def test_parse(program: Program, reference: str, expected: str) -> None:
    assert program.show(f'builtins.parseFlakeRef "{reference}"') == expected


@pytest.mark.parametrize(
    "reference",
    [
        "flake:nixpkgs",
        "github:a/b/c?dir=d",
        "gitlab:a/b?host=x.org",
        "path:/a%20b?lastModified=1",
        "git+ssh://git@x.org/a?ref=main",
        "hg+https://x.org/a",
        "https://user:word@x.org:80/a?b=c",
    ],
)
def test_round_trip(program: Program, reference: str) -> None:
    assert (
        program.show(f'builtins.flakeRefToString (builtins.parseFlakeRef "{reference}")') == f'"{reference}"'
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.parseFlakeRef "./a"', "flake reference './a' is not an absolute path"),
        ('builtins.parseFlakeRef "a#b"', "unexpected fragment 'b' in flake reference 'a#b'"),
        ('builtins.parseFlakeRef "ftp://x/y"', "input 'ftp://x/y' is unsupported"),
        (
            "builtins.flakeRefToString { }",
            "'type' attribute to specify input scheme is required but not provided",
        ),
        (
            'builtins.flakeRefToString { type = "github"; owner = "a"; repo = 0 - 1; }',
            "negative value given for flake ref attr repo: -1",
        ),
        (
            'builtins.flakeRefToString { type = "path"; path = "/a"; owner = "a"; }',
            "input attribute 'owner' not supported by scheme 'path'",
        ),
    ],
)
def test_error(program: Program, expression: str, expected: str) -> None:
    with pytest.raises(NixError) as caught:
        program.value(expression)
    assert caught.value.message == expected


def test_flakes_are_experimental() -> None:
    assert message('builtins.parseFlakeRef "x"').startswith("experimental Nix feature 'flakes' is disabled")
