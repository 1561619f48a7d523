"""Definitions of attributes: nested paths, and sets that are defined in several places.

``a.b = 1; a.c = 2;`` and ``a = { b = 1; }; a.c = 2;`` define one set. A set that is merged
into another loses its own `rec`, as in Nix.
"""

from __future__ import annotations

from tvix_eval.errors import ParseError, Source
from tvix_eval.syntax.names import Symbols, show_name
from tvix_eval.syntax.nodes import (
    INHERITED_FROM,
    NO_POS,
    PLAIN,
    AttrDef,
    AttrName,
    Attrs,
    DynamicAttr,
    InheritFrom,
    Lambda,
    Node,
    Select,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64


class Merge:
    """A set that is being merged into another: its definitions, and how many are done."""

    def __init__(self, target: Attrs, source: Attrs, definitions: list[tuple[int, str]]) -> None:
        self.target: Final = target
        self.source: Final = source
        self.definitions: Final = definitions
        self.done: i64 = 0


class Definer:
    """Adds definitions to sets. Raises `ParseError` for what is defined twice."""

    def __init__(self, source: Source, symbols: Symbols) -> None:
        self.source: Final = source
        self.symbols: Final = symbols

    def define(self, attrs: Attrs, path: list[AttrName], value: Node, pos: i64) -> None:
        """``path = value;`` with the path at `pos`."""
        last: i64 = len(path) - 1
        for index in range(last):
            attrs = self.nested(attrs, path, index, pos)
        component = path[last]
        if component.dynamic is not None:
            attrs.add_dynamic(DynamicAttr(component.dynamic, value, pos))
        elif not self.define_name(attrs, component.name, value, pos):
            self.combine(attrs.attrs[component.name], value, [step.name for step in path], pos)

    def define_name(self, attrs: Attrs, name: str, value: Node, pos: i64) -> bool:
        """Define a name that is not defined yet; False when it is."""
        if name in attrs.attrs:
            return False
        attrs.attrs[name] = AttrDef(PLAIN, value, pos)
        if isinstance(value, Lambda):
            set_name(value, name)
        return True

    def combine(self, found: AttrDef, value: Node, path: list[str], pos: i64) -> None:
        """Define what `found` defines already: both must be sets."""
        existing = found.value
        if not (isinstance(existing, Attrs) and isinstance(value, Attrs)):
            raise self.duplicate(path, pos, found.pos)
        self.merge(existing, value, path)

    def nested(self, attrs: Attrs, path: list[AttrName], index: i64, pos: i64) -> Attrs:
        """The set that a component other than the last of a path is in, made if need be."""
        component = path[index]
        if component.dynamic is not None:
            inner = Attrs(NO_POS, False)
            attrs.add_dynamic(DynamicAttr(component.dynamic, inner, pos))
            return inner
        found = attrs.attrs.get(component.name)
        if found is None:
            inner = Attrs(NO_POS, False)
            attrs.attrs[component.name] = AttrDef(PLAIN, inner, pos)
            return inner
        value = found.value
        if not isinstance(value, Attrs):
            raise self.duplicate([step.name for step in path[: index + 1]], pos, found.pos)
        return value

    def merge(self, target: Attrs, source: Attrs, path: list[str]) -> None:
        """Move what `source` defines into `target`, which is at `path`.

        The names are taken in their order, and depth first, for the sake of which error is
        the first. The merges that are under way are kept in a list, not on the stack.
        """
        merges = [Merge(target, source, self.in_order(source))]
        while merges:
            merge = merges[-1]
            if merge.done == len(merge.definitions):
                for attr in merge.source.dynamic:
                    merge.target.add_dynamic(attr)
                for source_node in merge.source.sources:
                    merge.target.add_source(source_node)
                merges.pop()
                if merges:
                    path.pop()
                continue
            name = merge.definitions[merge.done][1]
            merge.done += 1
            moved = merge.source.attrs[name]
            if moved.kind == INHERITED_FROM:
                shift_source(moved.value, len(merge.target.sources))
            found = merge.target.attrs.get(name)
            if found is None:
                merge.target.attrs[name] = moved
                continue
            existing = found.value
            value = moved.value
            path.append(name)
            if not (isinstance(existing, Attrs) and isinstance(value, Attrs)):
                raise self.duplicate(path, moved.pos, found.pos)
            merges.append(Merge(existing, value, self.in_order(value)))

    def in_order(self, attrs: Attrs) -> list[tuple[int, str]]:
        """The names of a set with their numbers, in order of these."""
        return sorted([(int(self.symbols.number(name)), name) for name in attrs.attrs])

    def inherit(self, attrs: Attrs, name: str, kind: i64, value: Node, pos: i64) -> None:
        found = attrs.attrs.get(name)
        if found is not None:
            raise self.duplicate([name], pos, found.pos)
        attrs.attrs[name] = AttrDef(kind, value, pos)

    def duplicate(self, path: list[str], pos: i64, previous: i64) -> ParseError:
        line, column = self.source.line_and_column(previous)
        shown = ".".join([show_name(name) for name in path])
        return ParseError(
            f"attribute '{shown}' already defined at {self.source.name}:{line}:{column}", pos + 1
        )


def shift_source(value: Node, by: i64) -> None:
    """Let an inherited attribute refer to a source further on in the list."""
    assert isinstance(value, Select)
    subject = value.subject
    assert isinstance(subject, InheritFrom)
    subject.index += by


def set_name(function: Lambda, name: str) -> None:
    """Name a function, and those it returns, after what it is bound to."""
    while True:
        function.name = name
        body = function.body
        if not isinstance(body, Lambda):
            return
        function = body


def set_doc(function: Lambda, begin: i64, end: i64) -> None:
    """Document a function, and those it returns, up to one that has a comment of its own."""
    while function.doc_start == NO_POS:
        function.doc_start = begin
        function.doc_end = end
        body = function.body
        if not isinstance(body, Lambda):
            return
        function = body
