"""Places the nodes of a graph without cycles in layers, so that edges lead down."""

from __future__ import annotations

from typing import Final

from attrs import frozen

SWEEPS: Final = 6
MOST_BENDS: Final = 3000


@frozen
class Layout:
    """`layers`: the nodes of each, in an order with few crossings, and bends of edges, which have numbers
    below zero. `edges`: from node to node, by all bends.
    """

    layers: list[list[int]]
    edges: list[list[int]]


def lay_out(children: dict[int, list[int]]) -> Layout:
    """`children`: for every node. An edge has a bend in each layer that it passes, if these are not too many."""
    depth = depths(children)
    edges: list[list[int]] = []
    bends = 0
    for node, below in children.items():
        for child in below:
            passed = max(depth[child] - depth[node] - 1, 0)
            passed = passed if bends + passed <= MOST_BENDS else 0
            route = [node, *range(-bends - 1, -bends - passed - 1, -1), child]
            for at, bend in enumerate(route[1:-1], depth[node] + 1):
                depth[bend] = at
            bends += passed
            edges.append(route)
    layers: list[list[int]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node, at in depth.items():
        layers[at].append(node)
    order(layers, edges)
    return Layout(layers, edges)


def order(layers: list[list[int]], edges: list[list[int]]) -> None:
    """Move each node to the middle of its neighbours, again and again, from above and from below."""
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for route in edges:
        for node, child in zip(route, route[1:], strict=False):
            below.setdefault(node, []).append(child)
            above.setdefault(child, []).append(node)
    place = {node: at / len(layer) for layer in layers for at, node in enumerate(layer)}
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            neighbours = above if down else below
            weight = {
                node: mean([place[each] for each in neighbours.get(node, [])], place[node]) for node in layer
            }
            layer.sort(key=weight.__getitem__)
            place.update({node: at / len(layer) for at, node in enumerate(layer)})


def mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def depths(children: dict[int, list[int]]) -> dict[int, int]:
    """For each node the length of the longest way to it."""
    above = {node: 0 for node in children}
    for below in children.values():
        for child in below:
            above[child] += 1
    depth = {node: 0 for node in children}
    ready = [node for node, count in above.items() if not count]
    while ready:
        node = ready.pop()
        for child in children[node]:
            depth[child] = max(depth[child], depth[node] + 1)
            above[child] -= 1
            if not above[child]:
                ready.append(child)
    return depth
