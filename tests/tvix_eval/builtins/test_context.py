import pytest

from ..evaluating import message, show

DRV = "/nix/store/00000000000000000000000000000000-x.drv"
PLAIN = "/nix/store/00000000000000000000000000000000-x"


def with_context(entries: str, path: str = DRV) -> str:
    return f'(builtins.appendContext "abc" {{ "{path}" = {{ {entries} }}; }})'


@pytest.mark.parametrize(
    "entries",
    [
        "path = true;",
        "allOutputs = true;",
        'outputs = [ "a" "b" ];',
        'allOutputs = true; outputs = [ "a" ]; path = true;',
    ],
)
def test_round_trip(entries: str) -> None:
    assert show(f"builtins.getContext {with_context(entries)}") == f'{{ "{DRV}" = {{ {entries} }}; }}'


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("builtins.substring 0 0 {}", True),
        ('builtins.replaceStrings [ "a" ] [ "x" ] {}', True),
        ('builtins.replaceStrings [ {} ] [ "x" ] "abc"', False),
        ('builtins.replaceStrings [ "z" ] [ {} ] "abc"', False),
        ("builtins.concatStringsSep {} [ ]", True),
        ("baseNameOf {}", True),
        ("builtins.toJSON [ {} ]", True),
        ("builtins.toXML {}", True),
        ('builtins.head (builtins.split "z" {})', True),
        ('builtins.head (builtins.split "a" {})', False),
        ('builtins.head (builtins.match "(.*)" {})', False),
        ('builtins.hashString "md5" {}', False),
        ("builtins.unsafeDiscardStringContext {}", False),
    ],
)
def test_what_keeps_context(expression: str, kept: bool) -> None:
    text = expression.replace("{}", with_context("path = true;"))
    assert show(f"builtins.hasContext ({text})") == ("true" if kept else "false")


def test_dependency_on_outputs() -> None:
    deep = with_context("allOutputs = true;")
    flat = f"(builtins.unsafeDiscardOutputDependency {deep})"
    assert show(f"builtins.getContext {flat}") == f'{{ "{DRV}" = {{ path = true; }}; }}'
    assert show(f"builtins.getContext (builtins.addDrvOutputDependencies {flat})") == show(
        f"builtins.getContext {deep}"
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.appendContext "" { x = { }; }', "context key 'x' is not a store path"),
        (
            f'builtins.appendContext "" {{ "{PLAIN}/y" = {{ }}; }}',
            f"context key '\"{PLAIN}/y\"' is not a store path",
        ),
        (
            with_context("allOutputs = true;", PLAIN),
            f'tried to add all-outputs context of "{PLAIN}", which is not a derivation, to a string',
        ),
        (
            'builtins.addDrvOutputDependencies "a"',
            "context of string 'a' must have exactly one element, but has 0",
        ),
        (
            f'builtins.match {with_context("path = true;")} ""',
            f"the string 'abc' is not allowed to refer to a store path (such as '{DRV}')",
        ),
    ],
)
def test_error(expression: str, expected: str) -> None:
    assert message(expression) == expected
