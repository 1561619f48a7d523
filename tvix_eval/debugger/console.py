"""The debugger on a terminal: a REPL at the place where an evaluation has stopped."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from tvix_eval.builtins.registry import NIX_VERSION
from tvix_eval.debugger.backtrace import excerpt
from tvix_eval.debugger.commands import COMMANDS
from tvix_eval.debugger.session import BREAK, BREAKPOINT, PAUSE, QUIT, Debugger
from tvix_eval.output.error_text import error_text
from tvix_eval.repl import plain
from tvix_eval.repl.host import Host
from tvix_eval.repl.repl import Repl
from tvix_eval.search_path import SearchPath

if TYPE_CHECKING:
    from tvix_eval.debugger.session import Stop
    from tvix_eval.evaluation import Evaluator
    from tvix_eval.probes.stepping import Activity
    from tvix_eval.program import Program
    from tvix_eval.store_access import StoreAccess
    from tvix_eval.vm.observer import Observer

IGNORE_TRY: Final = "This exception occurred in a 'tryEval' call. Use --ignore-try to skip these.\n"


class DebugRepl(Repl):
    """A session among the variables of one expression of the stack.

    `index` counts expressions from the innermost; `action`: how the evaluation is to go on.
    """

    def __init__(self, host: Host, debugger: Debugger, stop: Stop) -> None:
        super().__init__(host)
        self.debugger: Final = debugger
        self.stop: Final = stop
        self.index = 0
        self.action = QUIT
        self.commands = {**self.commands, **COMMANDS}
        self.enter(stop.stack[-1] if stop.stack else None)

    def is_busy(self) -> bool:
        """The evaluation that has stopped waits for us."""
        return False

    def process(self, text: str) -> None:
        self.evaluator.interrupt.requested = False  # it was meant for what was entered before
        super().process(text)

    def enter(self, activity: Activity | None) -> None:
        """Have the variables of an expression."""
        self.scope.variables.clear()
        if activity is not None:
            self.scope.variables.update(self.debugger.inspector.visible(activity))


class Console:
    """The face of a debugger on standard input and output."""

    def __init__(self, program: Program, store: StoreAccess, version: str) -> None:
        self.program: Final = program
        self.store: Final = store
        self.version: Final = version
        self.debugger: Final = Debugger(self)
        self.lines: Final = plain.Lines(plain.IN)
        self.greeted = False
        self.is_pausing = False

    def interrupt(self, signal: int, frame: object) -> None:
        """Ctrl-C: stop where the evaluation is, so that one can look around.

        At the prompt, and where a second one finds nothing changed, it ends what is evaluated.
        """
        if self.is_pausing or self.debugger.is_stopped:
            self.debugger.evaluator.stop()
        else:
            self.is_pausing = True
            self.debugger.call_attention()

    def attend(self) -> bool:
        pausing, self.is_pausing = self.is_pausing, False
        return pausing

    def stopped(self, stop: Stop) -> str:
        evaluator = self.debugger.evaluator

        def same(emit: object, observer: Observer | None) -> Evaluator:
            return evaluator

        host = Host(
            self.program, self.store, same, [], SearchPath(evaluator.io), self.version, [], [], [], []
        )
        patience = evaluator.patience
        repl = DebugRepl(host, self.debugger, stop)
        evaluator.patience = patience
        self.announce(repl, stop)
        depth = len(self.debugger.stack)
        if os.isatty(0) and os.isatty(1) and repl.environment.get("TERM", "dumb") != "dumb":
            from tvix_eval.repl.terminal import start

            start(repl)
        else:
            plain.converse(repl, self.lines)
        del self.debugger.stack[depth:]
        return repl.action

    def announce(self, repl: DebugRepl, stop: Stop) -> None:
        """Say why we are here, and where that is."""
        if stop.error is not None:
            sources = self.debugger.evaluator.sources
            repl.say(error_text(stop.error, sources, repl.show_trace, self.program.colours) + "\n\n")
            if stop.caught:
                repl.say(IGNORE_TRY)
        elif stop.reason == BREAK:
            repl.say("info: breakpoint reached\n\n")
        if not self.greeted:
            repl.say(f"Tvix {self.version} (Nix {NIX_VERSION}) debugger\nType :? for help.\n")
            self.greeted = True
        if stop.error is None and stop.reason != BREAK and stop.stack:
            what = {BREAKPOINT: "breakpoint at ", PAUSE: "interrupted at "}.get(stop.reason, "at ")
            repl.say(what + excerpt(repl, stop.stack[-1]) + "\n")
