"""Syntax colours."""

from __future__ import annotations

import random

import pytest

from tvix_eval.repl.colouring import pieces

NAMES = frozenset(["map"])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("let a = 1.5; in map # x", "keyword:let number:1.5 keyword:in builtin:map comment:# x"),
        (":p map", "command::p builtin:map"),
        ('"a${b}c"', 'string:" string:a operator:${ string:c string:"'),
        ("./a/${b}/c <d> ~/e", "path:./a/ operator:${ path:/c path:<d> path:~/e"),
        ("''x\n''", "string:'' string:x\n string:''"),
        ("a // b /* c */ ++ d", "operator:// comment:/* c */ operator:++"),
        ('"not closed', 'string:" string:not closed'),
    ],
)
def test_kinds(text: str, kinds: str) -> None:
    assert " ".join(f"{kind}:{piece.strip(' ')}" for kind, piece in pieces(text, NAMES) if kind) == kinds


def test_nothing_is_lost() -> None:
    words = ['"', "${", "}", "{", "a", "1", "./x", "/", "#c\n", "/*", "*/", "''", " ", "\n", "=", "<x>", "~/"]
    words += ["é", "map", "|>", "&", "$", "\\", "http://x.y", "99999999999999999999", "\0", ":p "]
    chosen = random.Random(1)
    for _ in range(2000):
        text = "".join(chosen.choices(words, k=chosen.randrange(12)))
        assert "".join(piece for _, piece in pieces(text, NAMES)) == text
