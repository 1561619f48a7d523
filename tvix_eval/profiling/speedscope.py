"""Profiles for speedscope, https://www.speedscope.app: its own JSON format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tvix_eval.profiling.profile import Frame, Profile

SCHEMA: Final = "https://www.speedscope.app/file-format-schema.json"


def speedscope_text(profile: Profile, name: str) -> str:
    """One profile of stacks and their weights, by time; an exact one has another by calls."""
    numbers: dict[Frame, int] = {}
    frames: list[dict[str, Any]] = []
    samples: list[list[int]] = []
    times: list[int] = []
    calls: list[int] = []
    for stack, node in profile.stacks():
        samples.append([number_of(frame, numbers, frames) for frame in stack])
        times.append(int(node.own))
        calls.append(int(node.count))
    profiles = [one_profile("time", "nanoseconds", samples, times)]
    if profile.exact:
        profiles.append(one_profile("calls", "none", samples, calls))
    document = {
        "$schema": SCHEMA,
        "shared": {"frames": frames},
        "profiles": profiles,
        "name": name,
        "activeProfileIndex": 0,
        "exporter": "tvix-eval",
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n"


def number_of(frame: Frame, numbers: dict[Frame, int], frames: list[dict[str, Any]]) -> int:
    number = numbers.get(frame)
    if number is None:
        number = numbers[frame] = len(frames)
        shown: dict[str, Any] = {"name": frame.name or "anonymous lambda"}
        if frame.file:
            shown |= {"file": frame.file, "line": frame.line, "col": frame.column}
        frames.append(shown)
    return number


def one_profile(name: str, unit: str, samples: list[list[int]], weights: list[int]) -> dict[str, Any]:
    return {
        "type": "sampled",
        "name": name,
        "unit": unit,
        "startValue": 0,
        "endValue": sum(weights),
        "samples": samples,
        "weights": weights,
    }
