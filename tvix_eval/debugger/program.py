"""``--debugger``: an evaluation with a console at the places where it stops."""

from __future__ import annotations

import gc
import signal
from typing import TYPE_CHECKING, Protocol

from tvix_eval.debugger.console import Console
from tvix_eval.debugger.session import DebuggerQuit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tvix_eval.evaluation import Evaluator
    from tvix_eval.linker import Instruments
    from tvix_eval.program import Program
    from tvix_eval.store_access import StoreAccess
    from tvix_eval.vm.observer import Observer

    MakeEvaluator = Callable[[Callable[[str, str], None], Observer | Instruments | None], Evaluator]


class Job(Protocol):
    """What is to be evaluated, and printed."""

    def run(self) -> None: ...


def debug(
    program: Program,
    store: StoreAccess,
    make: MakeEvaluator,
    job: Callable[[Evaluator], Job],
    version: str,
    ignore_try: bool,
) -> int:
    """Evaluate; the exit code. Raises the error that whoever debugs has left it at."""
    console = Console(program, store, version)
    debugger = console.debugger
    debugger.stop_on_caught = not ignore_try
    evaluator = make(program.emit, debugger.instruments)
    debugger.attach(evaluator)
    gc.disable()
    before = signal.signal(signal.SIGINT, console.interrupt)
    try:
        evaluator.run(job(evaluator).run)
    except DebuggerQuit as quitting:
        if quitting.error is not None:
            raise quitting.error from None
    finally:
        signal.signal(signal.SIGINT, before)
    return 0
