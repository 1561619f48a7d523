"""The commands that the REPL has in a debugger, besides its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from tvix_eval.debugger.backtrace import show_environment, show_trace, traces
from tvix_eval.debugger.session import CONTINUE, FINISH, NEXT, STEP_IN
from tvix_eval.errors import NixError
from tvix_eval.eval_io import join
from tvix_eval.repl.commands import NOTHING, Command, Quit

if TYPE_CHECKING:
    from tvix_eval.debugger.backtrace import Trace
    from tvix_eval.debugger.console import DebugRepl
    from tvix_eval.repl.repl import Repl

PLACE: Final = "[<path>:]<line>"
INDEX: Final = "[<index>]"


def debugging(repl: Repl) -> DebugRepl:
    return cast("DebugRepl", repl)


def go_on(repl: Repl, action: str) -> None:
    debugging(repl).action = action
    raise Quit


def backtrace(repl: Repl, argument: str) -> None:
    debug = debugging(repl)
    shown = [show_trace(debug, index, trace) for index, trace in enumerate(traces(debug.stop))]
    repl.write("".join(shown))


def chosen(debug: DebugRepl) -> Trace:
    found = traces(debug.stop)
    if not found:
        raise NixError("nothing is being evaluated")
    return found[min(debug.index, len(found) - 1)]


def environment(repl: Repl, argument: str) -> None:
    debug = debugging(repl)
    repl.write(show_environment(debug, chosen(debug).activity))


def trace(repl: Repl, argument: str) -> None:
    """Show an entry of the backtrace, and be in it from now on."""
    debug = debugging(repl)
    if argument:
        if not argument.isdigit() or int(argument) >= len(traces(debug.stop)):
            raise NixError("there is no entry '" + argument + "' in the backtrace")
        debug.index = int(argument)
    found = chosen(debug)
    repl.write(show_trace(debug, debug.index, found) + "\n" + show_environment(debug, found.activity))
    debug.enter(found.activity)


def set_breakpoint(repl: Repl, argument: str) -> None:
    debug = debugging(repl)
    debugger = debug.debugger
    path, line = place(debug, argument)
    lines = debugger.lines.get(path, [])
    if line not in lines:
        found = debugger.set_breakpoints(path, [*lines, line])[-1]
        if not found:
            debugger.set_breakpoints(path, lines)
            raise NixError("there is nothing to stop at from line " + str(line) + " on")
        line = found
    repl.write(f"breakpoint at {path}:{line}\n")


def remove_breakpoint(repl: Repl, argument: str) -> None:
    debug = debugging(repl)
    path, line = place(debug, argument)
    lines = debug.debugger.lines.get(path, [])
    if line not in lines:
        raise NixError("there is no breakpoint at " + path + ":" + str(line))
    debug.debugger.set_breakpoints(path, [each for each in lines if each != line])


def list_breakpoints(repl: Repl, argument: str) -> None:
    for path, lines in sorted(debugging(repl).debugger.lines.items()):
        repl.write("".join(f"{path}:{line}\n" for line in sorted(lines)))


def place(debug: DebugRepl, argument: str) -> tuple[str, int]:
    """What ``file:line`` means, or just a line: of the file we are in."""
    path, _, line = argument.rpartition(":")
    if not line.isdigit():
        raise NixError("a breakpoint is set at '<path>:<line>'")
    if path:
        return debug.evaluator.resolve(join(debug.scope.folder, path)), int(line)
    position = debug.debugger.inspector.position(chosen(debug).activity)
    if position is None or not position.source.is_file:
        raise NixError("of which file?")
    return position.source.name, int(line)


TABLE: Final = [
    Command(":bt :backtrace", NOTHING, "Show what is being evaluated, the innermost first", backtrace),
    Command(":st", INDEX, "Show an entry of the backtrace, and go there", trace),
    Command(":env", NOTHING, "Show the variables by level, the innermost first", environment),
    Command(":s :step", NOTHING, "Go on to the next expression", lambda repl, _: go_on(repl, STEP_IN)),
    Command(":n :next", NOTHING, "Go on to the next expression here", lambda repl, _: go_on(repl, NEXT)),
    Command(":f :finish", NOTHING, "Go on until this call is over", lambda repl, _: go_on(repl, FINISH)),
    Command(":c :continue", NOTHING, "Go on", lambda repl, _: go_on(repl, CONTINUE)),
    Command(":break", PLACE, "Stop whenever evaluation comes to a line", set_breakpoint),
    Command(":unbreak", PLACE, "Do so no longer", remove_breakpoint),
    Command(":breaks", NOTHING, "List where evaluation stops", list_breakpoints),
]
COMMANDS: Final = {name: command for command in TABLE for name in command.names}
