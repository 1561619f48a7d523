"""The outcomes of two sides, attribute by attribute."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from tvix_glue.compare.expression import joined_attribute
from tvix_glue.compare.outcomes import Outcome, Outcomes, Path

EQUAL: Final = "equal"
DIFFERENT: Final = "different"
FAILS_HERE: Final = "fails here"
FAILS_THERE: Final = "fails in the reference"
ONLY_HERE: Final = "only here"
ONLY_THERE: Final = "only in the reference"
FAILS: Final = "fails on both sides"
STATUSES: Final = (EQUAL, DIFFERENT, FAILS_HERE, FAILS_THERE, ONLY_HERE, ONLY_THERE, FAILS)
AGREEING: Final = (EQUAL, FAILS)
NOTHING: Final = Outcome()


@frozen
class Compared:
    path: Path
    status: str
    here: Outcome
    there: Outcome

    @property
    def attribute(self) -> str:
        return joined_attribute(list(self.path))


def compare_outcomes(here: Outcomes, there: Outcomes) -> list[Compared]:
    """Those attributes that are a derivation or fail, on either side, by name."""
    found: list[Compared] = []
    for path in sorted({*here, *there}):
        ours, theirs = here.get(path, NOTHING), there.get(path, NOTHING)
        status = status_of(ours, theirs)
        if status is not None:
            found.append(Compared(path, status, ours, theirs))
    return found


def status_of(here: Outcome, there: Outcome) -> str | None:
    """None: it is a derivation on neither side."""
    if here.error is not None or there.error is not None:
        if here.error is not None and there.error is not None:
            return FAILS
        return FAILS_HERE if here.error is not None else FAILS_THERE
    if here.derivation and there.derivation:
        return EQUAL if here.derivation == there.derivation else DIFFERENT
    if here.derivation:
        return ONLY_HERE
    return ONLY_THERE if there.derivation else None


def counts(compared: list[Compared]) -> dict[str, int]:
    made = dict.fromkeys(STATUSES, 0)
    for each in compared:
        made[each.status] += 1
    return made
