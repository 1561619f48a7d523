"""What a run measured, and whether that is worse than what was measured before.

Of each workload and metric the file keeps the median of ratios, ours divided by Nix's, and their spread:
a ratio is of one pair of runs, made one after the other, and how those differ is what noise looks like.
"""

from __future__ import annotations

import hashlib
import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

# How much worse a median must be before it can count, whatever the spread: CPU time also depends
# on what else a machine does, peak memory hardly.
MARGINS: Final = {"cpu": 0.05, "memory": 0.03}

LEAVES_OUT: Final = 5  # pairs of runs, of which the extremes do not count


@dataclass(frozen=True)
class Ratio:
    """Ours divided by Nix's over several pairs of runs.

    `lowest` and `highest` leave out one at either end where there are five or more: something that
    disturbs a single run would otherwise hide what is to be found.
    """

    median: float
    lowest: float
    highest: float

    @staticmethod
    def of(ours: list[float], theirs: list[float]) -> Ratio:
        return Ratio.over([mine / other for mine, other in zip(ours, theirs, strict=True)])

    @staticmethod
    def over(values: list[float]) -> Ratio:
        ordered = sorted(values)
        usual = ordered[1:-1] if len(ordered) >= LEAVES_OUT else ordered
        return Ratio(*(round(each, 4) for each in (statistics.median(values), usual[0], usual[-1])))

    def is_worse_than(self, before: Ratio, margin: float) -> bool:
        """Whether noise does not explain it: the spreads are apart, and the medians by the margin."""
        return self.lowest > before.highest and self.median > before.median * (1 + margin)


@dataclass(frozen=True)
class Figures:
    """One workload. `output`: a digest of what it prints, which says whether it is the same workload."""

    output: str
    cpu: Ratio
    memory: Ratio


def digest(output: bytes, places: list[Path]) -> str:
    """Of what a workload prints, wherever its inputs lie."""
    for place in places:
        output = output.replace(str(place).encode(), b"PLACE")
    return hashlib.sha256(output).hexdigest()[:16]


def load(file: Path) -> dict[str, Figures]:
    """The figures by workload; none if there is no such file."""
    if not file.exists():
        return {}
    return {
        name: Figures(entry["output"], Ratio(**entry["cpu"]), Ratio(**entry["memory"]))
        for name, entry in json.loads(file.read_text())["workloads"].items()
    }


def save(file: Path, figures: dict[str, Figures], versions: dict[str, str]) -> None:
    """Replace the figures of these workloads, and keep those of others."""
    kept = {**load(file), **figures}
    tree = {**versions, "workloads": {name: asdict(kept[name]) for name in sorted(kept)}}
    file.write_text(json.dumps(tree, indent=1) + "\n")


def regressions(before: Figures, now: Figures) -> list[str]:
    """What became worse, in words."""
    if before.output != now.output:
        return []
    found = []
    for metric, margin in MARGINS.items():
        old, new = getattr(before, metric), getattr(now, metric)
        if new.is_worse_than(old, margin):
            found.append(
                f"{metric}: {new.median:.3f} ({new.lowest:.3f} to {new.highest:.3f}),"
                f" was {old.median:.3f} ({old.lowest:.3f} to {old.highest:.3f})"
            )
    return found
