"""``--debugger`` on a terminal: what is asked is piped in, what is answered comes out."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from ..running import Outcome, environment, run, start

PROGRAM = """\
let
  check = n:
    if n > 2
    then throw "too big"
    else n;
  total = builtins.foldl' (sum: n: sum + check n) 0;
in
total [ 1 2 3 ]
"""


def debug(folder: Path, commands: str, *arguments: str, text: str = PROGRAM) -> Outcome:
    (folder / "a.nix").write_text(text)
    return run(folder, "--debugger", *arguments, "a.nix", stdin=commands, NO_COLOR="1")


def answers(made: Outcome) -> list[str]:
    """What was answered, one after the other."""
    return [each.partition("\n")[2].strip("\n") for each in made.out.split("nix-repl> ")[1:]]


def test_it_stops_at_errors(tmp_path: Path) -> None:
    made = debug(tmp_path, "n + 10\n:st 4\nsum\nn\n:c\n")
    assert made.code == 1
    assert made.err.count("too big") >= 2  # where it stops, and in the end
    first, shown, sum_, n, _ = answers(made)
    assert (first, sum_, n) == ("13", "3", "3")
    assert shown.startswith(
        f"4: while calling anonymous lambda\n{tmp_path}/a.nix:6:28\n\n     5|     else n;\n"
    )


def test_the_backtrace_is_that_of_nix(tmp_path: Path) -> None:
    made = debug(tmp_path, ":bt\n:env\n")
    backtrace, environment = answers(made)[:2]
    heads = [line for line in backtrace.splitlines() if line[:1].isdigit()]
    assert heads == [
        "0: error: too big",
        "1: while calling a function",
        "2: while calling 'check'",
        "3: while calling a function",
        "4: while calling anonymous lambda",
        "5: while calling a function",
    ]
    assert "      |          ^\n" in backtrace
    assert environment.startswith(
        "Env level 0\nstatic: n \n\nEnv level 1\nstatic: check total \n\nEnv level 2\n"
    )
    assert " builtins " in environment


def test_break(tmp_path: Path) -> None:
    text = "let f = x: let y = x + 1; in builtins.break (y * 2); in with { w = 5; }; f 3 + w"
    made = debug(tmp_path, "y\nx\n:c\n", text=text)
    assert (made.code, made.out.splitlines()[-1]) == (0, "13")
    assert answers(made)[:2] == ["4", "3"]
    assert made.err.startswith("info: breakpoint reached\n\nTvix ")
    assert "debugger\nType :? for help.\n" in made.err
    assert run(tmp_path, "a.nix").out == "13\n"


def test_breakpoints_and_steps(tmp_path: Path) -> None:
    made = debug(
        tmp_path,
        ":break a.nix:3\n:c\nn\n:n\n:n\n:f\n:unbreak a.nix:3\n:breaks\n:q\n",
        text=f"builtins.break ({PROGRAM})",
    )
    assert made.code == 0
    assert f"breakpoint at {tmp_path}/a.nix:3\n" in made.out
    places = [line.removeprefix("breakpoint ") for line in made.err.splitlines() if "at /" in line]
    assert places[0] == f"at {tmp_path}/a.nix:3:5"
    assert places[1] == f"at {tmp_path}/a.nix:3:10"


def test_every_step(tmp_path: Path) -> None:
    made = debug(tmp_path, ":s\n" * 10, text="let f = a: a * 2; in builtins.break (f 1) + f 2")
    places = [line.rpartition("a.nix:")[2] for line in made.err.splitlines() if line.startswith("at ")]
    assert places == ["1:38", "1:14", "1:45", "1:14"]
    assert made.out.splitlines()[-1] == "6"


def test_errors_that_are_caught(tmp_path: Path) -> None:
    text = "(builtins.tryEval (throw ''no'')).success"
    made = debug(tmp_path, ":c\n", text=text)
    assert (made.code, made.out.splitlines()[-1]) == (0, "false")
    assert "This exception occurred in a 'tryEval' call. Use --ignore-try to skip these." in made.err
    made = debug(tmp_path, "", "--ignore-try", text=text)
    assert (made.code, made.out, made.err) == (0, "false\n", "")


def test_nothing_to_stop_at(tmp_path: Path) -> None:
    made = debug(tmp_path, "", text="1 + 1")
    assert (made.code, made.out, made.err) == (0, "2\n", "")


def test_the_end_of_input_quits(tmp_path: Path) -> None:
    made = debug(tmp_path, "")
    assert made.code == 1
    assert "too big" in made.err
    made = debug(tmp_path, ":q\n", text="builtins.break 1")
    assert (made.code, made.out) == (0, "nix-repl> :q\n")


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    commands = ":st 99\n:break x\n:break none.nix:3\n:break a.nix:999\n:unbreak a.nix:1\n:nope\nthrow ''my own''\nnope\n"
    made = debug(tmp_path, commands, text="builtins.break 1")
    for message in (
        "there is no entry '99' in the backtrace",
        "a breakpoint is set at '<path>:<line>'",
        f"path '{tmp_path}/none.nix' does not exist",
        "there is nothing to stop at from line 999 on",
        f"there is no breakpoint at {tmp_path}/a.nix:1",
        "unknown command ':nope'",
        "my own",
        "undefined variable 'nope'",
    ):
        assert f"error: {message}" in made.err
    assert "Traceback" not in made.err and "internal error" not in made.err


def test_help_has_the_commands_of_both(tmp_path: Path) -> None:
    shown = debug(tmp_path, ":?\n", text="builtins.break 1").out
    assert ":bt, :backtrace" in shown and ":t <expr>" in shown
    assert ":bt" not in run(tmp_path, "repl", stdin=":?\n").out


def test_it_is_a_flag_of_tvix_instantiate(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text(
        "{ f }: (builtins.tryEval (throw ''x'')).success || builtins.break (f 3) > 2"
    )
    program = "import sys; from tvix_eval.instantiate import main; sys.exit(main())"
    flags = ["--eval", "--debugger", "--ignore-try", "--arg", "f", "n: n", "a.nix"]
    made = subprocess.run(
        [sys.executable, "-c", program, *flags],
        cwd=tmp_path,
        env=environment(tmp_path, NO_COLOR="1"),
        input="f 5\n:c\n",
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0
    assert made.stdout == "nix-repl> f 5\n5\n\nnix-repl> :c\ntrue\n"
    assert made.stderr.startswith("info: breakpoint reached\n")


def test_an_interrupt_stops_where_it_is(tmp_path: Path) -> None:
    loop = "builtins.foldl' (a: n: a + n) 0 (builtins.genList (n: builtins.foldl' (a: m: a + m * n) 0 numbers) 100000)"
    (tmp_path / "a.nix").write_text(
        f"let numbers = builtins.genList (n: n) 10000; in builtins.trace ''ready'' ({loop})"
    )
    process = start(tmp_path, "--no-code-cache", "--debugger", "a.nix")
    assert process.stdin is not None and process.stderr is not None
    assert process.stderr.readline() == b"trace: ready\n"
    process.send_signal(signal.SIGINT)
    said = process.stderr.readline() + process.stderr.readline() + process.stderr.readline()
    assert b"interrupted at " in said and f"{tmp_path}/a.nix:1:".encode() in said
    out, err = process.communicate(b"builtins.length numbers\n:q\n", timeout=30)
    assert b"10000" in out
    assert process.returncode == 0
    assert b"Traceback" not in err
