"""A comparison as JSON."""

from __future__ import annotations

from tvix_glue.diff.causes import Cause, Summary
from tvix_glue.diff.records import Difference, Node
from tvix_glue.diff.text import difference_segments, unicode


def summary_json(summary: Summary) -> dict[str, object]:
    (root,) = summary.comparison.roots
    return {
        "left": unicode(root.left),
        "right": unicode(root.right),
        "same": summary.same,
        "causes": [cause_json(cause) for cause in summary.causes],
        "folded": [node_json(node) for node in summary.folded],
    }


def cause_json(cause: Cause) -> dict[str, object]:
    return {
        **node_json(cause.node),
        "hasEffect": cause.has_effect,
        "chain": [unicode(node.pair.left) for node in cause.chain],
        "others": [node_json(node) for node in cause.others],
        "differences": [difference_json(each) for each in cause.node.differences],
    }


def node_json(node: Node) -> dict[str, object]:
    return {
        "kind": node.kind,
        "name": unicode(node.name),
        "left": unicode(node.pair.left),
        "right": unicode(node.pair.right),
    }


def difference_json(difference: Difference) -> dict[str, object]:
    """`segments`: pairs of a kind (same, left, right, skipped) and a text."""
    return {
        "subject": unicode(difference.subject),
        "left": None if difference.left is None else unicode(difference.left),
        "right": None if difference.right is None else unicode(difference.right),
        "segments": [[part.kind, unicode(part.text)] for part in difference_segments(difference)],
    }
