"""The stack of a stopped evaluation, as frames with variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tvix_eval.debugger.scopes import NOTHING, Level, Point, SourceScopes, read_scopes
from tvix_eval.probes.stepping import BODY
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.values import Env, Pending, Thunk

if TYPE_CHECKING:
    from tvix_eval.errors import Position, Source
    from tvix_eval.evaluation import Evaluator
    from tvix_eval.probes.stepping import Activity

OFFSET: Final = 0xFFFFFFFF  # of a position, in its source, plus one

# What the backtrace tells of, in Nix's words; other expressions are not in it.
CALLS: Final = ("Call1", "Call2", "CallMany", "CallBuiltin1", "CallBuiltin2", "CallBuiltin3")
SELECTIONS: Final = ("Select", "SelectOr", "SelectPath")


class Variables:
    """The names of one level, and places that hold their values; `kind` says what has bound them."""

    def __init__(self, kind: str, places: dict[str, object]) -> None:
        self.kind: Final = kind
        self.places: Final = places


class Frame:
    """Expressions that see the same activation, the innermost last. `body`: where it was entered as a call."""

    def __init__(self, activities: list[Activity]) -> None:
        self.activities: Final = activities

    @property
    def innermost(self) -> Activity:
        return self.activities[-1]

    @property
    def function(self) -> Activity | None:
        first = self.activities[0]
        return first if first.place.kind == BODY else None


def frames(stack: list[Activity]) -> list[Frame]:
    """The innermost first. What is delayed is evaluated in a frame of its own, that of where it was written."""
    found: list[Frame] = []
    for activity in stack:
        entered = activity.place.kind == BODY
        if found and not entered and found[-1].innermost.env is activity.env:
            found[-1].activities.append(activity)
        else:
            found.append(Frame([activity]))
    found.reverse()
    return found


class Inspector:
    """Reads variables of an evaluation without evaluating anything."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator: Final = evaluator
        self.scopes: Final[dict[Source, SourceScopes | None]] = {}

    def point(self, activity: Activity) -> Point:
        pos = activity.place.pos
        source = self.evaluator.sources.source(pos)
        if source not in self.scopes:
            self.scopes[source] = read_scopes(self.evaluator.front, source)
        scopes = self.scopes[source]
        if scopes is None:
            return NOTHING
        offset = int(pos & OFFSET) - 1
        if activity.place.kind == BODY:
            return scopes.bodies.get(offset, NOTHING)
        return scopes.at(offset)

    def levels(self, activity: Activity) -> list[Variables]:
        """The variables that an expression sees, the innermost first, but for the builtins."""
        point = self.point(activity)
        found: list[Variables] = []
        level: Level | None = point.level
        while level is not None:
            env: Env | None = activity.env
            for _ in range(point.nesting - level.nesting):
                env = env.up if env is not None else None
            if env is None:
                break  # the source is not what was evaluated
            found.append(read_level(level, env))
            level = level.up
        return found

    def visible(self, activity: Activity) -> dict[str, object]:
        """All variables by name; what an inner ``with`` supplies gives way to what is bound, as always."""
        bound: dict[str, object] = {}
        supplied: dict[str, object] = {}
        for level in self.levels(activity):
            into = supplied if level.kind == "with" else bound
            for name, place in level.places.items():
                into.setdefault(name, place)
        hidden = self.evaluator.globals.values
        return {name: place for name, place in supplied.items() if name not in hidden} | bound

    def position(self, activity: Activity) -> Position | None:
        return self.evaluator.sources.find(activity.place.pos)

    def name(self, frame: Frame) -> str:
        """What a frame is called in a list of frames. Byte text."""
        function = frame.function
        if function is not None:
            return function.place.name or "anonymous lambda"
        around = self.point(frame.innermost).function
        if around is None:
            position = self.position(frame.innermost)
            return position.source.name.rpartition("/")[2] if position is not None else "top level"
        return "value in " + (around or "anonymous lambda")


def read_level(level: Level, env: Env) -> Variables:
    try:
        if level.with_slot >= 0:
            attrs = settled(read_slot(env, level.with_slot))
            places = attrs.to_table() if isinstance(attrs, Attrs) else {}
            return Variables("with", places)
        return Variables("static", {name: read_slot(env, slot) for name, slot in level.names.items()})
    except (IndexError, AssertionError):  # the source is not what was evaluated
        return Variables("static", {})


def read_slot(env: Env, slot: int) -> object:
    """What is in a slot. What nothing has asked for yet is made a place, as whoever asks first does."""
    place = env.get(slot)
    if isinstance(place, Pending):
        place = place.op.thunk(env)
        env.set(slot, place)
    return place


def settled(place: object) -> object:
    """The value of a place that was evaluated; the place itself if it was not."""
    while isinstance(place, Thunk) and place.op is None:
        place = place.value
    return place


def is_lazy(place: object) -> bool:
    """Whether a place is not evaluated yet."""
    return isinstance(settled(place), Thunk)


def hint(activity: Activity, text: str) -> str:
    """What is being done, as Nix's backtrace says it; empty for expressions that are not in it."""
    kind = activity.place.kind
    if kind == BODY:
        name = activity.place.name
        return "while calling " + ("'" + name + "'" if name else "anonymous lambda")
    if kind in CALLS:
        return "while calling a function"
    if kind in SELECTIONS:
        return "while evaluating the attribute '" + text + "'"
    return ""
