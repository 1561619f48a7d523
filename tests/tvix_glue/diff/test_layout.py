"""Graphs in layers."""

from __future__ import annotations

from hypothesis import given, strategies

from tvix_glue.diff.layout import lay_out


@given(strategies.sets(strategies.tuples(strategies.integers(0, 12), strategies.integers(0, 12))))
def test_edges_lead_down_by_every_layer(pairs: set[tuple[int, int]]) -> None:
    edges = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    layout = lay_out({node: [b for a, b in sorted(edges) if a == node] for node in range(13)})
    depth = {node: at for at, layer in enumerate(layout.layers) for node in layer}
    assert sorted(node for node in depth if node >= 0) == list(range(13))
    assert {(route[0], route[-1]) for route in layout.edges} == edges
    for route in layout.edges:
        assert [depth[node] for node in route] == list(range(depth[route[0]], depth[route[-1]] + 1))


def test_nothing() -> None:
    assert lay_out({}).layers == []


def test_children_are_below_their_parents() -> None:
    layout = lay_out({0: [3], 1: [2], 2: [], 3: []})
    assert layout.layers == [[0, 1], [3, 2]]


def test_a_long_chain() -> None:
    layout = lay_out({node: [node + 1, 20_000] for node in range(20_000)} | {20_000: []})
    assert len(layout.layers) == 20_001
