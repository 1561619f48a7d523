"""Sessions without a terminal, whose answers are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tvix_eval.builtins.registry import Loader, io_builtins, pure_builtins
from tvix_eval.builtins.storeless import storeless_builtins
from tvix_eval.eval_io import StdIO
from tvix_eval.evaluation import Evaluator
from tvix_eval.program import Program
from tvix_eval.repl.host import Host
from tvix_eval.repl.repl import Repl
from tvix_eval.search_path import Entry, SearchPath
from tvix_eval.settings import Settings
from tvix_eval.store_access import StoreAccess

if TYPE_CHECKING:
    from tvix_eval.builtins.records import Record
    from tvix_eval.vm.observer import Observer


class World(StdIO):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def working_directory(self) -> str:
        return str(self.folder)

    def physical(self, path: str) -> str | None:
        return path


class KeepingHost(Host):
    """Keeps what it is to show."""

    shown = ""
    said = ""

    def write(self, text: str) -> None:
        self.shown += text

    def say(self, text: str) -> None:
        self.said += text

    def emit(self, kind: str, text: str) -> None:
        self.said += f"{kind}: {text}\n"


class Conversation:
    """A session in a folder; its program has the environment `variables`."""

    def __init__(self, folder: Path, **variables: str) -> None:
        io = World(folder)
        entries = [Entry("here", str(folder))]
        lookup = SearchPath(io)
        settings = Settings()
        program = Program("tvix-eval", {"NO_COLOR": "", **variables})

        def make(emit: Callable[[str, str], None], observer: Observer | None) -> Evaluator:
            def builtins(loader: Loader) -> list[Record]:
                return [
                    *pure_builtins(),
                    *io_builtins(io, loader, entries, lookup),
                    *storeless_builtins(settings.experimental_features),
                ]

            return Evaluator(builtins, io, settings, emit, observer=observer)

        self.host = KeepingHost(program, StoreAccess(), make, entries, lookup, "0", [], [], [], [])
        self.repl = Repl(self.host)

    def enter(self, text: str) -> str:
        """What is shown after a text was entered; it must be complete."""
        self.host.shown = self.host.said = ""
        assert self.repl.answer(text)
        return self.host.said + self.host.shown.rstrip("\n")
