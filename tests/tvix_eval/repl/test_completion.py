"""What a text can go on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tvix_eval.repl.completion import complete

from .sessions import Conversation


@pytest.fixture
def conversation(tmp_path: Path) -> Conversation:
    (tmp_path / "file.nix").write_text("1")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.nix").write_text("2")
    (tmp_path / ".hidden").write_text("")
    made = Conversation(tmp_path)
    made.enter(
        'set = { plain = 1; "two words" = 2; inner.x = throw "x"; late = builtins.trace "!" { a = 1; }; }'
    )
    made.enter("endless = let f = n: f2 (n + 1); f2 = n: if n < 0 then n else f2 (n + 1); in { a = f 1; }")
    return made


def texts(conversation: Conversation, text: str) -> list[str]:
    """The whole texts after completing, each."""
    return [text[: len(text) - each.replaced] + each.text for each in complete(conversation.repl, text)]


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("se", ["set"]),
        ("1 + endl", ["1 + endless"]),
        ("(en", ["(endless"]),
        ("impo", ["import"]),
        ("wi", ["with"]),
        ("set.", ["set.inner", "set.late", "set.plain", 'set."two words"']),
        ("set.p", ["set.plain"]),
        ("[ set.inner.", ["[ set.inner.x"]),
        ('set."two', ['set."two words"']),
        (":p set.l", [":p set.late"]),
        ("set.inner.x.", []),
        ("set.plain.", []),
        ("nothing.", []),
        ("(f 1).", []),
        ("builtins.mapA", ["builtins.mapAttrs"]),
        ("./fi", ["./file.nix"]),
        ("import ./fo", ["import ./folder/"]),
        ("./folder/", ["./folder/inner.nix"]),
        ("./.h", ["./.hidden"]),
        ("./nowhere/", []),
        ("<he", ["<here>"]),
        (":l f", [":l file.nix", ":l folder/"]),
        (":pro", [":profile"]),
        (":te t", [":te true"]),
        (":q ", []),
        ("x: set.pl", ["x: set.plain"]),
    ],
)
def test_completion(conversation: Conversation, text: str, completed: list[str]) -> None:
    assert texts(conversation, text) == completed


def test_names_with_underscores_only_when_asked_for(conversation: Conversation) -> None:
    assert "__add" not in texts(conversation, "")
    assert "__add" in texts(conversation, "__")


def test_attributes_are_not_evaluated(conversation: Conversation) -> None:
    notes = {each.text: each.note for each in complete(conversation.repl, "set.")}
    assert notes["late"] == ""
    conversation.enter("set.late")
    notes = {each.text: each.note for each in complete(conversation.repl, "set.")}
    assert notes["late"] == "a set"


def test_what_programs_say_is_not_shown(conversation: Conversation) -> None:
    conversation.host.said = ""
    assert texts(conversation, "set.late.") == ["set.late.a"]
    assert conversation.host.said == ""
    assert not conversation.repl.quiet


def test_it_takes_but_a_moment(conversation: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tvix_eval.repl.completion.MOMENT", 0.1)
    assert texts(conversation, "endless.a.") == []
    assert conversation.repl.evaluator.interrupt.seconds == 0
    assert conversation.enter("set.plain") == "1"
