"""Where the time of one evaluation goes: ``python phases.py REPORT SCRATCH ARGUMENT…``.

Runs ``tvix-instantiate`` with the arguments in this process, and then does the parts of its work that
can be told apart once more, by themselves, with a clock: loading the code of the same files (or
parsing, compiling and keeping it, if they were not in the cache), linking the regions that were
linked, hashing what was copied into the store, rendering and hashing its derivations. What is left of
the time of the whole is `evaluate`. The second time finds the processor's caches warm, and what was
thrown away meanwhile is not done again: the parts are lower bounds, `evaluate` is an upper one.

`start` is until the evaluation begins, and includes importing what this script needs, too.

Writes CPU seconds by phase, as JSON, to the file REPORT. SCRATCH is an empty folder.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nix_compat import hashes
from nix_compat.derivation import INPUT_ADDRESSED, Deferred, Derivation
from nix_compat.hash_modulo import DerivationHashes
from tvix_eval.builtins.files import Loader
from tvix_eval.compiler.bytecode import Chunk
from tvix_eval.eval_io import EvalIO
from tvix_eval.evaluation import Evaluator, FileLoader, FileSource
from tvix_eval.front import Front
from tvix_eval.instantiate import Instantiate
from tvix_eval.linker import Body, Region, Unit, link
from tvix_eval.program import byte_text
from tvix_eval.settings import Settings
from tvix_eval.vm.machine import REGISTERS
from tvix_glue.glue import Glue
from tvix_glue.programs import ProgramStore, own_folder
from tvix_glue.trees import Tree

Result = TypeVar("Result")


class WatchedStore(ProgramStore):
    """Keeps hold of what a run is made of, and of the derivations it instantiates, in their order."""

    def __init__(self) -> None:
        super().__init__("", own_folder())
        self.started = 0.0
        self.evaluator: Evaluator | None = None
        self.settings: Settings | None = None
        self.derivations: list[tuple[str, Derivation]] = []

    def open(self, name: str, read_only: bool, settings: Settings, io: EvalIO) -> EvalIO:
        self.started = time.process_time()
        self.settings = settings
        io = super().open(name, read_only, settings, io)
        usual = self.glue
        hashes = usual.sources.nar_hashes
        self.opened = Glue(usual.store, usual.io, hashes, lambda *made: self.derivations.append(made))
        return io

    def loader(self, loader: Loader) -> Loader:
        assert isinstance(loader, FileLoader)
        self.evaluator = loader.evaluation
        return super().loader(loader)


class Clock:
    """CPU seconds of this process, by what they were spent on."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}

    def time(self, phase: str, function: Callable[[], Result]) -> Result:
        start = time.process_time()
        result = function()
        self.phases[phase] = self.phases.get(phase, 0.0) + time.process_time() - start
        return result


def repeat_loading(clock: Clock, evaluator: Evaluator, paths: list[str]) -> None:
    """Of files whose code is in the cache."""
    io = evaluator.io

    def load(path: str) -> Chunk | None:
        stamp = io.stamp(path)
        return None if stamp is None else evaluator.front.load_stamped(stamp)

    clock.time("load", lambda: [load(path) for path in paths])


def repeat_compiling(clock: Clock, evaluator: Evaluator, paths: list[str], folder: str) -> None:
    """Of files that were not in the cache. `folder`: for another cache."""
    known, names = evaluator.front.known, evaluator.front.global_names
    front = Front(Settings(code_cache=folder), dict(known), names, lambda name, text, warning: None)
    cache = front.open_cache()
    assert cache is not None
    texts = clock.time("read", lambda: [evaluator.io.read_file(path) for path in paths])
    sources = [(text.decode("latin-1"), path) for text, path in zip(texts, paths, strict=True)]

    def parse() -> None:
        for text, path in sources:
            front.parse(text, path)

    clock.time("parse", parse)
    depth = REGISTERS.max_depth
    chunks = clock.time("compile", lambda: [front.compile(text, path, depth) for text, path in sources])
    clock.phases["compile"] -= clock.phases["parse"]

    def keep() -> None:
        for text, chunk in zip(texts, chunks, strict=True):
            key = cache.key(text)
            cache.store(key, chunk)
            cache.link(key, cache.key_of_stamp(key.encode()))

    clock.time("keep", keep)


