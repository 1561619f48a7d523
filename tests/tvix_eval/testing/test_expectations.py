"""Comparing outcomes, and what counts as the message of an error."""

from __future__ import annotations

from tvix_eval.testing.cases import Outcome
from tvix_eval.testing.expectations import (
    EVERY_BYTE,
    EXIT_CLASS,
    NOTHING,
    VALUE_AND_MESSAGE,
    agreement,
    error_message,
)

TRACE = """\
trace: error: not this
error:
       … while calling the 'throw' builtin
         at (string):1:1:
            1| throw
             | ^

       error: two
       lines
"""


def test_the_message_of_an_error() -> None:
    assert error_message("error: x\n") == "x\n"
    assert error_message("error: x\n       at (string):1:1:\n            1| y\n             | ^\n") == "x\n"
    assert error_message(TRACE) == "two\nlines\n"
    assert error_message("trace: x\n") == ""


def test_the_levels_of_agreement() -> None:
    assert agreement(Outcome(0, "1\n", ""), Outcome(1, "", "error: x\n")) == NOTHING
    assert agreement(Outcome(0, "1\n", ""), Outcome(0, "2\n", "")) == EXIT_CLASS
    assert agreement(Outcome(1, "", "error: x\n"), Outcome(1, "", "error: y\n")) == EXIT_CLASS
    assert agreement(Outcome(1, "", "error: x\n"), Outcome(1, "", "error: x\n\n")) == VALUE_AND_MESSAGE
    assert agreement(Outcome(0, "1\n", "trace: x\n"), Outcome(0, "1\n", "")) == VALUE_AND_MESSAGE
    assert agreement(Outcome(0, "1\n", ""), Outcome(0, "1\n", "")) == EVERY_BYTE
