"""Compares texts modulo the paths of inputs that have been paired."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from nix_compat.store_path import StoreDir
from tvix_glue.diff.matching import Votes
from tvix_glue.diff.references import OWN, Finder, Reference, Text


def vote(pairs: Iterable[tuple[Text, Text]]) -> Votes:
    """How often one input stands where another does, in texts that are the same otherwise."""
    votes: Votes = Votes()
    for left, right in pairs:
        if left.literals == right.literals:
            for one, other in zip(left.references, right.references, strict=True):
                if one.known and other.known and OWN not in (one.path, other.path):
                    if one.path != other.path and one.output == other.output:
                        votes[one.path, other.path] += 1
    return votes


class Canon:
    """Writes texts of both sides so that what is paired looks the same.

    `resolve` pairs references that are not to inputs; it returns whether they may be taken for the same.
    """

    def __init__(
        self,
        store: StoreDir,
        finders: tuple[Finder, Finder],
        pairs: dict[str, str],
        resolve: Callable[[str, str], bool],
    ) -> None:
        self.store: Final = store
        self.finders: Final = finders
        self.pairs: Final = pairs
        self.back: Final = {right: left for left, right in pairs.items()}
        self.resolve: Final = resolve

    def texts(self, left: str, right: str) -> tuple[str, str]:
        if left == right:
            return left, right
        one, other = self.finders[0].split(left), self.finders[1].split(right)
        equal: dict[str, str] = {}
        if len(one.references) == len(other.references):
            for a, b in zip(one.references, other.references, strict=True):
                if not a.known and not b.known and a.text != b.text and self.resolve(a.text, b.text):
                    equal[a.text] = equal[b.text] = self.shown(a.text, b.text)
        return self.render(one, 0, equal), self.render(other, 1, equal)

    def side(self, text: str, side: int) -> str:
        """A text that one side only has."""
        return self.render(self.finders[side].split(text), side, {})

    def render(self, text: Text, side: int, equal: dict[str, str]) -> str:
        parts = [text.literals[0]]
        for at, reference in enumerate(text.references):
            parts.append(equal.get(reference.text) or self.reference(reference, side))
            parts.append(text.literals[at + 1])
        return "".join(parts)

    def reference(self, reference: Reference, side: int) -> str:
        if not reference.known:
            return reference.text
        if reference.path == OWN:
            return "${" + reference.output + "}"
        other = (self.back if side else self.pairs).get(reference.path)
        if other is None:
            return reference.text
        left, right = (other, reference.path) if side else (reference.path, other)
        if left == right:
            return reference.text
        shown = self.shown(left, right)
        return shown + "^" + reference.output if reference.output else shown

    def shown(self, left: str, right: str) -> str:
        """A pair of paths, as both sides show it: without the hashes, which differ."""
        one, other = self.store.name(left), self.store.name(right)
        return self.store.prefix + "\xe2\x80\xa6-" + (one if one == other else one + "|" + other)
