"""The values of an infinite recursion: each needs the next, and the last the first."""

from __future__ import annotations

from tvix_eval.diagnostics.documents import Documents
from tvix_eval.diagnostics.model import Label
from tvix_eval.errors import InfiniteRecursionError
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete
from tvix_eval.syntax.scopes import static_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LONGEST_NAME: Final = 40
MOST_ALIASES: Final = 10


def circle_of(error: InfiniteRecursionError, documents: Documents) -> list[Label]:
    """Where each value is asked for, the outermost first; the last is where the first is asked for again.

    Empty when the circle is not known.
    """
    if error.culprit is not None or not error.askers:
        return []
    labels: list[Label] = []
    end = int(error.pos)
    if end == 0:  # a builtin asked: where it was called is the nearest that is known
        end = next((int(frame.pos) for frame in error.frames if frame.pos != 0), 0)
    positions = [*error.askers[::-1], end]
    for index, pos in enumerate(positions):
        span = documents.span(pos, "")
        if span is None:
            continue
        name = name_at(documents, pos)
        if index == 0:
            text = "`" + name + "` is asked for" if name else "a value is asked for"
        elif index == len(positions) - 1 and error.pos == 0:
            first = name_at(documents, positions[0])
            text = "where `" + first + "` is needed again" if first else "where the first is needed again"
        elif index == len(positions) - 1:
            text = "which needs `" + name + "`" if name else "which needs the first again"
            if name:
                text += aliases(documents, pos) + ", again"
        else:
            text = "which needs `" + name + "`" if name else "which needs this"
        labels.append(Label(span, text))
    return labels if len(labels) > 1 else []


def name_at(documents: Documents, pos: int) -> str:
    """What is asked for at a position, if that can be said in a few words."""
    span = documents.span(pos, "")
    if span is None:
        return ""
    text = span.text()
    if "\n" not in text and "{" not in text and len(text) <= LONGEST_NAME:
        return text
    for node in documents.nodes(pos):
        if node.action == t.A_SELECT:
            return documents.text(node.children[2], pos)
    return ""


def aliases(documents: Documents, pos: int) -> str:
    """What a variable is another name of: " (which is `a`)"."""
    names = documents.analysed(pos)
    nodes = documents.nodes(pos)
    if names is None or not nodes or nodes[-1].token != t.ID:
        return ""
    found: list[str] = []
    offset = int(nodes[-1].begin)
    while len(found) < MOST_ALIASES:
        definition = names.meaning.get(offset)
        if definition is None or len(definition.sites) != 1:
            break
        value = plain_variable(definition.sites[0], names.text)
        if value is None or names.text_of(value) in found:
            break
        found.append(names.text_of(value))
        offset = int(value.begin)
    return "".join([", which is `" + name + "`" for name in found])


def plain_variable(site: Concrete, text: str) -> Concrete | None:
    """The variable that a binding gives another name to."""
    if site.action != t.A_BINDING or len(site.children[0].children) != 1:
        return None
    value = site.children[2]
    if value.action == t.A_VARIABLE and static_name(site.children[0].children[0], text) is not None:
        return value
    return None
