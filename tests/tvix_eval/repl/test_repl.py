"""What a session keeps, and what it survives."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tvix_eval.repl.scope import IncompleteInput

from ..running import environment
from .sessions import Conversation

PROGRAM = [sys.executable, "-c", "from tvix_glue.programs import evaluate; evaluate()", "repl"]


@pytest.fixture
def conversation(tmp_path: Path) -> Conversation:
    return Conversation(tmp_path)


def test_a_value_is_evaluated_once(conversation: Conversation) -> None:
    conversation.enter('x = builtins.trace "evaluated" { a = 1; }')
    assert conversation.enter("x") == "trace: evaluated\n{ a = 1; }"
    assert conversation.enter("x") == "{ a = 1; }"


def test_a_failed_value_fails_again(conversation: Conversation) -> None:
    conversation.enter('x = throw "no"')
    assert conversation.enter("x").endswith("error: no\n")
    assert conversation.enter("x").endswith("error: no\n")
    assert conversation.enter("1") == "1"


@pytest.mark.parametrize(
    "text",
    ["{", "[ 1", "(", "let a = 1;", "x = {", "f = x:", '"', "''", ":p [", ":p", "1 +", "a =", "if true"],
)
def test_incomplete(conversation: Conversation, text: str) -> None:
    assert not conversation.repl.is_complete(text)
    assert not conversation.repl.answer(text)


@pytest.mark.parametrize("text", ["", "1", "}", "x = 1", "a = 1; b", ":l {", ":nope (", "x y z", ":q"])
def test_complete(conversation: Conversation, text: str) -> None:
    assert conversation.repl.is_complete(text)


def test_incomplete_files_are_just_wrong(conversation: Conversation, tmp_path: Path) -> None:
    (tmp_path / "wrong.nix").write_text("{ a = ")
    assert "unexpected end of file" in conversation.enter("import ./wrong.nix")
    assert "unexpected end of file" in conversation.enter(":l wrong.nix")


def test_files_are_read_again(conversation: Conversation, tmp_path: Path) -> None:
    (tmp_path / "file.nix").write_text("{ a = 1; }")
    conversation.enter(":l file.nix")
    conversation.enter("b = 2")
    (tmp_path / "file.nix").write_text("{ a = 3; }")
    assert conversation.enter("a") == "1"
    assert conversation.enter(":r") == 'Loading "file.nix"...\nAdded 1 variables.\na\n'
    assert conversation.enter("a") == "3"
    assert "undefined variable 'b'" in conversation.enter("b")


def test_editing(tmp_path: Path) -> None:
    (tmp_path / "file.nix").write_text("{\n  f = x: x;\n}")
    (tmp_path / "vim").write_text('#!/bin/sh\necho "$@" > "$0.words"\n')
    (tmp_path / "vim").chmod(0o755)
    conversation = Conversation(tmp_path, EDITOR=f"{tmp_path}/vim -x")
    conversation.enter(":l file.nix")
    assert conversation.enter(":e f").startswith('Loading "file.nix"...')
    assert (tmp_path / "vim.words").read_text() == f"-x +2 {tmp_path}/file.nix\n"
    conversation.enter(':e { meta.position = "/some/where.nix:17"; }')
    assert (tmp_path / "vim.words").read_text() == "-x +17 /some/where.nix\n"
    assert conversation.enter(
        ":e x: x"
    ) == "error: '«string»:1:1' cannot be shown in an editor\n".encode().decode("latin-1")
    assert conversation.enter(':e { meta.position = "/nowhere"; }') == (
        "error: cannot parse 'meta.position' attribute '/nowhere'\n"
    )


def test_without_an_editor(tmp_path: Path) -> None:
    conversation = Conversation(tmp_path, EDITOR="/no/editor")
    assert conversation.enter(":e ./file") == "error: executing '/no/editor': No such file or directory\n"


def test_profiles(conversation: Conversation, tmp_path: Path) -> None:
    (tmp_path / "file.nix").write_text("{ twice = x: x * 2; }")
    conversation.enter(":l file.nix")
    conversation.enter("four = twice 2")
    assert conversation.enter("four") == "4"
    shown = conversation.enter(":profile map (x: twice x) [ four 1 2 ]")
    assert re.search(rf"^ +4 .* twice {tmp_path}/file.nix:1:11$", shown, re.MULTILINE)
    assert conversation.enter(":profile 1") == "nothing was called"
    shown = conversation.enter(':profile throw "thrown"')
    assert shown.index("error: thrown") < shown.index("builtins.throw")


def test_times(conversation: Conversation) -> None:
    assert re.fullmatch(r"3\nevaluated in .*s, printed in .*s", conversation.enter(":time 1 + 2"))


def test_defects_are_told(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(conversation.repl.scope, "evaluate", lambda text: 1 / 0)
    assert conversation.enter("1") == ""
    assert capfd.readouterr().err.startswith("error: internal error: ZeroDivisionError")


def test_what_there_is_no_store_for(conversation: Conversation) -> None:
    drv = '{ type = "derivation"; name = "x"; drvPath = "/nix/store/%s-x.drv"; }' % ("a" * 32)
    assert conversation.enter(f":b {drv}").startswith("error: expression evaluated to invalid derivation")
    assert "can't be put into a store" in conversation.enter('"${./.}"')


def test_a_scope_says_what_is_incomplete(conversation: Conversation) -> None:
    with pytest.raises(IncompleteInput):
        conversation.repl.scope.check("{")
    conversation.repl.scope.check("x = 1")


def start(folder: Path) -> subprocess.Popen[bytes]:
    """A session that can be interrupted."""
    return subprocess.Popen(
        PROGRAM,
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_interrupts_where_the_system_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    process = start(tmp_path)
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b'builtins.trace "go" (builtins.readFile ./fifo)\n')
    process.stdin.flush()
    while b"trace: go" not in process.stdout.readline():
        pass
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    while b"It still waits for the system" not in process.stdout.readline():
        pass
    (tmp_path / "fifo").write_text("late")
    shown, _ = process.communicate(b"6 * 7\n", timeout=60)
    assert b"42" in shown


def test_interrupts(tmp_path: Path) -> None:
    process = start(tmp_path)
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b"l = builtins.genList (x: x) 1000\nr = f: builtins.foldl' (a: x: f x) 0 l\n")
    process.stdin.write(b'builtins.trace "go" (r (x: r (y: r (z: z))))\n')
    process.stdin.flush()
    while b"trace: go" not in process.stdout.readline():
        pass
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    shown, _ = process.communicate(b"6 * 7\n", timeout=60)
    assert process.returncode == 0
    assert b"error: interrupted by the user\n\nnix-repl> 6 * 7\n" in shown
    assert b"42" in shown


def test_files_of_the_command_line_must_be_there(tmp_path: Path) -> None:
    made = subprocess.run(
        [*PROGRAM, "missing.nix"], cwd=tmp_path, env=environment(tmp_path), input=b"1\n", capture_output=True
    )
    assert made.returncode == 1
    assert made.stdout == b""
    assert made.stderr.decode().endswith(f"error: path '{tmp_path}/missing.nix' does not exist\n")
