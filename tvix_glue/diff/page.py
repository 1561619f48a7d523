"""A comparison as one page for a browser, with nothing to load from elsewhere."""

from __future__ import annotations

import json
from importlib import resources
from typing import Final

from tvix_glue.diff.causes import Summary
from tvix_glue.diff.json_form import difference_json, node_json
from tvix_glue.diff.layout import lay_out
from tvix_glue.diff.records import Node, Pair
from tvix_glue.diff.text import counted

MOST_NODES: Final = 400  # in the drawing of all; the one of the ways to the causes has no limit
MARK: Final = "@DATA@"


def render_page(summary: Summary) -> str:
    template = resources.files("tvix_glue.diff").joinpath("page.html").read_text("utf-8")
    data = json.dumps(page_data(summary), ensure_ascii=False).replace("<", "\\u003c")
    return template.replace(MARK, data)


def page_data(summary: Summary) -> dict[str, object]:
    """`nodes` by number; `drawings`: which of them are where, in layers, with edges between them; see `Layout`."""
    nodes = list(summary.comparison.nodes.values())
    numbers = {node.pair: at for at, node in enumerate(nodes)}
    cause_of: dict[Pair, int] = {}
    for at, cause in enumerate(summary.causes):
        for each in (cause.node, *cause.others):
            cause_of[each.pair] = at
    shown = {numbers[node.pair] for cause in summary.causes for node in cause.chain}
    drawings = {"causes": drawing(nodes, numbers, shown)}
    if len(nodes) <= MOST_NODES:
        drawings["all"] = drawing(nodes, numbers, set(numbers.values()))
    (root,) = summary.comparison.roots
    effective = [cause for cause in summary.causes if cause.has_effect]
    kept = shown if "all" not in drawings else set(numbers.values())
    return {
        "left": root.left,
        "right": root.right,
        "headline": "They are the same." if summary.same else counted(summary, effective),
        "nodes": {
            at: {
                **node_json(nodes[at]),
                "cause": cause_of.get(nodes[at].pair),
                "sameOutputs": nodes[at].same_outputs,
                "children": sum(1 for child in nodes[at].children if child in numbers),
            }
            for at in sorted(kept)
        },
        "causes": [
            {
                "node": numbers[cause.node.pair],
                "hasEffect": cause.has_effect,
                "chain": [numbers[node.pair] for node in cause.chain],
                "others": [node_json(each) for each in cause.others],
                "differences": [difference_json(each) for each in cause.node.differences],
            }
            for cause in summary.causes
        ],
        "drawings": drawings,
    }


def drawing(nodes: list[Node], numbers: dict[Pair, int], shown: set[int]) -> dict[str, object]:
    children = {
        at: [numbers[child] for child in nodes[at].children if numbers[child] in shown]
        for at in sorted(shown)
    }
    layout = lay_out(children)
    return {"layers": layout.layers, "edges": layout.edges}
