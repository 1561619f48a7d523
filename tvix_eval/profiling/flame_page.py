"""A flame graph as one HTML page, with everything in it that it needs."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tvix_eval.probes.call_tree import CallNode
    from tvix_eval.profiling.profile import Frame, Profile

SMALLEST: Final = 20_000  # calls of less than one in so many of the whole are not in the page


def flame_page(profile: Profile, title: str) -> str:
    """`title` is shown as it is: it may be anything."""
    numbers: dict[Frame, int] = {}
    tree = page_tree(profile, numbers)
    data = {
        "title": title,
        "exact": profile.exact,
        "frames": [[frame.name, frame.file, frame.line, frame.column] for frame in numbers],
        "tree": tree,
    }
    # A file's name must not end the element that it stands in.
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    page = resources.files("tvix_eval.profiling.resources").joinpath("flame_page.html")
    return page.read_text("utf-8").replace("/*DATA*/", text)


def totals(root: CallNode) -> dict[int, int]:
    """The time of each node with all below it, by identity."""
    order: list[CallNode] = [root]
    for node in order:
        order.extend(node.children.values())
    found: dict[int, int] = {}
    for node in reversed(order):
        found[id(node)] = int(node.own) + sum(found[id(child)] for child in node.children.values())
    return found


def page_tree(profile: Profile, numbers: dict[Frame, int]) -> list[Any]:
    """Nodes as ``[parent, frame, total, own, count]``, parents first, numbered from 0, the root being -1."""
    total = totals(profile.root)
    least = total[id(profile.root)] // SMALLEST
    rows: list[Any] = []
    waiting: list[tuple[int, CallNode]] = [(-1, child) for child in profile.root.children.values()]
    while waiting:
        parent, node = waiting.pop()
        if total[id(node)] <= least:
            continue
        frame = numbers.setdefault(profile.frame(node), len(numbers))
        number = len(rows)
        rows.append([parent, frame, total[id(node)], int(node.own), int(node.count)])
        waiting.extend((number, child) for child in node.children.values())
    return [total[id(profile.root)], rows]
