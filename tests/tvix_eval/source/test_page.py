"""The examples of docs/source.md."""

from __future__ import annotations

import doctest

from ...importing import ROOT


def test_the_examples_of_the_documentation() -> None:
    failures, tried = doctest.testfile(
        str(ROOT / "docs" / "source.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert tried > 25
    assert failures == 0
