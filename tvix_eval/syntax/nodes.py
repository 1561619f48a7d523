"""The abstract syntax tree: one class for each kind of expression, as C++ Nix has them.

Operators that Nix desugars while parsing are desugared here too: ``a - b`` is a `Call` of
the variable ``__sub``, ``a < b`` of ``__lessThan``, ``<nixpkgs>`` of ``__findFile``; so a
scope can shadow them, and ``--parse`` prints them as Nix does.

Names and string literals are `str` with one latin-1 character for each byte of the source.
A position is the byte offset at which the construct begins; `NO_POS` means none.

No class has a subclass but `Node`: ``isinstance`` is one pointer comparison.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

NO_POS: Final = -1


class Node:
    """An expression. `pos` is where it begins, for errors about it; a few kinds have none."""

    def __init__(self, pos: i64) -> None:
        self.pos: i64 = pos


class Int(Node):
    def __init__(self, value: int) -> None:
        super().__init__(NO_POS)
        self.value: Final = value


class Float(Node):
    def __init__(self, value: float) -> None:
        super().__init__(NO_POS)
        self.value: Final = value


class Str(Node):
    """A string without interpolation; also a URI."""

    def __init__(self, value: str) -> None:
        super().__init__(NO_POS)
        self.value: Final = value


PATH_ABSOLUTE: Final = 0  # text begins with "/"
PATH_RELATIVE: Final = 1  # to the folder of the source
PATH_HOME: Final = 2  # text is what follows "~" and begins with "/"


class PathLiteral(Node):
    """A path as written. Made absolute when linked, so that compiled code can be moved.

    As the first part of a `ConcatStrings` it is the prefix that interpolation continues:
    a final "/" of the text is kept then.
    """

    def __init__(self, pos: i64, text: str, kind: i64) -> None:
        super().__init__(pos)
        self.text: Final = text
        self.kind: Final[i64] = kind


# Where the resolver found a variable (`Var.scope`).
UNRESOLVED: Final = 0
LOCAL: Final = 1  # in the frame `depth` activations up, at `slot`
GLOBAL: Final = 2  # supplied by the host: a builtin
WITH: Final = 3  # in one of the enclosing `with` sets, innermost first


class WithScope:
    """One `with` that may supply a variable: the slot of its set, `depth` activations up."""

    def __init__(self, depth: i64, slot: i64, pos: i64) -> None:
        self.depth: Final[i64] = depth
        self.slot: Final[i64] = slot
        self.pos: Final[i64] = pos


NO_WITHS: Final[list[WithScope]] = []


class Var(Node):
    """A variable. `withs` is a list of its own once it has any."""

    def __init__(self, pos: i64, name: str) -> None:
        super().__init__(pos)
        self.name: Final = name
        self.scope: i64 = UNRESOLVED
        self.depth: i64 = 0
        self.slot: i64 = 0
        self.withs: list[WithScope] = NO_WITHS


class CurPos(Node):
    """``__curPos``."""


class InheritFrom(Node):
    """The value of the `index`-th ``inherit (source)`` of the enclosing `Attrs`."""

    def __init__(self, pos: i64, index: i64) -> None:
        super().__init__(pos)
        self.index: i64 = index
        self.slot: i64 = 0


class AttrName:
    """One component of an attribute path: a static `name`, or a `dynamic` expression."""

    def __init__(self, name: str, dynamic: Node | None) -> None:
        self.name: Final = name
        self.dynamic: Final = dynamic


class Select(Node):
    """``subject.path`` and ``subject.path or default``."""

    def __init__(self, pos: i64, subject: Node, path: list[AttrName], default: Node | None) -> None:
        super().__init__(pos)
        self.subject: Final = subject
        self.path: Final = path
        self.default: Final = default


class HasAttr(Node):
    """``subject ? path``. Nix gives it the position of its subject."""

    def __init__(self, pos: i64, subject: Node, path: list[AttrName]) -> None:
        super().__init__(pos)
        self.subject: Final = subject
        self.path: Final = path


PLAIN: Final = 0  # name = value;
INHERITED: Final = 1  # inherit name;              value is a Var of the outer scope
INHERITED_FROM: Final = 2  # inherit (source) name; value is a Select of an InheritFrom


class AttrDef:
    """The definition of a static attribute of an `Attrs`."""

    def __init__(self, kind: i64, value: Node, pos: i64) -> None:
        self.kind: Final[i64] = kind
        self.value: Final = value
        self.pos: Final[i64] = pos
        self.slot: i64 = -1  # the frame slot of a `rec` or `let` binding, from the resolver


class DynamicAttr:
    """``${name} = value;`` whose name is known only when evaluated."""

    def __init__(self, name: Node, value: Node, pos: i64) -> None:
        self.name: Final = name
        self.value: Final = value
        self.pos: Final[i64] = pos


NO_NODES: Final[list[Node]] = []
NO_DYNAMIC: Final[list[DynamicAttr]] = []
NO_SLOTS: Final[list[int]] = []


class Attrs(Node):
    """``{ … }``, ``rec { … }``, and the bindings of a `Let`.

    `attrs` is in order of definition; Nix walks it in the order in which the names first
    appeared anywhere (see `symbols`). The lists are shared while they are empty: they are
    added to by the methods, `source_slots` only when there are sources.
    """

    def __init__(self, pos: i64, recursive: bool) -> None:
        super().__init__(pos)
        self.recursive = recursive
        self.attrs: dict[str, AttrDef] = {}
        self.sources: list[Node] = NO_NODES  # of `inherit (source) …;`
        self.dynamic: list[DynamicAttr] = NO_DYNAMIC
        self.source_slots: list[int] = NO_SLOTS  # frame slots of the sources, from the resolver

    def add_source(self, source: Node) -> None:
        if not self.sources:
            self.sources = []
            self.source_slots = []
        self.sources.append(source)

    def add_dynamic(self, attr: DynamicAttr) -> None:
        if not self.dynamic:
            self.dynamic = []
        self.dynamic.append(attr)


class List(Node):
    def __init__(self, pos: i64, items: list[Node]) -> None:
        super().__init__(pos)
        self.items: Final = items


class Formal:
    """``name`` or ``name ? default`` of a pattern."""

    def __init__(self, pos: i64, name: str, default: Node | None) -> None:
        self.pos: Final[i64] = pos
        self.name: Final = name
        self.default: Final = default


class Formals:
    """The pattern of a lambda, sorted by order of first appearance of the names."""

    def __init__(self, formals: list[Formal], ellipsis: bool) -> None:
        self.formals: list[Formal] = formals
        self.ellipsis: bool = ellipsis


class Lambda(Node):
    """``arg: body``, ``{ … }: body``, ``{ … } @ arg: body``.

    `name` is the attribute or variable it is first bound to ("" when none): errors show it.
    `doc_start`, `doc_end`: where its documentation comment lies in the source, or `NO_POS`.
    """

    def __init__(self, pos: i64, arg: str | None, formals: Formals | None, body: Node) -> None:
        super().__init__(pos)
        self.arg: Final = arg
        self.formals: Final = formals
        self.body: Final = body
        self.name = ""
        self.doc_start: i64 = NO_POS
        self.doc_end: i64 = NO_POS
        self.frame_size: i64 = 0  # slots of an activation, from the resolver


class Call(Node):
    """``function args…``, applied in one step as far as the arguments go.

    `cursed_or_end`: the end offset when this is ``x or``, with `or` taken as a variable.
    """

    def __init__(self, pos: i64, function: Node, args: list[Node]) -> None:
        super().__init__(pos)
        self.function: Final = function
        self.args: Final = args
        self.cursed_or_end: i64 = NO_POS


class Let(Node):
    def __init__(self, attrs: Attrs, body: Node) -> None:
        super().__init__(NO_POS)
        self.attrs: Final = attrs
        self.body: Final = body


class With(Node):
    def __init__(self, pos: i64, attrs: Node, body: Node) -> None:
        super().__init__(pos)
        self.attrs: Final = attrs
        self.body: Final = body
        self.slot: i64 = 0  # of the set, in the frame, from the resolver


class If(Node):
    def __init__(self, pos: i64, condition: Node, then: Node, otherwise: Node) -> None:
        super().__init__(pos)
        self.condition: Final = condition
        self.then: Final = then
        self.otherwise: Final = otherwise


class Assert(Node):
    def __init__(self, pos: i64, condition: Node, body: Node) -> None:
        super().__init__(pos)
        self.condition: Final = condition
        self.body: Final = body


class Not(Node):
    """``!operand``. Nix gives it the position of its operand."""

    def __init__(self, pos: i64, operand: Node) -> None:
        super().__init__(pos)
        self.operand: Final = operand


# Operators of `Binary`; the others are calls or string concatenation.
EQ: Final = 0
NEQ: Final = 1
AND: Final = 2
OR: Final = 3
IMPL: Final = 4
UPDATE: Final = 5
CONCAT: Final = 6


class Binary(Node):
    def __init__(self, pos: i64, op: i64, left: Node, right: Node) -> None:
        super().__init__(pos)
        self.op: Final[i64] = op
        self.left: Final = left
        self.right: Final = right


class ConcatStrings(Node):
    """``"a${b}c"`` (`force_string`), ``a + b``, and ``./a/${b}``.

    `positions[i]` is the position of `parts[i]`.
    """

    def __init__(self, pos: i64, force_string: bool, parts: list[Node], positions: list[int]) -> None:
        super().__init__(pos)
        self.force_string: Final = force_string
        self.parts: Final = parts
        self.positions: Final = positions
