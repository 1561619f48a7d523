import pytest

from tvix_eval import Evaluation, LimitExceeded, Settings
from tvix_eval.builtins.posix_regex import Regex
from tvix_eval.builtins.regex_tree import BadPattern, PatternTooBig

from ..evaluating import message, show


def pieces(pattern: str, subject: str) -> list[str]:
    """What the matches of a pattern are, one after the other."""
    return [subject[span[0] : span[1]] for span in Regex(pattern).find_all(subject)]


@pytest.mark.parametrize(
    ("pattern", "subject", "groups"),
    [
        ("a(b)?", "a", [None]),
        ("(a|ab)(c|bcd)", "abcd", ["a", "bcd"]),
        ("[]a]+", "]a]", []),
        ("[^]a]", "b", []),
        ("[a-]+", "a-", []),
        ("[+--]", ",", []),
        (r"[\n]", "n", []),
        ("[[:ALPHA:]]+", "aZ", []),
        ("[[.hyphen.]]", "-", []),
        ("[[=a=]]", "A", []),
        ("a{2}{2}", "aaaa", []),
        ("a*?", "aaa", []),
        ("}]", "}]", []),
        (".", "\n", []),
    ],
)
def test_match(pattern: str, subject: str, groups: list[str | None]) -> None:
    assert Regex(pattern).full_match(subject) == groups


@pytest.mark.parametrize(
    "pattern",
    [
        *["[a", "a{", "a{,2}", "a{3,2}", "(", "a)", "(?:a)", "*a", "(*a)", "^*", "\\", r"\d", r"\n", "[z-a]"],
        *["[a-z-9]", "[[:nope:]]", "[[.nope.]]", "[[:digit:]-z]", "a{99999999999}"],
    ],
)
def test_bad_pattern(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Regex(pattern)


@pytest.mark.parametrize("pattern", ["a{100000}", "(a{300}){400}", "(" * 1000 + ")" * 1000, "a" + "*" * 1000])
def test_pattern_too_big(pattern: str) -> None:
    with pytest.raises(PatternTooBig):
        Regex(pattern)


class TestSearch:
    """Where arms of an alternation compete, the longest match wins, more or less."""

    @pytest.mark.parametrize(
        ("pattern", "subject", "expected"),
        [
            ("b*", "abc", ["", "b", "", ""]),
            ("^a", "aa", ["a"]),
            ("a|ab", "abab", ["ab", "ab"]),
            ("(b|ba)", "ba", ["ba"]),
            ("a*(ab)?", "aab", ["aa", "", ""]),
            ("(a|b)*", "abc", ["ab", "", ""]),
            ("|a", "ba", ["", "a", ""]),
        ],
    )
    def test_matches(self, pattern: str, subject: str, expected: list[str]) -> None:
        assert pieces(pattern, subject) == expected

    def test_pieces(self) -> None:
        assert show('builtins.split "(a)|(c)" "abc"') == '[ "" [ "a" null ] "b" [ null "c" ] "" ]'
        assert show('builtins.split "x" "abc"') == '[ "abc" ]'

    def test_deep_repetition_ends_in_an_error(self) -> None:
        subject = 'builtins.concatStringsSep "" (builtins.genList (i: "ab") 900000)'
        assert "stack overflow" in message(f'builtins.split "(a|ab|b)*c" ({subject} + "c")')


def test_messages() -> None:
    assert message('builtins.match "[" ""') == "invalid regular expression '['"
    assert (
        message('builtins.split "a{100000}" ""') == "memory limit exceeded by regular expression 'a{100000}'"
    )


class TestExplosion:
    """What backtracking alone would take longer for than anybody waits."""

    @pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "((a+)+)+b", "(a{1,2}){1,300}b"])
    def test_no_match(self, pattern: str) -> None:
        regex = Regex(pattern)
        assert regex.full_match("a" * 200) is None
        assert regex.find_all("a" * 200) == []
        assert pieces(pattern, "a" * 200 + "xaab") == ["aab"]

    def test_it_ends_when_it_is_told_to(self) -> None:
        evaluation = Evaluation(settings=Settings(timeout=0.2))
        subject = "a" * 200
        with pytest.raises(LimitExceeded):
            evaluation.evaluate(f'builtins.split "(a|aa)+b|a{{199}}" "{subject}"')
