"""Goes through two graphs of derivations side by side."""

from __future__ import annotations

from collections import deque
from typing import Final

from nix_compat.derivation import Derivation
from nix_compat.errors import FormatError
from tvix_eval.errors import NixError
from tvix_glue.diff.derivations import aligned_texts, likeness, own_differences
from tvix_glue.diff.graph import Graph, Unreadable, is_derivation
from tvix_glue.diff.matching import match
from tvix_glue.diff.records import DERIVATION, SOURCE, Comparison, Difference, Node, Pair
from tvix_glue.diff.references import finder_of
from tvix_glue.diff.sources import compare_sources
from tvix_glue.diff.texts import Canon, vote


def compare(graphs: tuple[Graph, Graph], left: str, right: str) -> Comparison:
    """Compare two derivations, given by path. Raises Unreadable if one of these two can't be read."""
    return compare_all(graphs, [Pair(left, right)])


def compare_all(graphs: tuple[Graph, Graph], roots: list[Pair]) -> Comparison:
    """Compare many at once. Raises Unreadable if one of them can't be read."""
    for root in roots:
        graphs[0].derivation(root.left)
        graphs[1].derivation(root.right)
    return Comparer(graphs, roots).run()


class Comparer:
    """A pair is looked at once, however many need it, the nearest to the root first."""

    def __init__(self, graphs: tuple[Graph, Graph], roots: list[Pair]) -> None:
        self.graphs: Final = graphs
        self.store: Final = graphs[0].store
        self.nodes: Final[dict[Pair, Node]] = {}
        self.waiting: Final[deque[Pair]] = deque()
        self.partners: Final[dict[str, set[str]]] = {}
        self.roots: Final = roots
        self.producers: dict[int, dict[str, tuple[str, str]]] = {}

    def run(self) -> Comparison:
        for root in self.roots:
            self.reach(root, None)
        while self.waiting:
            pair = self.waiting.popleft()
            node = self.nodes[pair]
            if node.kind == DERIVATION:
                self.compare_derivations(node)
            else:
                self.compare_sources(node)
        for node in self.nodes.values():
            self.explain(node)
        return Comparison(self.roots, self.nodes)

    def reach(self, pair: Pair, user: Node | None, as_file: bool = False) -> None:
        """Note that a node has a child, which is to be compared unless it is the same on both sides."""
        if pair.left == pair.right:
            return
        if user is not None:
            user.children[pair] = user.children.get(pair, False) or as_file
        if pair not in self.nodes:
            kind = DERIVATION if is_derivation(pair.left) and is_derivation(pair.right) else SOURCE
            name = self.store.name(pair.left).removesuffix(".drv")
            distance = user.distance + 1 if user is not None else 0
            self.nodes[pair] = Node(pair, kind, name, distance, user.pair if user is not None else None)
            self.waiting.append(pair)
            self.partners.setdefault(pair.left, set()).add(pair.right)

    def compare_sources(self, node: Node) -> None:
        pair = node.pair
        try:
            found = compare_sources(
                self.graphs[0].source(pair.left), self.graphs[1].source(pair.right), self.store
            )
        except NixError as error:
            node.differences.append(Difference("contents", "not readable", error.message))
            return
        node.differences += found.differences
        for child in found.children:
            self.reach(child, node, True)
        if (
            not found.differences
            and not found.children
            and self.store.name(pair.left) != self.store.name(pair.right)
        ):
            node.differences.append(
                Difference("name", self.store.name(pair.left), self.store.name(pair.right))
            )

    def compare_derivations(self, node: Node) -> None:
        pair = node.pair
        try:
            left = self.graphs[0].derivation(pair.left)
            right = self.graphs[1].derivation(pair.right)
        except Unreadable as error:
            node.differences.append(Difference("derivation", "not readable", error.message))
            return
        used, used_there = left.references(), right.references()
        shared = used & used_there
        finders = (
            finder_of(self.graphs[0], left, shared),
            finder_of(self.graphs[1], right, shared),
        )
        votes = vote(aligned_texts(left, right, finders))
        for one in used - shared:
            for other in self.partners.get(one, set()) & used_there:
                votes[one, other] += 1
        inputs = match(used, used_there, self.store.name, votes, self.likeness)

        def resolve(one: str, other: str) -> bool:
            return self.resolve(node, one, other)

        canon = Canon(self.store, finders, inputs.pairs, resolve)
        node.differences += own_differences(left, right, inputs, canon, self.store)
        node.same_outputs = same_outputs(left, right, self.graphs)
        for one, other in sorted(inputs.pairs.items(), key=lambda item: self.store.name(item[0])):
            self.reach(Pair(one, other), node, one in left.input_srcs)

    def likeness(self, left: str, right: str) -> float:
        if not (is_derivation(left) and is_derivation(right)):
            return 0
        try:
            return likeness(self.graphs[0].derivation(left), self.graphs[1].derivation(right))
        except Unreadable:
            return 0

    def resolve(self, node: Node, left: str, right: str) -> bool:
        """Whether two paths that are no inputs are outputs that correspond, of derivations further down."""
        one, other = self.producer(0, left), self.producer(1, right)
        if one is None or other is None or one[1] != other[1]:
            return False
        if self.store.name(one[0]) != self.store.name(other[0]):
            return False
        self.reach(Pair(one[0], other[0]), node)
        return True

    def producer(self, side: int, path: str) -> tuple[str, str] | None:
        """The derivation below the roots that makes a path, and the name of the output."""
        known = self.producers.get(side)
        if known is None:
            roots = [root.right if side else root.left for root in self.roots]
            known = producers(self.graphs[side], roots)
            self.producers[side] = known
        return known.get(path)

    def explain(self, node: Node) -> None:
        """A difference that nothing found so far accounts for is one of the node itself."""
        if node.differences:
            return
        if node.children and not (
            node.kind == DERIVATION
            and not node.same_outputs
            and all(
                self.nodes[child].same_outputs and not as_file for child, as_file in node.children.items()
            )
        ):
            return
        left, right = node.pair.left, node.pair.right
        if node.kind == DERIVATION:
            for name, one, other in self.differing_paths(node):
                node.differences.append(Difference("outputs." + name + ".path", one, other))
        if not node.differences and not node.children:
            node.differences.append(Difference("path", left, right))

    def differing_paths(self, node: Node) -> list[tuple[str, str, str]]:
        left = self.graphs[0].derivation(node.pair.left)
        right = self.graphs[1].derivation(node.pair.right)
        ours, theirs = output_paths(left, self.graphs[0]), output_paths(right, self.graphs[1])
        return [(name, ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]]


def output_paths(drv: Derivation, graph: Graph) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(drv.outputs):
        try:
            found[name] = drv.outputs[name].path(graph.store, drv.name, name)
        except FormatError:  # a name that no path can have
            found[name] = ""
    return found


def same_outputs(left: Derivation, right: Derivation, graphs: tuple[Graph, Graph]) -> bool:
    """Whether all outputs are known to be the same."""
    paths = output_paths(left, graphs[0])
    return all(paths.values()) and paths == output_paths(right, graphs[1])


def producers(graph: Graph, roots: list[str]) -> dict[str, tuple[str, str]]:
    """Which derivation makes which path, of all that can be read from these derivations on."""
    found: dict[str, tuple[str, str]] = {}
    seen = set(roots)
    waiting = list(roots)
    while waiting:
        path = waiting.pop()
        try:
            drv = graph.derivation(path)
        except Unreadable:
            continue
        for name, made in output_paths(drv, graph).items():
            if made:
                found.setdefault(made, (path, name))
        for each in drv.input_drvs:
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return found
