"""A profile as exporters want it: calls by name and place, with readable positions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tvix_eval.errors import Sources
    from tvix_eval.probes.call_tree import CallNode

NOWHERE: Final = "«none»:0"


class Frame(NamedTuple):
    """A function that is called. `file` is empty where nothing is known, `line` and `column` then 0."""

    name: str
    file: str
    line: int
    column: int

    @property
    def text(self) -> str:
        """As Nix writes frames: ``place:name``; a builtin may do without a place."""
        place = f"{self.file}:{self.line}:{self.column}" if self.file else ""
        if not place:
            return self.name if self.name.startswith("primop ") else ":".join([NOWHERE, self.name])
        return f"{place}:{self.name}" if self.name else place


class Profile:
    """`exact`: nodes count calls; they count samples otherwise. Text in it is Unicode."""

    def __init__(self, root: CallNode, sources: Sources, exact: bool) -> None:
        self.root: Final = root
        self.sources: Final = sources
        self.exact: Final = exact
        self.frames: Final[dict[tuple[str, int], Frame]] = {}

    def frame(self, node: CallNode) -> Frame:
        key = (node.name, int(node.pos))
        frame = self.frames.get(key)
        if frame is None:
            found = self.sources.find(node.pos)
            if found is None:
                frame = Frame(unicode_text(node.name), "", 0, 0)
            else:
                name = unicode_text(found.source.name)
                frame = Frame(unicode_text(node.name), name, found.line, found.column)
            self.frames[key] = frame
        return frame

    def stacks(self) -> Iterator[tuple[list[Frame], CallNode]]:
        """All nodes with something of their own, each with the calls that lead to it."""
        waiting: list[tuple[list[Frame], CallNode]] = [([], self.root)]
        while waiting:
            stack, node = waiting.pop()
            if node.own or node.count:
                yield stack, node
            children = list(node.children.values())
            waiting.extend(([*stack, self.frame(child)], child) for child in reversed(children))


def unicode_text(text: str) -> str:
    """Byte text as what it spells."""
    return text.encode("latin-1").decode("utf-8", "replace")