def repeat_linking(clock: Clock) -> None:
    """Of every region whose operations are still there."""
    fresh: dict[int, Unit] = {}  # units that know no shapes yet, by the identity of the old ones
    work: list[tuple[Unit, int]] = []
    for each in gc.get_objects():
        if isinstance(each, Unit):
            fresh[id(each)] = Unit(each.chunk, each.base, each.folder, each.home, each.host, each.position)
            work.append((fresh[id(each)], len(each.chunk.regions) - 1))
    for each in gc.get_objects():
        if isinstance(each, Region) and each.linked is not None:
            work.append((fresh[id(each.unit)], each.number))
        elif isinstance(each, Body) and each.code is not None and each.code.body is not each:
            work.append((fresh[id(each.unit)], each.number))
    clock.time("link", lambda: [link(unit, number) for unit, number in work])


def repeat_hashing(clock: Clock, store: WatchedStore) -> None:
    glue = store.glue

    def hash_tree(path: str) -> object:
        return glue.sources.nar_hash(Tree(glue.io, path, None))

    clock.time("hash", lambda: [hash_tree(path) for path in glue.sources.copied])
    again = DerivationHashes(glue.store.dir, glue.read_derivation)
    unfinished = [without_paths(drv) for _, drv in store.derivations]
    texts = clock.time("write", lambda: [again.complete(drv).text for drv in unfinished])
    before = clock.phases["hash"]
    clock.time("hash", lambda: [hashes.sha256(text.encode("latin-1")) for text in texts for _ in range(3)])
    clock.phases["write"] -= clock.phases["hash"] - before


def without_paths(drv: Derivation) -> Derivation:
    """A derivation as it was before the paths of its outputs were known."""
    if drv.kind() != INPUT_ADDRESSED:
        return drv
    before = Derivation(drv.name)
    before.input_drvs, before.input_srcs = drv.input_drvs, drv.input_srcs
    before.platform, before.builder, before.args = drv.platform, drv.builder, drv.args
    before.structured_attrs = drv.structured_attrs
    before.outputs = {name: Deferred() for name in drv.outputs}
    before.env = {name: "" if name in drv.outputs else value for name, value in drv.env.items()}
    return before


def measure(arguments: list[str], scratch: Path) -> dict[str, float]:
    """CPU seconds of a run by phase; `total` is all of them. Ends the program if the run fails."""
    gc.disable()  # what the run was made of must not be collected behind it
    store = WatchedStore()
    environment = {byte_text(name): byte_text(value) for name, value in os.environ.items()}
    words = [byte_text(word) for word in arguments]
    had_cache = Path(os.environ.get("XDG_CACHE_HOME", "/nowhere"), "tvix", "code").exists()
    status = Instantiate("tvix-instantiate", words, environment, store).run()
    total = time.process_time()
    evaluator = store.evaluator
    if status != 0 or evaluator is None:
        sys.exit(status or 1)
    clock = Clock()
    clock.phases["start"] = store.started
    sources = [source for source in evaluator.sources.all if isinstance(source, FileSource)]
    paths = [source.name for source in sources]
    if had_cache:
        evaluator.run(lambda: repeat_loading(clock, evaluator, paths))
    else:
        evaluator.run(lambda: repeat_compiling(clock, evaluator, paths, str(scratch)))
    evaluator.run(lambda: repeat_linking(clock))
    evaluator.run(lambda: repeat_hashing(clock, store))
    clock.phases["evaluate"] = total - sum(clock.phases.values())
    return {**clock.phases, "total": total}


def main() -> None:
    report, scratch, *arguments = sys.argv[1:]
    phases = measure(arguments, Path(scratch))
    Path(report).write_text(json.dumps(phases))
    sys.stdout.flush()
    os._exit(0)  # as the program leaves: its values are not torn down


if __name__ == "__main__":
    main()
