"""What is printed of a run of the macro suite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from macro.suite import Measured
from macro.workloads import GROWTH

PHASES: Final = ("start", "load", "read", "parse", "compile", "keep", "link", "hash", "write", "evaluate")
HEADER: Final = (
    f"{'workload':18} {'ours s':>8} {'Nix s':>8} {'CPU':>6} {'spread':>13} {'wall':>6}"
    f" {'MiB':>6} {'Nix MiB':>8} {'memory':>7}"
)


def row(measured: Measured) -> str:
    cpu = measured.ratio("cpu")
    spread = f"{cpu.lowest:.2f} to {cpu.highest:.2f}"
    return (
        f"{measured.workload.name:18} {measured.ours.median('cpu'):8.3f} {measured.theirs.median('cpu'):8.3f}"
        f" {cpu.median:6.2f} {spread:>13} {measured.ratio('wall').median:6.2f}"
        f" {measured.ours.median('memory'):6.0f} {measured.theirs.median('memory'):8.0f}"
        f" {measured.ratio('memory').median:7.2f}"
    )


def phase_table(all_measured: Iterable[Measured]) -> list[str]:
    """Our milliseconds of CPU time by phase, and evaluating as a part of the whole."""
    lines = [f"{'ms':18} " + " ".join(f"{phase:>8}" for phase in PHASES) + f" {'total':>8}"]
    for measured in all_measured:
        phases = measured.phases
        if phases:
            cells = [f"{phases[phase] * 1000:8.0f}" if phase in phases else f"{'':8}" for phase in PHASES]
            lines.append(f"{measured.workload.name:18} {' '.join(cells)} {phases['total'] * 1000:8.0f}")
    return lines


def growth(by_name: dict[str, Measured], kind: str, side: str) -> list[float]:
    """CPU time for an attribute, start-up taken away, as a multiple of that in the smallest sets."""
    start = getattr(by_name["start"], side).median("cpu")
    net = [getattr(by_name[f"{kind}-{count}"], side).median("cpu") - start for count in GROWTH]
    return [each / net[0] for each in net]


def growth_table(by_name: dict[str, Measured]) -> list[str]:
    """Empty, if not all was measured that it takes."""
    lines = []
    for kind in ("growth", "literal"):
        if all(name in by_name for name in ("start", *(f"{kind}-{count}" for count in GROWTH))):
            for side, title in (("ours", "ours"), ("theirs", "Nix")):
                cells = " ".join(f"{each:8.2f}" for each in growth(by_name, kind, side))
                lines.append(f"{kind + ', ' + title:18} {cells}")
    if lines:
        lines.insert(0, f"{'time per attribute':18} " + " ".join(f"{count:8,}" for count in GROWTH))
    return lines
