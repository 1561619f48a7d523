"""What is shown of a stack: places with the lines around them, and the backtrace in Nix's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tvix_eval.debugger.frames import hint
from tvix_eval.output.error_text import ErrorWriter
from tvix_eval.vm.show import MAGENTA, NORMAL, RED

if TYPE_CHECKING:
    from tvix_eval.debugger.console import DebugRepl
    from tvix_eval.debugger.session import Stop
    from tvix_eval.errors import Sources
    from tvix_eval.probes.stepping import Activity

BLUE: Final = "\x1b[34;1m"


class Trace:
    """A line of the backtrace: what was being done; the `error`, if it is that."""

    def __init__(self, text: str, pos: int, activity: Activity, is_error: bool) -> None:
        self.text: Final = text
        self.pos: Final = pos
        self.activity: Final = activity
        self.is_error: Final = is_error


def traces(stop: Stop) -> list[Trace]:
    """The innermost first: the error or breakpoint, then calls and selections."""
    found: list[Trace] = []
    stack = stop.stack
    if stack and (stop.error is not None or stop.reason == "break"):
        message = "breakpoint reached" if stop.error is None else stop.error.message
        pos = 0 if stop.error is None else int(stop.error.pos or stack[-1].place.pos)
        found.append(Trace(message, pos, stack[-1], True))
    for activity in reversed(stack):
        text = hint(activity, activity.place.name)
        if text or activity is stack[-1] and not found:
            found.append(Trace(text or "at", int(activity.place.pos), activity, False))
    return found


def place_text(sources: Sources, pos: int, colours: bool) -> str:
    """``file:line:column``, and the lines around. Empty when it is not known."""
    position = sources.find(pos)
    if position is None:
        return ""
    writer = ErrorWriter(sources, colours)
    writer.write_excerpt(position)
    lines = "".join(writer.parts)
    where = f"{position.source.name}:{position.line}:{position.column}"
    return f"{where}\n{lines}" if lines.strip() else where + "\n"


def excerpt(repl: DebugRepl, activity: Activity) -> str:
    return place_text(repl.debugger.evaluator.sources, int(activity.place.pos), repl.colours)


def show_trace(repl: DebugRepl, index: int, trace: Trace) -> str:
    red, blue, normal = (RED, BLUE, NORMAL) if repl.colours else ("", "", "")
    error = f"{red}error: {normal}" if trace.is_error else ""
    place = place_text(repl.debugger.evaluator.sources, trace.pos, repl.colours)
    return f"\n{blue}{index}{normal}: {error}{trace.text}\n{place}"


def show_environment(repl: DebugRepl, activity: Activity) -> str:
    """The names of each level, the builtins last."""
    magenta, normal = (MAGENTA, NORMAL) if repl.colours else ("", "")
    shown = ""
    number = 0
    for level in repl.debugger.inspector.levels(activity):
        names = "".join(name + " " for name in level.places)
        shown += f"Env level {number}\n{level.kind}: {magenta}{names}{normal}\n\n"
        number += 1
    builtins = "".join(name + " " for name in repl.debugger.evaluator.globals.values if name[:2] != "__")
    return f"{shown}Env level {number}\n{magenta}{builtins}{normal}\n\n"
