"""``exec`` and ``importNative``, which a setting brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..running import Outcome
from ..test_instantiate import instantiate

SETTING = "allow-unsafe-native-code-during-evaluation"


def unsafe(folder: Path, expression: str) -> Outcome:
    return instantiate(folder, "--eval", "--strict", "--option", SETTING, "true", "-E", expression)


def error(folder: Path, expression: str) -> str:
    """The message of the error, after what a program has said."""
    made = unsafe(folder, expression)
    assert (made.code, made.out) == (1, ""), made
    return made.err.rpartition("error: ")[2].partition("\n")[0]


def test_they_are_there_when_wanted(tmp_path: Path) -> None:
    names = "[ (builtins ? exec) (builtins ? importNative) ]"
    assert unsafe(tmp_path, names).out == "[ true true ]\n"
    assert (
        unsafe(tmp_path, "[ builtins.exec __exec __importNative ]").out == "[ <PRIMOP> <PRIMOP> <PRIMOP> ]\n"
    )
    assert instantiate(tmp_path, "--eval", "--strict", "-E", names).out == "[ false false ]\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.exec [ "sh" "-c" "echo 1 + 2" ]', "3"),
        ('builtins.exec [ "echo" "x:" "x" ] 3', "3"),
        ('builtins.exec [ "echo" "./x" ]', "/x"),
        ('builtins.exec [ "echo" "__curPos" ]', "null"),
        ('builtins.exec [ "printf" "1\\\\0002" ]', "1"),
    ],
)
def test_exec_evaluates_what_a_program_prints(tmp_path: Path, expression: str, expected: str) -> None:
    made = unsafe(tmp_path, expression)
    assert (made.code, made.out, made.err) == (0, expected + "\n", "")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("builtins.exec [ ]", "at least one argument to 'exec' required"),
        ("builtins.exec 1", "expected a list but found an integer: 1"),
        ('builtins.exec [ "echo" 1 ]', "cannot coerce an integer to a string: 1"),
        ('builtins.exec [ "sh" "-c" "exit 3" ]', 'program "sh" failed with exit code 3'),
        ('builtins.exec [ "sh" "-c" "kill -9 $$" ]', 'program "sh" failed due to signal 9 (Killed)'),
        ('builtins.exec [ "no-such-program" ]', 'program "no-such-program" failed with exit code 1'),
        ('builtins.exec [ "true" ]', "syntax error, unexpected end of file"),
        ('builtins.exec [ "echo" "throw \\"x\\"" ]', "x"),
        ('builtins.importNative /x.so "f"', "could not open '/x.so': this evaluator loads no native plugins"),
        ("builtins.importNative /x.so 1", "expected a string but found an integer: 1"),
    ],
)
def test_errors(tmp_path: Path, expression: str, expected: str) -> None:
    assert error(tmp_path, expression) == expected


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    said = '\x1b[31;1merror:\x1b[0m executing \x1b[35;1m"none"\x1b[0m: \x1b[35;1mNo such file or directory\x1b[0m\n'
    assert unsafe(tmp_path, 'builtins.exec [ "none" ]').err.startswith(said)


def test_frames_name_the_program(tmp_path: Path) -> None:
    assert (
        "… while evaluating the output from 'echo'"
        in unsafe(tmp_path, 'builtins.exec [ "echo" "{ }.a" ]').err
    )
    assert "… while parsing the output from 'echo'" in unsafe(tmp_path, 'builtins.exec [ "echo" "(" ]').err
