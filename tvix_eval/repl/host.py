"""What a REPL is started with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tvix_eval.program import STRING_NAME, byte_text, write
from tvix_eval.worlds import open_search_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tvix_eval.evaluation import Evaluator
    from tvix_eval.program import Program
    from tvix_eval.search_path import Entry, SearchPath
    from tvix_eval.store_access import StoreAccess
    from tvix_eval.vm.observer import Observer

    MakeEvaluator = Callable[[Callable[[str, str], None], Observer | None], Evaluator]


class Host:
    """`evaluator(emit, observer)` makes an evaluation of the world that the command line describes, in
    which `lookup` finds what `entries` name.

    `files` and `expressions`: those whose attributes are variables from the beginning. `version`: of
    the program. `given`: the arguments for functions, as names and expressions; `strings`: as names and
    strings.
    """

    def __init__(
        self,
        program: Program,
        store: StoreAccess,
        evaluator: MakeEvaluator,
        entries: list[Entry],
        lookup: SearchPath,
        version: str,
        files: list[str],
        expressions: list[str],
        given: list[list[str]],
        strings: list[list[str]],
    ) -> None:
        self.program: Final = program
        self.store: Final = store
        self.evaluator: Final = evaluator
        self.entries: Final = entries
        self.lookup: Final = lookup
        self.version: Final = version
        self.files: Final = files
        self.expressions: Final = expressions
        self.given: Final = given
        self.strings: Final = strings

    def arguments(self, evaluator: Evaluator, folder: str) -> dict[str, object]:
        """The arguments as values. Called first."""
        open_search_path(evaluator.io, self.entries, self.lookup, folder)
        found: dict[str, object] = {}
        for name, text in self.given:
            found[byte_text(name)] = evaluator.delay_text(byte_text(text), STRING_NAME, folder)
        for name, text in self.strings:
            found[byte_text(name)] = byte_text(text)
        return found

    def write(self, text: str) -> None:
        """Show byte text: an answer."""
        write(1, text)

    def say(self, text: str) -> None:
        """Show byte text: a message."""
        self.program.say(text)

    def emit(self, kind: str, text: str) -> None:
        """Show what a Nix program says."""
        self.program.emit(kind, text)
