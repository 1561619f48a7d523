"""Folds a comparison to its causes."""

from __future__ import annotations

from attrs import field, frozen

from tvix_glue.diff.records import Comparison, Difference, Node, Pair


@frozen
class Cause:
    """A node that differs in itself. `chain`: from the root to it, both included.

    `others`: nodes that differ in the very same way. `has_effect`: whether anything that is built at the
    root can differ by it; it cannot if all ways there lead through outputs that stay the same.
    """

    node: Node
    chain: list[Node]
    has_effect: bool
    others: list[Node] = field(factory=list)


@frozen
class Summary:
    """`causes`: those with effect first, then those furthest from the root. `folded`: the other nodes."""

    comparison: Comparison
    causes: list[Cause]
    folded: list[Node]

    @property
    def same(self) -> bool:
        return not self.comparison.nodes


def summarise(comparison: Comparison) -> Summary:
    nodes = comparison.nodes
    effective = with_effect(comparison)
    groups: dict[tuple[bool, tuple[Difference, ...]], Cause] = {}
    folded: list[Node] = []
    for node in nodes.values():
        if not node.differences:
            folded.append(node)
            continue
        has_effect = node.pair in effective
        key = (has_effect, tuple(node.differences))
        first = groups.get(key)
        if first is None:
            groups[key] = Cause(node, chain_to(comparison, node), has_effect)
        else:
            first.others.append(node)
    causes = sorted(
        groups.values(), key=lambda cause: (not cause.has_effect, -cause.node.distance, cause.node.name)
    )
    return Summary(comparison, causes, folded)


def chain_to(comparison: Comparison, node: Node) -> list[Node]:
    chain = [node]
    while chain[-1].found_from is not None:
        chain.append(comparison.nodes[chain[-1].found_from])
    chain.reverse()
    return chain


def with_effect(comparison: Comparison) -> set[Pair]:
    """The pairs from which a way leads to the root through outputs that all differ."""
    nodes = comparison.nodes
    found: set[Pair] = set()
    waiting = [comparison.root] if nodes and not nodes[comparison.root].same_outputs else []
    while waiting:
        pair = waiting.pop()
        if pair not in found:
            found.add(pair)
            for child, as_file in nodes[pair].children.items():
                if as_file or not nodes[child].same_outputs:
                    waiting.append(child)
    return found
