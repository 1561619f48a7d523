"""What a comparison finds. Texts are byte text."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen, mutable

DERIVATION: Final = "derivation"
SOURCE: Final = "source"


@frozen
class Difference:
    """`subject`: what differs, such as ``env.PATH``. None: there is nothing on that side.

    In the texts, paths of inputs that have been paired look the same.
    """

    subject: str
    left: str | None
    right: str | None


@frozen
class Pair:
    """Paths that stand in the same place on both sides."""

    left: str
    right: str


@mutable
class Node:
    """A pair that differs: in itself, by `differences`, or only because of `children`.

    `children` says of each whether the file itself is used, as of all sources, rather than what is built
    from it. `same_outputs`: what is built is the same all the same.
    """

    pair: Pair
    kind: str
    name: str
    distance: int
    found_from: Pair | None
    differences: list[Difference] = field(factory=list)
    children: dict[Pair, bool] = field(factory=dict)
    same_outputs: bool = False


@frozen
class Comparison:
    """`nodes`: all pairs that differ, from the roots on, the nearest first; none if the roots are the same."""

    roots: list[Pair]
    nodes: dict[Pair, Node]
