"""What made derivations differ: both sides write them down, and the two graphs are compared."""

from __future__ import annotations

import tempfile

from attrs import evolve

from tvix_glue.compare.outcomes import Path
from tvix_glue.compare.pool import Limits, Pool
from tvix_glue.compare.result import Compared
from tvix_glue.compare.sides import OwnSide, ReferenceSide, Side
from tvix_glue.compare.worker import Job
from tvix_glue.diff.causes import Summary, summarise
from tvix_glue.diff.comparison import compare_all
from tvix_glue.diff.graph import FolderGraph, Unreadable
from tvix_glue.diff.records import Pair

Found = tuple[Summary | None, list[Compared], list[str]]


def find_causes(
    different: list[Compared],
    job: Job,
    limits: Limits,
    stores: list[str],
    reference: ReferenceSide | None,
) -> Found:
    """The causes, of which attributes, and what kept others from being analysed.

    `stores`: where a recorded reference has its derivations, for which there is no `reference`.
    """
    with tempfile.TemporaryDirectory(prefix="tvix-compare-") as folder:
        ours, theirs = folder + "/here", folder + "/reference"
        paths = [each.path for each in different]
        write(OwnSide(evolve(job, store=ours)), paths, limits)
        if reference is not None:
            write(reference.writing_to(theirs), paths, limits)
        graphs = FolderGraph([theirs, *stores]), FolderGraph([ours])
        analysed: list[Compared] = []
        notes: list[str] = []
        for each in different:
            try:
                graphs[0].derivation(each.there.derivation)
                graphs[1].derivation(each.here.derivation)
            except Unreadable as error:
                notes.append(f"{each.attribute} is not analysed: {error.message}")
            else:
                analysed.append(each)
        if not analysed:
            return None, [], notes
        pairs = [Pair(each.there.derivation, each.here.derivation) for each in analysed]
        return summarise(compare_all(graphs, pairs)), analysed, notes


def write(side: Side, paths: list[Path], limits: Limits) -> None:
    """Evaluate attributes again, for what is written by that."""
    Pool(side, limits, lambda path, outcome: None).evaluate(paths)
