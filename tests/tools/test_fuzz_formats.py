"""The fuzzer of formats runs, and would notice."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from ..importing import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import fuzz_formats  # noqa: E402


def test_all_formats_for_a_moment() -> None:
    program = [sys.executable, str(ROOT / "tools" / "fuzz_formats.py"), "--seconds", "3", "--seed", "7"]
    made = subprocess.run(program, capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (0, "")
    lines = made.stdout.splitlines()
    assert len(lines) == len(fuzz_formats.targets())
    assert all(" accepted" in line and " 0 inputs" not in line for line in lines)


@pytest.mark.parametrize("name", fuzz_formats.targets())
def test_samples_are_accepted(name: str) -> None:
    read, samples = fuzz_formats.targets()[name]
    for sample in samples:
        read(sample)


def test_inputs_come_again() -> None:
    one, other = (fuzz_formats.mutated([b"sample"], random.Random("1:x:2")) for _ in range(2))
    assert one == other
