"""In what two sources differ: files, links and trees, by their contents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from nix_compat import hashes
from nix_compat.store_path import StoreDir
from tvix_eval.eval_io import DIRECTORY, REGULAR, SYMLINK, EvalIO
from tvix_glue.diff.records import Difference, Pair
from tvix_glue.diff.references import HASH
from tvix_glue.trees import join

MOST_SHOWN: Final = 50  # files of a tree
LARGEST_TEXT: Final = 1 << 20  # bytes


@frozen
class SourceDifference:
    """`children`: paths in the texts that differ, when apart from these the texts may be the same."""

    differences: list[Difference]
    children: list[Pair]


def compare_sources(
    left: tuple[EvalIO, str] | None, right: tuple[EvalIO, str] | None, store: StoreDir
) -> SourceDifference:
    """Raises NixError for what can't be read."""
    if left is None or right is None:
        sides = " and ".join(side for side, place in (("left", left), ("right", right)) if place is None)
        return SourceDifference([Difference("contents", "known by hash only", f"not readable: {sides}")], [])
    found: list[Difference] = []
    children: list[Pair] = []
    masker = Masker(store)
    waiting = [""]
    while waiting:
        below = waiting.pop()
        one = join(left[1], below) if below else left[1]
        other = join(right[1], below) if below else right[1]
        kinds = left[0].file_type(one), right[0].file_type(other)
        if kinds == (DIRECTORY, DIRECTORY):
            names = {*left[0].read_dir(one), *right[0].read_dir(other)}
            waiting += [join(below, name) if below else name for name in sorted(names, reverse=True)]
            continue
        found += differing_files(below, (left[0], one, kinds[0]), (right[0], other, kinds[1]), masker)
    children = [pair for pair in masker.pairs if pair.left != pair.right]
    if len(found) > MOST_SHOWN:
        more = f"{len(found) - MOST_SHOWN} more files"
        found = [*found[:MOST_SHOWN], Difference("other files", more, more)]
    return SourceDifference(found, children)


Place = tuple[EvalIO, str, str | None]


def differing_files(below: str, left: Place, right: Place, masker: Masker) -> Iterator[Difference]:
    subject = "file " + below if below else "contents"
    if left[2] != right[2] or left[2] == SYMLINK:
        one, other = described(left), described(right)
        if one != other:
            yield Difference(subject, one, other)
        return
    if left[2] != REGULAR:
        return
    with left[0].open_file(left[1]) as ours, right[0].open_file(right[1]) as theirs:
        if ours.executable != theirs.executable:
            yield Difference(subject + " (executable)", str(ours.executable), str(theirs.executable))
        large = max(ours.size, theirs.size) > LARGEST_TEXT
    a, b = left[0].read_file(left[1]), right[0].read_file(right[1])
    if a == b:
        return
    if large or b"\0" in a or b"\0" in b:
        yield Difference(subject, digest(a), digest(b))
        return
    text, text_there = masker.mask(a.decode("latin-1"), b.decode("latin-1"))
    if text != text_there:
        yield Difference(subject, text, text_there)


def described(place: Place) -> str | None:
    io, path, kind = place
    if kind == SYMLINK:
        return "link to " + io.read_link(path)
    return "a " + kind + (" file" if kind == REGULAR else "") if kind is not None else None


def digest(data: bytes) -> str:
    return f"{len(data)} bytes, sha256:{hashes.sha256(data).hex()}"


class Masker:
    """Leaves out the hashes of store paths, and notes which paths stand for which."""

    def __init__(self, store: StoreDir) -> None:
        prefix = re.escape(store.prefix)
        self.pattern: Final = re.compile(rf"({prefix}){HASH}{{32}}(-[0-9A-Za-z+\-._?=]+)")
        self.pairs: Final[list[Pair]] = []

    def mask(self, left: str, right: str) -> tuple[str, str]:
        ours, theirs = list(self.pattern.finditer(left)), list(self.pattern.finditer(right))
        if [each.group(2) for each in ours] != [each.group(2) for each in theirs]:
            return left, right
        self.pairs.extend(Pair(a.group(), b.group()) for a, b in zip(ours, theirs, strict=True))
        hidden = "\\1\xe2\x80\xa6\\2"
        return self.pattern.sub(hidden, left), self.pattern.sub(hidden, right)
