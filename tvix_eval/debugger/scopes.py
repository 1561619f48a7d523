"""Which variables an expression can see, and where their values are.

Compiled code has no names. When an evaluation stops, the source is parsed once more, and resolved as
it was when it was compiled: the slots are the same.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from tvix_eval.compiler.resolver import curried, resolve
from tvix_eval.errors import NixError
from tvix_eval.syntax import nodes as n
from tvix_eval.syntax.parser import parse
from tvix_eval.vm.machine import REGISTERS

if TYPE_CHECKING:
    from tvix_eval.errors import Source
    from tvix_eval.front import Front


class Level:
    """The names that one ``let``, ``rec``, function or ``with`` binds, as slots of a frame.

    A ``with`` has its set in `with_slot`, the others -1 there. `nesting`: how many lambdas are around,
    whose frames lead from one to the next.
    """

    def __init__(self, up: Level | None, names: dict[str, int], with_slot: int, nesting: int) -> None:
        self.up: Final = up
        self.names: Final = names
        self.with_slot: Final = with_slot
        self.nesting: Final = nesting


class Point(NamedTuple):
    """What an expression sees. `function`: the name of the lambda around it, None outside of any."""

    level: Level | None
    nesting: int
    function: str | None


NOTHING: Final = Point(None, 0, None)


class SourceScopes:
    """The points of a source by the offset where an expression begins; bodies by that of their lambda."""

    def __init__(self, root: n.Node) -> None:
        self.points: Final[dict[int, Point]] = {}
        self.bodies: Final[dict[int, Point]] = {}
        waiting: list[tuple[n.Node, Point]] = [(root, NOTHING)]
        while waiting:
            node, point = waiting.pop()
            if node.pos != n.NO_POS:
                self.points.setdefault(int(node.pos), point)
            waiting.extend(reversed(self.parts(node, point)))
        self.offsets: Final = sorted(self.points)

    def at(self, offset: int) -> Point:
        """Of the expression that begins there, or else of the one before."""
        found = bisect_right(self.offsets, offset)
        return self.points[self.offsets[found - 1]] if found else NOTHING

    def parts(self, node: n.Node, point: Point) -> list[tuple[n.Node, Point]]:
        """What an expression is made of, each with what it sees."""
        match node:
            case n.Lambda():
                return self.function(node, point)
            case n.Let():
                inside = binding(node.attrs, point)
                return [*bindings(node.attrs, inside, point), (node.body, inside)]
            case n.Attrs():
                return bindings(node, binding(node, point) if node.recursive else point, point)
            case n.With():
                inside = Point(
                    Level(point.level, {}, int(node.slot), point.nesting), point.nesting, point.function
                )
                return [(node.attrs, point), (node.body, inside)]
            case n.Select():
                more = [] if node.default is None else [node.default]
                return [(each, point) for each in [node.subject, *dynamic_names(node.path), *more]]
            case n.HasAttr():
                return [(each, point) for each in [node.subject, *dynamic_names(node.path)]]
        return [(each, point) for each in simple_parts(node)]

    def function(self, node: n.Lambda, point: Point) -> list[tuple[n.Node, Point]]:
        nesting = point.nesting + 1
        if node.formals is None:
            run = curried(node)
            names = {str(each.arg): slot for slot, each in enumerate(run)}
            body, defaults = run[-1].body, []
        else:
            formals = node.formals.formals
            names = {each.name: slot for slot, each in enumerate(formals)}
            if node.arg is not None:
                names[node.arg] = len(names)
            body, defaults = node.body, [each.default for each in formals if each.default is not None]
        inside = Point(Level(point.level, names, -1, nesting), nesting, node.name)
        self.bodies[int(node.pos)] = inside
        return [(each, inside) for each in [*defaults, body]]


def simple_parts(node: n.Node) -> list[n.Node]:
    match node:
        case n.List():
            return list(node.items)
        case n.Call():
            return [node.function, *node.args]
        case n.If():
            return [node.condition, node.then, node.otherwise]
        case n.Assert():
            return [node.condition, node.body]
        case n.Not():
            return [node.operand]
        case n.Binary():
            return [node.left, node.right]
        case n.ConcatStrings():
            return list(node.parts)
    return []


def dynamic_names(path: list[n.AttrName]) -> list[n.Node]:
    return [part.dynamic for part in path if part.dynamic is not None]


def binding(attrs: n.Attrs, point: Point) -> Point:
    """Inside of a ``let`` or ``rec``."""
    names = {name: int(definition.slot) for name, definition in attrs.attrs.items()}
    return Point(Level(point.level, names, -1, point.nesting), point.nesting, point.function)


def bindings(attrs: n.Attrs, inside: Point, outside: Point) -> list[tuple[n.Node, Point]]:
    parts: list[tuple[n.Node, Point]] = [(source, inside) for source in attrs.sources]
    for definition in attrs.attrs.values():
        parts.append((definition.value, outside if definition.kind == n.INHERITED else inside))
    for dynamic in attrs.dynamic:
        parts += [(dynamic.name, inside), (dynamic.value, inside)]
    return parts


def read_scopes(front: Front, source: Source) -> SourceScopes | None:
    """Of a source as it is now; None when it can't be read as it was evaluated."""
    source.read()
    try:
        parsed = parse(source.text, source.name, front.parse_settings, front.known, [])
        resolve(parsed.root, front.global_names, parsed.symbols, REGISTERS.max_depth)
    except NixError:  # it has changed, or its variables are those of a session or of `scopedImport`
        return None
    return SourceScopes(parsed.root)
