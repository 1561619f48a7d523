"""A process that evaluates attributes, as its standard input says, and tells of each as it goes.

In: a line of JSON for `Job`, then lines that are lists of attribute paths. Out: for each path
``{"begin": N}`` and ``{"end": N, …}`` with what it came to, and ``{"idle": true}`` after each list.
"""

from __future__ import annotations

import json
import os
import time
from queue import SimpleQueue
from threading import Thread
from typing import Final

from attrs import field, frozen

from tvix_eval.builtins.registry import Loader, impure_constants, io_builtins, pure_builtins
from tvix_eval.errors import NixError, TvixError
from tvix_eval.eval_io import StdIO
from tvix_eval.evaluation import Evaluator
from tvix_eval.output.json import to_json
from tvix_eval.program import byte_text, current_system
from tvix_eval.search_path import parse_entry
from tvix_eval.settings import Settings
from tvix_eval.vm.calls import call
from tvix_eval.vm.strings import ContextBuilder
from tvix_glue.folder import FolderStore
from tvix_glue.glue import Glue
from tvix_glue.loader import StoreLoader
from tvix_glue.nar_hashes import NarHashes
from tvix_glue.read_only import ReadOnlyStore
from tvix_glue.store import Store
from tvix_glue.store_io import StoreIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tvix_eval.builtins.records import Record


@frozen
class Job:
    """`function`: see `Request`. `store`: a folder to write to; "": nothing is written. `cache`: "" for none."""

    function: str
    include: list[str] = field(factory=list)
    features: list[str] = field(factory=list)
    system: str = ""
    store: str = ""
    cache: str = ""


class Worker:
    def __init__(self, job: Job) -> None:
        self.job: Final = job
        store: Store = FolderStore(job.store) if job.store else ReadOnlyStore()
        self.io: Final = StoreIO(StdIO(), store)
        hashes = NarHashes(job.cache + "/nar") if job.cache else None
        self.glue: Final = Glue(store, self.io, nar_hashes=hashes)
        settings = Settings(
            experimental_features=job.features, code_cache=job.cache + "/code" if job.cache else None
        )
        self.evaluator: Final = Evaluator(self.builtins, self.io, settings, ignore, self.glue.copy_path)
        self.function: object = None

    def builtins(self, loader: Loader) -> list[Record]:
        entries = [parse_entry(byte_text(each)) for each in self.job.include]
        records: list[Record] = pure_builtins()
        records += io_builtins(self.io, StoreLoader(self.glue, loader), entries)
        records += impure_constants(self.job.system or current_system(), int(time.time()))
        records += self.glue.builtins(frozenset(self.job.features))
        return records

    def outcome(self, path: list[str]) -> dict[str, object]:
        """What a path came to, as `Outcome` writes it."""

        def evaluate() -> object:
            if self.function is None:
                text = byte_text(self.job.function)
                self.function = self.evaluator.evaluate_text(
                    text, "\xc2\xabstring\xc2\xbb", self.io.working_directory()
                )
            value = call(self.function, [[byte_text(name) for name in path]], 0)
            return to_json(value, True, 0, ContextBuilder(), False)

        try:
            text = self.evaluator.run(evaluate)
            assert isinstance(text, str)
            made: dict[str, object] = json.loads(text.encode("latin-1"))
            return made
        except NixError as error:
            return {"error": error.message.encode("latin-1").decode("utf-8", "replace")}
        except (TvixError, AssertionError, ValueError, RecursionError) as error:
            return {"error": f"internal error: {type(error).__name__}: {error}"}


def ignore(kind: str, text: str) -> None:
    pass


def tell(value: dict[str, object]) -> None:
    data = json.dumps(value).encode() + b"\n"
    while data:
        data = data[os.write(1, data) :]


def read_lines(lines: SimpleQueue[bytes]) -> None:
    """When the input ends, whoever wanted to know is gone."""
    with open(0, "rb", closefd=False) as file:
        for line in file:
            lines.put(line)
    os._exit(0)


def main() -> None:
    lines: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=read_lines, args=(lines,), daemon=True).start()
    worker = Worker(Job(**json.loads(lines.get())))
    while True:
        for number, path in enumerate(json.loads(lines.get())):
            tell({"begin": number})
            tell({"end": number, **worker.outcome(path)})
        tell({"idle": True})


if __name__ == "__main__":
    main()
