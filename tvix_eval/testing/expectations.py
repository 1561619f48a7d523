"""Comparing what a run came to with what it should, and writing down what it does."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import Final

import attrs

from tvix_eval.testing.cases import Case, CaseError, Expectation, Layout, Outcome, kind_of, sibling

ERROR_LINE: Final = re.compile(r"^(?: {7})?error: ?(.*)$")
POSITION_LINE: Final = re.compile(r"^\s+at .+:\d+:\d+:$")
INDENT: Final = " " * 7

# The three levels on which two runs can agree; each includes those before it.
NOTHING: Final = 0
EXIT_CLASS: Final = 1
VALUE_AND_MESSAGE: Final = 2
EVERY_BYTE: Final = 3


def relocated(outcome: Outcome, case: Case) -> Outcome:
    """An outcome with ``/pwd`` in place of the folder that holds the suite."""
    base = str(case.base)
    return Outcome(outcome.code, outcome.stdout.replace(base, "/pwd"), outcome.stderr.replace(base, "/pwd"))


def error_message(stderr: str) -> str:
    """The message of the error that a run ended with: no frames, positions, excerpts."""
    lines = stderr.split("\n")
    last = None
    for number, line in enumerate(lines):
        if ERROR_LINE.match(line) and line != "error:":
            last = number
    if last is None:
        return ""
    found = ERROR_LINE.match(lines[last])
    assert found is not None
    message = [found[1]]
    for line in lines[last + 1 :]:
        if POSITION_LINE.match(line):
            break
        message.append(line.removeprefix(INDENT))
    return "\n".join(message).rstrip("\n") + "\n"


def with_final_newline(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def same_output(case: Case, expected: str, got: str) -> bool:
    """Whether output is as expected: to the byte, but for the last newline in a table."""
    if kind_of(case.path) == "table":
        return with_final_newline(expected) == with_final_newline(got)
    return expected == got


def differences(case: Case, outcome: Outcome) -> str:
    """What a run did not do as expected, for people to read; empty when it did it all."""
    expected = case.expected
    if expected is None:
        return "nothing says what is expected; --update writes down what happens\n" + shown(outcome)
    parts: list[str] = []
    if outcome.code != (1 if expected.fails else 0):
        parts.append(f"exit code {outcome.code}, expected {1 if expected.fails else 0}\n")
    if expected.stdout is not None and not same_output(case, expected.stdout, outcome.stdout):
        parts.append(difference("stdout", expected.stdout, outcome.stdout))
    if expected.stderr is not None and expected.stderr != outcome.stderr:
        parts.append(difference("stderr", expected.stderr, outcome.stderr))
    elif expected.message is not None and expected.message != error_message(outcome.stderr):
        parts.append(difference("message", expected.message, error_message(outcome.stderr)))
    return "".join(parts)


def difference(what: str, expected: str, got: str) -> str:
    lines = unified_diff(
        readable(expected).split("\n"), readable(got).split("\n"), "expected " + what, "got", lineterm="", n=3
    )
    return "\n".join(lines) + "\n"


def readable(text: str) -> str:
    """Byte text as people read it."""
    return text.encode("latin-1").decode("utf-8", "backslashreplace")


def shown(outcome: Outcome) -> str:
    return readable(f"exit code {outcome.code}\n{outcome.stdout}{outcome.stderr}")


def agreement(left: Outcome, right: Outcome) -> int:
    """The level on which two runs agree."""
    if left.code != right.code:
        return NOTHING
    if left.code != 0:
        if error_message(left.stderr) != error_message(right.stderr):
            return EXIT_CLASS
        return EVERY_BYTE if left.stderr == right.stderr else VALUE_AND_MESSAGE
    if left.stdout != right.stdout:
        return EXIT_CLASS
    return EVERY_BYTE if left.stderr == right.stderr else VALUE_AND_MESSAGE


def expected_outcome(case: Case) -> Outcome:
    """An expectation as a run, for `agreement`; only where stderr is known."""
    expected = case.expected
    assert expected is not None
    return Outcome(1 if expected.fails else 0, expected.stdout or "", expected.stderr or "")


def write_expectations(layout: Layout, found: list[tuple[Case, Outcome]]) -> None:
    """Write down what cases, all of one file, came to. Raises CaseError if a file can't say so."""
    path = found[0][0].path
    if kind_of(path) == "table":
        from tvix_eval.testing.tables import read_table

        table = read_table(path, layout)
        wanted = {case.name: outcome for case, outcome in found}
        table.rewrite(
            {
                entry.title: described(wanted[entry.title], entry.directives.full, table.expectation(entry))
                for entry in table.entries
                if entry.title in wanted
            }
        )
    else:
        for case, outcome in found:
            write_files(case, outcome)


def described(outcome: Outcome, full: bool, earlier: Expectation | None) -> Expectation:
    """The results of a case in a table. An error is told by its message, unless it was told
    `full` before, or is to be."""
    if outcome.code == 0:
        return Expectation(False, stdout=outcome.stdout, stderr=outcome.stderr)
    if full or (earlier is not None and earlier.fails and earlier.stderr is not None):
        return Expectation(True, stderr=outcome.stderr)
    return Expectation(True, message=error_message(outcome.stderr))


def write_files(case: Case, outcome: Outcome) -> None:
    fails = kind_of(case.path) in ("eval-fail", "parse-fail")
    if fails != (outcome.code != 0):
        raise CaseError(case.path, 1, f"the name of the test does not fit exit code {outcome.code}")
    if fails:
        write_or_remove(case, ".err.exp", outcome.stderr)
    elif sibling(case.path, ".exp.xml").exists():
        write_or_remove(case, ".exp.xml", outcome.stdout)
    else:
        sibling(case.path, ".exp").write_bytes(outcome.stdout.encode("latin-1"))
        write_or_remove(case, ".err.exp", outcome.stderr)


def write_or_remove(case: Case, suffix: str, text: str) -> None:
    path = sibling(case.path, suffix)
    if text:
        path.write_bytes(text.encode("latin-1"))
    else:
        path.unlink(missing_ok=True)


@attrs.frozen
class Verdict:
    """`kind`: ``passed``, ``failed``, ``xfailed`` (as foretold) or ``xpassed`` (against it)."""

    kind: str
    text: str


def judged(case: Case, outcome: Outcome) -> Verdict:
    text = differences(case, outcome)
    if case.xfail is None:
        return Verdict("failed" if text else "passed", text)
    if text:
        return Verdict("xfailed", case.xfail)
    return Verdict("xpassed", f"it passes now: take away the mark that says {case.xfail!r}\n")
