import pytest

from ..evaluating import message, show


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('toString [ "a" [ ] "b" ]', '"a b"'),
        ("toString [ null true false 1 1.5 ]", '" 1  1 1.500000"'),
        ('toString { __toString = self: self.x; x = "y"; }', '"y"'),
        ("toString /a/b", '"/a/b"'),
        ('builtins.stringLength "é"', "2"),
        ('builtins.substring 1 2 "hello"', '"el"'),
        ('builtins.substring 1 (0 - 1) "hello"', '"ello"'),
        ('builtins.substring 9 1 "hello"', '""'),
        ('builtins.substring 0 1 "é" + builtins.substring 1 1 "é"', '"é"'),
        ('builtins.concatStringsSep ", " [ "a" { outPath = "b"; } ]', '"a, b"'),
        ('map baseNameOf [ "a/b/" "a/b//" "/" "" "a" ]', '[ "b" "" "" "" "a" ]'),
        ('map dirOf [ "a" "/a" "a/b/" "a//b" ]', '[ "." "/" "a/b" "a/" ]'),
        ("[ (dirOf /a/b) (dirOf /a) (dirOf /.) ]", "[ /a / / ]"),
    ],
)
def test_value(expression: str, expected: str) -> None:
    assert show(expression) == expected


@pytest.mark.parametrize(
    ("wanted", "replacements", "subject", "expected"),
    [
        ('"a" "b"', '"b" "a"', "abc", '"bac"'),
        ('"a" "ab"', '"1" "2"', "abaab", '"1b11b"'),
        ('"ab" "a"', '"1" "2"', "abaab", '"121"'),
        ('""', '"-"', "abc", '"-a-b-c-"'),
        ('"a" ""', '"X" "-"', "abca", '"X-b-cX-"'),
        ('"a"', '(throw "unused")', "b", '"b"'),
        ("", "", "b", '"b"'),
    ],
)
def test_replace_strings(wanted: str, replacements: str, subject: str, expected: str) -> None:
    assert show(f'builtins.replaceStrings [ {wanted} ] [ {replacements} ] "{subject}"') == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("toString (x: x)", "cannot coerce a function to a string: «lambda @ (test):1:11»"),
        ('builtins.substring (0 - 1) 1 "a"', "negative start position in 'substring'"),
        ("builtins.stringLength 1", "cannot coerce an integer to a string: 1"),
        (
            'builtins.replaceStrings [ "a" ] [ ] ""',
            "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths",
        ),
    ],
)
def test_error(expression: str, expected: str) -> None:
    assert message(expression) == expected
