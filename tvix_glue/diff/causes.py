"""Folds a comparison to its causes."""

from __future__ import annotations

from attrs import field, frozen

from tvix_glue.diff.records import Comparison, Difference, Node, Pair


@frozen
class Cause:
    """A node that differs in itself. `chain`: from a root to it, both included.

    `others`: nodes that differ in the very same way. `has_effect`: whether anything that is built at a
    root can differ by it; it cannot if all ways there lead through outputs that stay the same.
    """

    node: Node
    chain: list[Node]
    has_effect: bool
    others: list[Node] = field(factory=list)


@frozen
class Summary:
    """`causes`: those with effect first, then those furthest from a root. `folded`: the other nodes."""

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


def affected(summary: Summary) -> list[list[int]]:
    """For each cause the numbers of the roots from which a way leads to it."""
    nodes = summary.comparison.nodes
    parents: dict[Pair, list[Pair]] = {}
    for pair, node in nodes.items():
        for child in node.children:
            parents.setdefault(child, []).append(pair)
    found: list[list[int]] = []
    for cause in summary.causes:
        above = {node.pair for node in (cause.node, *cause.others)}
        waiting = list(above)
        while waiting:
            for parent in parents.get(waiting.pop(), ()):
                if parent not in above:
                    above.add(parent)
                    waiting.append(parent)
        found.append([at for at, root in enumerate(summary.comparison.roots) if root in above])
    return found


def with_effect(comparison: Comparison) -> set[Pair]:
    """The pairs from which a way leads to a root through outputs that all differ."""
    nodes = comparison.nodes
    found: set[Pair] = set()
    waiting = [root for root in comparison.roots if root in nodes and not nodes[root].same_outputs]
    while waiting:
        pair = waiting.pop()
        if pair not in found:
            found.add(pair)
            for child, as_file in nodes[pair].children.items():
                if as_file or not nodes[child].same_outputs:
                    waiting.append(child)
    return found
