"""What of an evaluation is watched, as settings and environment ask, and what is told of it."""

from __future__ import annotations

from tvix_eval.configuration import Configuration
from tvix_eval.evaluation import Evaluator
from tvix_eval.program import INFO, Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.observers.counters import Counters
    from tvix_eval.vm.observer import Observer

PROFILE_FILE: Final = "nix.profile"
PROFILER_FREQUENCY: Final = 99


class Observation:
    """`observer` is for the evaluation, or None when nobody asks for anything.

    Raises NixError when a file that is to be written can't be.
    """

    def __init__(self, program: Program, configuration: Configuration) -> None:
        self.program: Final = program
        self.counters: Counters | None = None
        if self.is_asked("NIX_SHOW_STATS"):
            from tvix_eval.observers.counters import Counters

            self.counters = Counters()
        self.observer: Final = self.make_observer(configuration)

    def is_asked(self, variable: str) -> bool:
        return self.program.environment.get(variable, "0") != "0"

    def make_observer(self, configuration: Configuration) -> Observer | None:
        """What is to be told of calls: the counters, and what the settings ask for."""
        found: list[Observer] = [] if self.counters is None else [self.counters]
        if configuration.is_true("trace-function-calls"):
            from tvix_eval.observers.function_trace import FunctionTrace

            found.append(FunctionTrace(self.tell))
        if configuration.text("eval-profiler") == "flamegraph":
            from tvix_eval.observers.flame_graph import FlameGraph

            frequency = configuration.number("eval-profiler-frequency", PROFILER_FREQUENCY)
            found.append(FlameGraph(configuration.text("eval-profile-file", PROFILE_FILE), frequency))
        if not found:
            return None
        from tvix_eval.vm.observer import Observers

        return Observers(found)

    def tell(self, text: str) -> None:
        self.program.tell(INFO, text)

    def finish(self) -> None:
        """The evaluation has ended, with a value or an error."""
        if self.observer is not None:
            self.observer.finish()

    def report(self, evaluation: Evaluator) -> None:
        """Print the figures of an evaluation that has succeeded."""
        if self.counters is None:
            return
        from tvix_eval.statistics import statistics

        calls = self.is_asked("NIX_COUNT_CALLS")
        text = statistics(evaluation, self.counters, calls, self.is_asked("NIX_SHOW_SYMBOLS"))
        path = self.program.environment.get("NIX_SHOW_STATS_PATH", "-")
        if path == "-":
            self.program.say(text)
        else:
            with open(path.encode("latin-1"), "wb") as file:
                file.write(text.encode("latin-1"))
