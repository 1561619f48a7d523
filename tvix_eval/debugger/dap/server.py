"""A debug adapter: requests of an editor on one side, an evaluation that stops on the other.

One thread reads requests into a queue. They are answered by whoever has the machine: before and after
the evaluation the main thread, meanwhile the evaluation itself, at the next expression it comes to.
"""

from __future__ import annotations

import os
import queue
import threading
from typing import TYPE_CHECKING, Any, Final

from tvix_eval.debugger.dap.inspection import Inspection
from tvix_eval.debugger.dap.transport import ProtocolError
from tvix_eval.debugger.session import (
    BREAK,
    CONTINUE,
    EXCEPTION,
    FINISH,
    NEXT,
    QUIT,
    STEP_IN,
    Debugger,
    DebuggerQuit,
)
from tvix_eval.errors import Interrupted, NixError
from tvix_eval.output.error_text import error_text
from tvix_eval.profiling.profile import unicode_text

if TYPE_CHECKING:
    from tvix_eval.debugger.dap.launching import Launcher
    from tvix_eval.debugger.dap.transport import Transport
    from tvix_eval.debugger.session import Stop

THREAD: Final = 1
CAUGHT: Final = "caught"
UNCAUGHT: Final = "uncaught"

CAPABILITIES: Final = {
    "supportsConfigurationDoneRequest": True,
    "supportsEvaluateForHovers": True,
    "supportsTerminateRequest": True,
    "supportsExceptionInfoRequest": True,
    "supportsDelayedStackTraceLoading": True,
    "exceptionBreakpointFilters": [
        {"filter": UNCAUGHT, "label": "Errors", "default": True},
        {"filter": CAUGHT, "label": "Errors inside of builtins.tryEval", "default": False},
    ],
}
RESUMING: Final = {"continue": CONTINUE, "next": NEXT, "stepIn": STEP_IN, "stepOut": FINISH}


class Refused(Exception):
    """What is asked can't be done now."""


def defect_text(defect: Exception) -> str:
    return f"internal error: {type(defect).__name__}: {defect}"


