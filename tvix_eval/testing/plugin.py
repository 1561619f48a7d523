"""The pytest plugin: golden tests of Nix programs become tests of pytest.

It does nothing until a project names the folders of its tests in its configuration of pytest::

    nix_tests = ["tests/nix_tests"]

``--update`` writes down what the tests come to as what they must come to. ``nix_tests_provides``
lists the categories that can run, others are skipped. A project with builtins of its own says
what to run by the hook `pytest_nix_tests_program` in a ``conftest.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tvix_eval.testing.cases import Case, CaseError, Layout, Outcome, kind_of, layout_of
from tvix_eval.testing.collection import cases_of
from tvix_eval.testing.expectations import judged, write_expectations
from tvix_eval.testing.fixtures import make_fixtures
from tvix_eval.testing.runner import Program, Runner, tvix_eval_program

PROVIDED: Final = ["pure", "files", "environment"]


class Hooks:
    """What a project may say in its ``conftest.py``."""

    @pytest.hookspec(firstresult=True)
    def pytest_nix_tests_program(self, config: pytest.Config) -> Program | None:
        """The program that runs tests: words and environment to an exit code, on files 0, 1, 2."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("nix_tests", "golden tests of Nix programs")
    about = "write down what golden tests come to as what they must come to"
    try:
        group.addoption("--update", action="store_true", dest="nix_tests_update", help=about)
    except ValueError:  # another plugin has this option
        group.addoption("--update-nix-tests", action="store_true", dest="nix_tests_update", help=about)
    parser.addini("nix_tests", "folders of golden tests of Nix programs", "paths", default=[])
    parser.addini("nix_tests_provides", "categories of golden tests that can run", "args", default=PROVIDED)


def pytest_configure(config: pytest.Config) -> None:
    folders = config.getini("nix_tests")
    if folders:
        config.pluginmanager.register(GoldenTests(config, folders), "golden tests of Nix programs")


class GoldenTests:
    """The plugin of a project that has golden tests."""

    def __init__(self, config: pytest.Config, folders: list[Path]) -> None:
        self.layouts: Final = [layout_of(folder) for folder in folders]
        self.provided: Final = frozenset(config.getini("nix_tests_provides"))
        self.updating: Final = bool(config.getoption("nix_tests_update"))
        self.config: Final = config
        self.runner: Runner | None = None
        self.updates: Final[dict[Path, list[tuple[Case, Outcome]]]] = {}
        if self.updating and config.getoption("numprocesses", None):
            raise pytest.UsageError("--update needs all tests in one process: no -n")

    def layout_around(self, path: Path) -> Layout | None:
        for layout in self.layouts:
            if layout.root in path.parents:
                return layout
        return None

    @pytest.hookimpl
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Links to folders are things to test with: the tests behind them are found elsewhere."""
        if collection_path.is_symlink() and self.layout_around(collection_path) is not None:
            return True
        return None

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if kind_of(file_path) is None:
            return None
        layout = self.layout_around(Path(os.path.realpath(file_path)))
        if layout is None:
            return None
        collector: GoldenFile = GoldenFile.from_parent(parent, path=file_path)
        collector.tests = self
        collector.layout = layout
        return collector

    def run(self, case: Case) -> Outcome:
        if self.runner is None:
            for layout in self.layouts:
                make_fixtures(layout.root)
            program = self.config.hook.pytest_nix_tests_program(config=self.config)
            self.runner = Runner(program or tvix_eval_program)
        return self.runner.run(case)

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        for path, found in self.updates.items():
            layout = self.layout_around(Path(os.path.realpath(path)))
            assert layout is not None
            write_expectations(layout, found)


class GoldenFile(pytest.File):
    """A file of tests. The plugin sets its attributes as it makes it."""

    tests: GoldenTests
    layout: Layout

    def collect(self) -> Iterator[pytest.Item]:
        try:
            cases = cases_of(self.path, self.layout)
        except CaseError as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            item: GoldenTest = GoldenTest.from_parent(self, name=case.name)
            item.case = case
            item.tests = self.tests
            yield item


class GoldenFailure(Exception):
    """A test that came to something else."""


class GoldenTest(pytest.Item):
    """A test. Its file sets its attributes as it makes it."""

    case: Case
    tests: GoldenTests

    def runtest(self) -> None:
        case = self.case
        if case.needs not in self.tests.provided:
            pytest.skip(f"needs: {case.needs}")
        outcome = self.tests.run(case)
        verdict = judged(case, outcome)
        if verdict.kind == "xfailed":
            pytest.xfail(verdict.text)
        if verdict.kind == "failed" and self.tests.updating:
            self.tests.updates.setdefault(case.path, []).append((case, outcome))
        elif verdict.kind != "passed":
            raise GoldenFailure(verdict.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        if not isinstance(excinfo.value, GoldenFailure):
            return str(super().repr_failure(excinfo))
        case = self.case
        head = f"{case.path}:{case.line}: nix-instantiate {' '.join(case.words)}\n"
        return (
            head + (case.text.rstrip("\n") + "\n\n" if case.text is not None else "\n") + str(excinfo.value)
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.line - 1, self.name
