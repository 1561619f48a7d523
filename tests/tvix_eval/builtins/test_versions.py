import pytest

from tvix_eval.builtins.versions import compare_versions

from ..evaluating import show


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.0", "1.1"),
        ("1.9", "1.10"),
        ("1.0pre", "1.0"),
        ("1.0", "1.0.0"),
        ("2.3", "2.3a"),
        ("2.3a", "2.3.1"),
        ("2147483648", "1"),
        ("1", "2147483647"),
        ("", "0"),
    ],
)
def test_older(older: str, newer: str) -> None:
    assert compare_versions(older, newer) == -1
    assert compare_versions(newer, older) == 1


@pytest.mark.parametrize(("a", "b"), [("01", "1"), ("1-1", "1.1"), ("1.", "1"), ("", "")])
def test_same(a: str, b: str) -> None:
    assert compare_versions(a, b) == 0


def test_split() -> None:
    assert show('builtins.splitVersion "1.2pre4-5_6a"') == '[ "1" "2" "pre" "4" "5" "_" "6" "a" ]'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nix-0.12", ("nix", "0.12")),
        ("a--1", ("a", "-1")),
        ("a-b-1", ("a-b", "1")),
        ("a-_b", ("a", "_b")),
        ("a-", ("a-", "")),
        ("a", ("a", "")),
    ],
)
def test_parse_drv_name(name: str, expected: tuple[str, str]) -> None:
    parsed = f'{{ name = "{expected[0]}"; version = "{expected[1]}"; }}'
    assert show(f'builtins.parseDrvName "{name}"') == parsed
