"""Collapsed stacks: a line for each stack, outermost call first, as Nix's ``eval-profiler`` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tvix_eval.profiling.profile import Profile

MICROSECOND: Final = 1000  # in nanoseconds


def collapsed_text(profile: Profile) -> str:
    """A sampled profile counts samples; an exact one, microseconds."""
    lines: list[str] = []
    for stack, node in profile.stacks():
        amount = node.own // MICROSECOND if profile.exact else node.count
        if stack and amount:
            lines.append(";".join(frame.text.replace(";", ",") for frame in stack) + f" {amount}\n")
    return "".join(lines)
