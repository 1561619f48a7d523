"""The limits of a host hold wherever the time goes."""

from __future__ import annotations

import time

import pytest

from tvix_eval import Evaluation, LimitExceeded, Settings

MEGABYTES = 'builtins.foldl\' (s: n: s + s) "a" (builtins.genList (n: n) 24)'


@pytest.mark.parametrize(
    "expression",
    [
        "builtins.toJSON (" * 200 + "1" + ")" * 200,
        "builtins.toXML (" * 3000 + "1" + ")" * 3000,
        'builtins.replaceStrings [ "a" ] [ "aa" ] (' * 200 + '"a"' + ")" * 200,
        f'builtins.split "(.)" ({MEGABYTES})',
        f'builtins.match "((a*)*)*b" ({MEGABYTES})',
        "let f = n: f (n + 1); in builtins.length (builtins.genList f 10)"
        " + builtins.foldl' (a: b: a + b) 0 (builtins.genList (n: n) 10000000)",
    ],
    ids=["JSON of JSON", "XML of XML", "replacements", "matches", "a hard pattern", "calls"],
)
def test_time(expression: str) -> None:
    evaluation = Evaluation(settings=Settings(timeout=0.3))
    begin = time.monotonic()
    with pytest.raises(LimitExceeded, match="longer than 0.3 seconds"):
        evaluation.evaluate(expression)
    assert time.monotonic() - begin < 20
