"""Builtins that match strings against regular expressions."""

from __future__ import annotations

from tvix_eval.vm.force import force_string, force_string_no_context
from tvix_eval.vm.values import Builtin, Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.builtins.posix_regex import Regex


class RegexCache:
    """Compiled patterns. One cache serves the builtins of one evaluation."""

    def __init__(self) -> None:
        self.known: Final[dict[str, Regex]] = {}

    def get(self, text: str) -> Regex:
        regex = self.known.get(text)
        if regex is None:
            from tvix_eval.builtins.posix_regex import compile_regex

            regex = compile_regex(text)
            self.known[text] = regex
        return regex


class Match(Primitive):
    def __init__(self, cache: RegexCache) -> None:
        self.cache: Final = cache

    def call2(self, a: object, b: object) -> object:
        text = force_string_no_context(a, 0, "while evaluating the first argument passed to builtins.match")
        regex = self.cache.get(text)
        subject = force_string(b, 0, "while evaluating the second argument passed to builtins.match")
        groups = regex.full_match(subject)
        if groups is None:
            return None
        result: list[object] = []
        result.extend(groups)
        return result


class Split(Primitive):
    def __init__(self, cache: RegexCache) -> None:
        self.cache: Final = cache

    def call2(self, a: object, b: object) -> object:
        text = force_string_no_context(a, 0, "while evaluating the first argument passed to builtins.split")
        regex = self.cache.get(text)
        subject = force_string(b, 0, "while evaluating the second argument passed to builtins.split")
        spans = regex.find_all(subject)
        if not spans:
            return [b]
        result: list[object] = []
        end = 0
        for span in spans:
            groups: list[object] = []
            for slot in range(2, len(span), 2):
                if span[slot + 1] < 0:
                    groups.append(None)
                else:
                    groups.append(subject[span[slot] : span[slot + 1]])
            result.append(subject[end : span[0]])
            result.append(groups)
            end = span[1]
        result.append(subject[end:])
        return result


def regex_builtins() -> list[Builtin]:
    cache = RegexCache()
    return [
        Builtin(
            "match",
            ["regex", "str"],
            Match(cache),
            "The groups of the POSIX extended regular expression *regex*, as a list, if it matches "
            "all of *str*; otherwise `null`.",
        ),
        Builtin(
            "split",
            ["regex", "str"],
            Split(cache),
            "*str* cut at every match of the POSIX extended regular expression *regex*: "
            "the strings between the matches, and between these the groups of the matches, as lists.",
        ),
    ]
