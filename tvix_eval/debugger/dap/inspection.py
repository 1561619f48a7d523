"""What an editor asks about an evaluation that stands still."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tvix_eval.debugger.dap.references import References
from tvix_eval.debugger.frames import Frame
from tvix_eval.debugger.showing import kind_of, short
from tvix_eval.errors import NixError
from tvix_eval.profiling.profile import unicode_text
from tvix_eval.repl.scope import IncompleteInput, Scope
from tvix_eval.vm.force import force
from tvix_eval.vm.machine import Mark
from tvix_eval.vm.show import Printer, PrintOptions

if TYPE_CHECKING:
    from tvix_eval.debugger.session import Debugger, Stop

IDENTIFIER: Final = re.compile(r"[A-Za-z_][\w'-]*")


class Inspection:
    """Frames are numbered from 1, the innermost first. Lines and columns count from what the editor says."""

    def __init__(self, debugger: Debugger, stop: Stop, first_line: int, first_column: int) -> None:
        self.first_line: Final = first_line
        self.first_column: Final = first_column
        self.debugger: Final = debugger
        self.stop: Final = stop
        self.references: Final = References(self.forced)

    def frame(self, arguments: dict[str, Any]) -> Frame:
        number = int(arguments.get("frameId") or 1)
        if not 0 < number <= len(self.stop.frames):
            raise ValueError("there is no such frame")
        return self.stop.frames[number - 1]

    def stack_trace(self, arguments: dict[str, Any]) -> dict[str, Any]:
        frames = self.stop.frames
        start = int(arguments.get("startFrame") or 0)
        levels = int(arguments.get("levels") or 0) or len(frames)
        shown = [
            self.shown_frame(number, frames[number - 1])
            for number in range(start + 1, min(start + levels, len(frames)) + 1)
        ]
        return {"stackFrames": shown, "totalFrames": len(frames)}

    def shown_frame(self, number: int, frame: Frame) -> dict[str, Any]:
        inspector = self.debugger.inspector
        shown: dict[str, Any] = {
            "id": number,
            "name": unicode_text(inspector.name(frame)),
            "line": 0,
            "column": 0,
        }
        position = inspector.position(frame.innermost)
        if position is not None:
            shown["line"] = position.line - 1 + self.first_line
            shown["column"] = position.column - 1 + self.first_column
            name = unicode_text(position.source.name)
            if position.source.is_file:
                shown["source"] = {"name": name.rpartition("/")[2], "path": name}
            else:
                shown["source"] = {"name": name, "presentationHint": "deemphasize"}
        return shown

    def scopes(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The levels that have names, the innermost first, and the builtins."""
        levels = self.debugger.inspector.levels(self.frame(arguments).innermost)
        shown: list[dict[str, Any]] = []
        for level in levels:
            places = list(level.places.items())
            if not places:
                continue
            title = "With" if level.kind == "with" else "Locals" if not shown else "Enclosing"
            shown.append(self.shown_scope(title, places, not shown and level.kind != "with"))
        values = self.debugger.evaluator.globals.values
        builtins = [(name, place) for name, place in values.items() if not name.startswith("__")]
        return {"scopes": [*shown, self.shown_scope("Builtins", builtins, False) | {"expensive": True}]}

    def shown_scope(self, title: str, places: list[tuple[str, object]], is_local: bool) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "name": title,
            "variablesReference": self.references.add(lambda: places),
            "namedVariables": len(places),
            "expensive": False,
        }
        return shown | ({"presentationHint": "locals"} if is_local else {})

    def variables(self, arguments: dict[str, Any]) -> dict[str, Any]:
        number = int(arguments["variablesReference"])
        start = int(arguments.get("start") or 0)
        count = int(arguments.get("count") or 0)
        return {"variables": self.references.variables(number, start, count)}

    def evaluate(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """An expression among the variables of a frame. Pointing at a variable evaluates nothing."""
        text = str(arguments["expression"]).encode("utf-8", "surrogateescape").decode("latin-1")
        activity = self.frame(arguments).innermost
        variables = self.debugger.inspector.visible(activity)
        if arguments.get("context") == "hover":
            if not IDENTIFIER.fullmatch(text) or text not in variables:
                raise ValueError("nothing is known of it")
            place = variables[text]
        else:
            place = self.evaluated(text, variables)
        shown = self.references.variable("", place)
        result = {"result": self.long(place), "variablesReference": shown["variablesReference"]}
        return result | ({"type": shown["type"]} if kind_of(place) else {})

    def evaluated(self, text: str, variables: dict[str, object]) -> object:
        evaluator = self.debugger.evaluator
        scope = Scope(evaluator, evaluator.io.working_directory())
        scope.variables.update(variables)
        depth = len(self.debugger.stack)
        mark = Mark()
        try:
            return force(scope.evaluate(text), 0)
        except IncompleteInput:
            raise NixError("the expression is not complete") from None
        finally:
            mark.restore()
            del self.debugger.stack[depth:]

    def forced(self, place: object) -> object:
        """The value of a place, because somebody wants to see it."""
        depth = len(self.debugger.stack)
        mark = Mark()
        try:
            return force(place, 0)
        finally:
            mark.restore()
            del self.debugger.stack[depth:]

    def long(self, place: object) -> str:
        """A value as an answer: several lines if need be."""
        printer = Printer(PrintOptions(max_depth=1, indent=2))
        printer.print(place, False, 0)
        return unicode_text("".join(printer.parts)) if kind_of(place) else unicode_text(short(place))
