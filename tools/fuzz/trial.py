"""One text through parser and evaluator, in this process, within limits.

What it reads is nothing: there are no files in its world, and its store only computes.
"""

from __future__ import annotations

import traceback
from os import devnull
from typing import Final

from tvix_eval import Evaluation, Interrupted, NixError, NoIO, Settings, explain
from tvix_eval.output.rendering import JSON, NIX, RAW, XML, write_value
from tvix_glue.programs import ProgramStore

SECONDS: Final = 2.0
MEMORY: Final = 2 << 30
LONGEST_TRACE: Final = 10_000_000  # bytes, about
FORMS: Final = ((NIX, False), (NIX, True), (JSON, True), (XML, True), (RAW, True))
NAME: Final = "\xc2\xabstring\xc2\xbb"

# How a trial ended.
PARSE_ERROR: Final = "does not parse"
ERROR: Final = "error"
VALUE: Final = "value"
LIMIT: Final = "limit"
DEFECT: Final = "defect"


class Trial:
    """Evaluations of a text, one for each form of output."""

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.size = 0  # of what was written

    def evaluation(self) -> Evaluation:
        settings = Settings(timeout=SECONDS, max_memory=MEMORY)
        store = ProgramStore("dummy://", devnull)
        world = store.open("", True, settings, NoIO())
        return Evaluation(
            builtins=store.builtins(settings),
            io=world,
            settings=settings,
            on_message=lambda kind, text: None,
            copy_path=store.copy_path,
        )

    def explain(self, error: NixError) -> None:
        """Without the trace if that would show a long line many times."""
        show_trace = len(error.frames) * len(self.text) < LONGEST_TRACE
        self.size += len(explain(error, show_trace=show_trace))

    def write(self, text: str) -> None:
        self.size += len(text.encode("latin-1"))

    def run(self) -> tuple[str, str]:
        """How it ended; for a defect, its traceback."""
        ending = LIMIT
        try:
            ending = self.ending()
        except (Interrupted, MemoryError):
            pass
        except BaseException:
            return DEFECT, traceback.format_exc()
        return ending, ""

    def ending(self) -> str:
        parsing = self.evaluation()
        try:
            parsing.core.run(lambda: self.write(parsing.core.show_tree(self.text, NAME, "/")))
        except NixError as error:
            self.explain(error)
            return PARSE_ERROR
        ending = ERROR
        for form, strict in FORMS:
            evaluation = self.evaluation()
            try:
                evaluation.core.run(lambda: self.print_value(evaluation, form, strict))  # noqa: B023
                ending = VALUE
            except NixError as error:
                self.explain(error)
        return ending

    def print_value(self, evaluation: Evaluation, form: str, strict: bool) -> None:
        value = evaluation.core.evaluate_text(self.text, NAME, "/")
        write_value(value, form, strict, True, self.write)