class Server:
    """One session with an editor.

    `first_line`, `first_column`: what the editor counts lines and columns from, 1 or 0.
    """

    def __init__(self, transport: Transport, launcher: Launcher) -> None:
        self.transport: Final = transport
        self.launcher: Final = launcher
        self.debugger: Final = Debugger(self)
        self.debugger.stop_on_caught = False
        self.requests: Final[queue.SimpleQueue[dict[str, Any] | None]] = queue.SimpleQueue()
        self.inspection: Inspection | None = None
        self.launch: dict[str, Any] = {}
        self.first_line = 1
        self.first_column = 1
        self.is_launched = False
        self.is_running = False
        self.is_configured = False
        self.is_over = False
        self.pause = False
        self.status = 0

    # The editor's side.

    def serve(self) -> int:
        """Answer until the editor leaves. The exit code of what was evaluated."""
        threading.Thread(target=self.read, daemon=True).start()
        while not self.is_over:
            request = self.requests.get()
            if request is None:
                break
            self.answer(request)
            if self.is_configured and self.is_launched and not self.is_running:
                self.run()
        return self.status

    def read(self) -> None:
        """Queue what comes in, and None at the end."""
        while True:
            try:
                request = self.transport.read()
            except (ProtocolError, OSError, ValueError) as trouble:
                self.transport.event("output", category="stderr", output=f"{trouble}\n")
                request = None
            self.requests.put(request)
            if self.is_running:
                leaving = request is None or request.get("command") in ("disconnect", "terminate")
                if leaving:
                    self.debugger.evaluator.stop()  # what never comes to an expression stops, too
                self.debugger.call_attention()
            if request is None:
                return

    def answer(self, request: dict[str, Any]) -> str | None:
        """Do what is asked; how an evaluation that stands still is to go on, None for not yet."""
        command = str(request.get("command", ""))
        arguments = request.get("arguments")
        arguments = arguments if isinstance(arguments, dict) else {}
        try:
            if command in RESUMING:
                if self.inspection is None:
                    self.transport.refuse(request, "the evaluation is not stopped")
                    return None
                self.transport.respond(request, {"allThreadsContinued": True})
                return RESUMING[command]
            handler = getattr(self, "do_" + command, None)
            if handler is None:
                self.transport.refuse(request, f"'{command}' is not supported")
                return None
            body = handler(arguments)
        except NixError as error:
            self.transport.refuse(request, self.text_of(error))
        except (KeyError, TypeError, ValueError) as wrong:
            self.transport.refuse(request, f"'{command}' has wrong arguments: {wrong}")
        except (Interrupted, Refused) as reason:
            self.transport.refuse(request, str(reason))
        except Exception as defect:  # the session goes on
            self.transport.refuse(request, defect_text(defect))
        else:
            self.transport.respond(request, body)
            if command == "launch":
                self.transport.event("initialized")
            if command in ("disconnect", "terminate"):
                return QUIT
        return None

    def text_of(self, error: NixError) -> str:
        sources = self.debugger.evaluator.sources if self.is_launched else None
        return unicode_text(error_text(error, sources, False))

    # Requests.

    def do_initialize(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.first_line = int(arguments.get("linesStartAt1", True))
        self.first_column = int(arguments.get("columnsStartAt1", True))
        return dict(CAPABILITIES)

    def do_launch(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.is_launched:
            raise Refused("an evaluation was launched before")
        self.launch = arguments
        evaluator = self.launcher.evaluator(self.emit, self.debugger.instruments)
        self.debugger.attach(evaluator)
        self.is_launched = True
        return {}

    def do_setBreakpoints(self, arguments: dict[str, Any]) -> dict[str, Any]:
        path = os.fsencode(str(arguments["source"]["path"])).decode("latin-1")
        if not self.is_launched:
            raise Refused("nothing was launched yet")
        behind = 1 - self.first_line
        lines = [int(each["line"]) + behind for each in arguments.get("breakpoints", [])]
        evaluator = self.debugger.evaluator
        found: list[int] = []
        message = "there is nothing to stop at"

        def work() -> None:
            found.extend(self.debugger.set_breakpoints(evaluator.resolve(path), lines))

        try:
            evaluator.run(work)
        except NixError as error:
            message = self.text_of(error)
            found = [0] * len(lines)
        shown = [
            {"verified": True, "line": at - behind}
            if at
            else {"verified": False, "line": line - behind, "message": message}
            for line, at in zip(lines, found, strict=True)
        ]
        return {"breakpoints": shown}

    def do_setExceptionBreakpoints(self, arguments: dict[str, Any]) -> dict[str, Any]:
        filters = arguments.get("filters", [])
        self.debugger.stop_on_errors = UNCAUGHT in filters or CAUGHT in filters
        self.debugger.stop_on_caught = CAUGHT in filters
        return {}

    def do_configurationDone(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.is_configured = True
        return {}

    def do_threads(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"threads": [{"id": THREAD, "name": "evaluation"}]}

    def do_pause(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.pause = True
        return {}

    def do_disconnect(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.is_over = True
        return {}

    def do_terminate(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {}

    def do_stackTrace(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.stopped_at().stack_trace(arguments)

    def do_scopes(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.stopped_at().scopes(arguments)

    def do_variables(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.stopped_at().variables(arguments)

    def do_evaluate(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.stopped_at().evaluate(arguments)

    def do_exceptionInfo(self, arguments: dict[str, Any]) -> dict[str, Any]:
        error = self.stopped_at().stop.error
        if error is None:
            raise Refused("there is no error")
        caught = self.stopped_at().stop.caught
        return {
            "exceptionId": type(error).__name__.rstrip("_"),
            "description": unicode_text(error.message),
            "breakMode": "always" if caught else "unhandled",
            "details": {"message": self.text_of(error)},
        }

    def stopped_at(self) -> Inspection:
        if self.inspection is None:
            raise Refused("the evaluation is not stopped")
        return self.inspection

    # The evaluation's side.

    def run(self) -> None:
        """Evaluate what was launched, and tell how it ended."""
        no_debug = self.launch.get("noDebug") is True
        if no_debug:
            self.debugger.stop_on_errors = False
        self.debugger.start(self.launch.get("stopOnEntry") is True and not no_debug)
        evaluator = self.debugger.evaluator
        self.is_running = True
        if not self.requests.empty():  # what came before had nobody to call
            self.debugger.call_attention()
        try:
            evaluator.run(lambda: self.launcher.evaluate(evaluator, self.launch, self.print))
        except (DebuggerQuit, Interrupted):
            self.status = 1
        except NixError as error:
            self.status = 1
            self.print("stderr", error_text(error, evaluator.sources, self.launcher.show_trace) + "\n")
        except MemoryError:
            self.status = 1
            self.print("stderr", "error: out of memory\n")
        except Exception as defect:
            self.status = 1
            self.print("stderr", f"error: {defect_text(defect)}\n".encode().decode("latin-1"))
        self.inspection = None
        self.transport.event("exited", exitCode=self.status)
        self.transport.event("terminated")

    def stopped(self, stop: Stop) -> str:
        reason = "breakpoint" if stop.reason == BREAK else stop.reason
        body: dict[str, Any] = {"reason": reason, "threadId": THREAD, "allThreadsStopped": True}
        if stop.error is not None:
            body["text"] = unicode_text(stop.error.message)
            body["description"] = "Paused on an error"
        elif stop.reason == BREAK:
            body["description"] = "Paused on builtins.break"
        assert stop.reason != EXCEPTION or stop.error is not None
        self.inspection = Inspection(self.debugger, stop, self.first_line, self.first_column)
        self.transport.event("stopped", **body)
        action: str | None = None
        while action is None:
            request = self.requests.get()
            action = QUIT if request is None else self.answer(request)
            if request is None:
                self.is_over = True
        self.inspection = None
        self.pause = False
        return action

    def attend(self) -> bool:
        while not self.requests.empty():
            request = self.requests.get()
            if request is None:
                self.is_over = True
                raise DebuggerQuit(None)
            if self.answer(request) == QUIT:
                raise DebuggerQuit(None)
        pause, self.pause = self.pause, False
        return pause

    def emit(self, kind: str, text: str) -> None:
        self.print("stderr", ("trace: " if kind == "trace" else "evaluation warning: ") + text + "\n")

    def print(self, category: str, text: str) -> None:
        """Have the editor show byte text."""
        self.transport.event("output", category=category, output=unicode_text(text))
