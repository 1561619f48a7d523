"""What a run is to be measured by, and the file that comes of it: ``--profile`` and its like."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from tvix_eval.errors import NixError, UsageError
from tvix_eval.profiling.profile import Profile, unicode_text

if TYPE_CHECKING:
    from typing import BinaryIO

    from tvix_eval.errors import Sources
    from tvix_eval.linker import Instruments
    from tvix_eval.vm.observer import Observer

SAMPLED: Final = "sampled"
EXACT: Final = "exact"
MILLISECOND: Final = 1_000_000  # in nanoseconds
USUAL_INTERVAL: Final = 1.0  # milliseconds


class Measurement:
    """Opens its file before anything is evaluated, so that a wrong name is found at once.

    Raises NixError when that fails. `path` is byte text.
    """

    def __init__(self, path: str, observer: Observer | Instruments) -> None:
        self.observer: Final = observer
        self.name: Final = unicode_text(os.path.basename(path))
        try:
            self.file: Final[BinaryIO] = open(path.encode("latin-1"), "wb")
        except OSError as error:
            raise NixError('opening file "' + path + '": ' + os.strerror(error.errno or 0)) from None

    def take_stock(self) -> None:
        """Look what is alive: called while what was evaluated still is."""

    def text(self, sources: Sources) -> str:
        raise NotImplementedError

    def finish(self, sources: Sources) -> None:
        """Write the file; inside `Evaluator.run`, whether the program has failed or not."""
        with self.file:
            self.file.write(self.text(sources).encode("utf-8", "replace"))


class SampledProfile(Measurement):
    """`interval`: nanoseconds."""

    def __init__(self, path: str, interval: int) -> None:
        from tvix_eval.probes.sampling import Sampler, SamplingInstruments

        self.sampler: Final = Sampler(interval)
        super().__init__(path, SamplingInstruments(self.sampler))

    def text(self, sources: Sources) -> str:
        self.sampler.finish()
        return profile_text(Profile(self.sampler.root, sources, False), self.name)


class ExactProfile(Measurement):
    def __init__(self, path: str) -> None:
        from tvix_eval.probes.call_tree import CallTree

        self.tree: Final = CallTree()
        super().__init__(path, self.tree)

    def text(self, sources: Sources) -> str:
        self.tree.finish()
        return profile_text(Profile(self.tree.root, sources, True), self.name)


class MemoryProfile(Measurement):
    """`living`: a row for each expression that has made something that is alive."""

    def __init__(self, path: str) -> None:
        from tvix_eval.probes.allocations import AllocationInstruments, Site
        from tvix_eval.vm.observed_calls import MAKERS

        self.living: list[Site] = []
        instruments = AllocationInstruments(MAKERS)
        self.allocations: Final = instruments.allocations
        super().__init__(path, instruments)

    def take_stock(self) -> None:
        self.living = self.allocations.sites()

    def text(self, sources: Sources) -> str:
        from tvix_eval.profiling.memory_report import memory_json, memory_table

        shown = memory_json if self.name.endswith(".json") else memory_table
        return shown(self.living, sources)


class Coverage(Measurement):
    def __init__(self, path: str) -> None:
        from tvix_eval.probes.coverage import CoverageInstruments

        self.instruments: Final = CoverageInstruments()
        super().__init__(path, self.instruments)

    def text(self, sources: Sources) -> str:
        from tvix_eval.profiling.coverage_report import lcov_text

        self.instruments.finish()
        return lcov_text(self.instruments, sources)


def make_measurement(
    profile: str | None, mode: str | None, interval: str | None, memory: str | None, coverage: str | None
) -> Measurement:
    """What flags ask for: one thing, as one would be in the other's way. Raises NixError, UsageError."""
    if (profile is not None) + (memory is not None) + (coverage is not None) > 1:
        raise UsageError("'--profile', '--profile-memory' and '--coverage' each want a run of their own")
    if memory is not None and mode is None and interval is None:
        return MemoryProfile(memory)
    if coverage is not None and mode is None and interval is None:
        return Coverage(coverage)
    if profile is None:
        raise UsageError("'--profile-mode' and '--profile-interval' are for '--profile'")
    if mode not in (None, SAMPLED, EXACT):
        raise UsageError("'--profile-mode' wants sampled or exact, not '" + str(mode) + "'")
    if mode != EXACT:
        return SampledProfile(profile, nanoseconds(interval))
    if interval is not None:
        raise UsageError("'--profile-interval' is for samples, and '--profile-mode exact' takes none")
    return ExactProfile(profile)


def profile_text(profile: Profile, name: str) -> str:
    """The format goes by the file's name."""
    if name.endswith(".json"):
        from tvix_eval.profiling.speedscope import speedscope_text

        return speedscope_text(profile, name)
    if name.endswith(".html"):
        from tvix_eval.profiling.flame_page import flame_page

        return flame_page(profile, name)
    from tvix_eval.profiling.collapsed import collapsed_text

    return collapsed_text(profile)


def nanoseconds(interval: str | None) -> int:
    try:
        found = USUAL_INTERVAL if interval is None else float(interval)
    except ValueError:
        found = -1.0
    if not 0 < found < 1e9:
        raise UsageError("'--profile-interval' wants milliseconds, not '" + str(interval) + "'")
    return int(found * MILLISECOND)
