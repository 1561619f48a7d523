"""Says which `tvix_eval` is tested, and sees to it that it is the one that should be; what golden tests run.

With TVIX_EXPECT_COMPILED=1 anything but the compiled one is an error, with 0 anything but the pure one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import tvix_eval.cli
from tvix_eval.testing.runner import Program
from tvix_glue.testing import instantiate_program

LOCATION = Path(str(tvix_eval.cli.__file__))
COMPILED = LOCATION.suffix != ".py"


def pytest_report_header() -> str:
    return f"tvix_eval: {'compiled' if COMPILED else 'pure'}, from {LOCATION.parent}"


def pytest_configure() -> None:
    expected = os.environ.get("TVIX_EXPECT_COMPILED", "")
    if expected and (expected == "1") != COMPILED:
        raise pytest.UsageError(f"TVIX_EXPECT_COMPILED is {expected}, but {pytest_report_header()}")


def pytest_nix_tests_program(config: pytest.Config) -> Program:
    return instantiate_program
