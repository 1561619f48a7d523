"""Which input on one side is which on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen

from nix_compat.store_path import DERIVATION

Votes = Counter[tuple[str, str]]
Likeness = Callable[[str, str], float]
MOST_LIKENESSES: Final = 400  # comparisons for one name


@frozen
class Matching:
    """`pairs`: inputs that are the same, or what the other side has in their place."""

    pairs: dict[str, str]
    left_only: list[str]
    right_only: list[str]


def match(
    left: Iterable[str],
    right: Iterable[str],
    name: Callable[[str], str],
    votes: Votes,
    likeness: Likeness,
) -> Matching:
    """Pair paths: what is identical, then by name, then by name without version, then by `votes`.

    `votes` counts in how many places of texts the one stands where the other does; `likeness` is
    asked where that does not tell things of the same name apart.
    """
    lefts, rights = sorted(left), sorted(right)
    same = set(lefts) & set(rights)
    pairs = {path: path for path in same}
    lefts = [path for path in lefts if path not in same]
    rights = [path for path in rights if path not in same]
    for key in (name, lambda path: kind_and_name(name(path))):
        lefts, rights = match_groups(lefts, rights, key, votes, likeness, pairs)
    left_over, right_over = set(lefts), set(rights)
    for (one, other), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if one in left_over and other in right_over:
            pairs[one] = other
            left_over.discard(one)
            right_over.discard(other)
    return Matching(pairs, sorted(left_over), sorted(right_over))


def match_groups(
    lefts: list[str],
    rights: list[str],
    key: Callable[[str], str],
    votes: Votes,
    likeness: Likeness,
    pairs: dict[str, str],
) -> tuple[list[str], list[str]]:
    """Pair those with the same key; what is left over on each side."""
    groups: dict[str, list[str]] = {}
    for path in rights:
        groups.setdefault(key(path), []).append(path)
    members: dict[str, list[str]] = {}
    for path in lefts:
        members.setdefault(key(path), []).append(path)
    taken: set[str] = set()
    for group, ones in members.items():
        others = groups.get(group, [])
        for one, other in best_pairs(ones, others, votes, likeness):
            pairs[one] = other
            taken.update((one, other))
    return [path for path in lefts if path not in taken], [path for path in rights if path not in taken]


def best_pairs(ones: list[str], others: list[str], votes: Votes, likeness: Likeness) -> list[tuple[str, str]]:
    if len(ones) == len(others) == 1:
        return [(ones[0], others[0])]
    few = len(ones) * len(others) <= MOST_LIKENESSES
    scored = sorted(
        (-votes[one, other], -likeness(one, other) if few else 0, one, other)
        for one in ones
        for other in others
    )
    found: list[tuple[str, str]] = []
    taken: set[str] = set()
    for _, _, one, other in scored:
        if one not in taken and other not in taken:
            taken.update((one, other))
            found.append((one, other))
    return found


def kind_and_name(name: str) -> str:
    """What is left of a name without its version, which may be that of a derivation."""
    return without_version(name).removesuffix(DERIVATION) + (DERIVATION if name.endswith(DERIVATION) else "")


def without_version(name: str) -> str:
    """A name up to the dash before its version, as ``builtins.parseDrvName`` has it."""
    at = name.find("-")
    while at >= 0:
        if at + 1 < len(name) and not name[at + 1].isalpha():
            return name[:at]
        at = name.find("-", at + 1)
    return name
