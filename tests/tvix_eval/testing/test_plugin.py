"""The pytest plugin, used by a project that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFIGURATION = """
[pytest]
nix_tests = golden
addopts = -p tvix_eval.testing.plugin
"""


@pytest.fixture
def golden(pytester: pytest.Pytester) -> Path:
    pytester.makeini(CONFIGURATION)
    return pytester.mkdir("golden")


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *words)


def test_without_folders_nothing_is_collected(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("golden") / "a.cases").write_text("--- a\n1\n=> 2\n")
    run(pytester, "-p", "tvix_eval.testing.plugin").assert_outcomes()


def test_tables_and_files(pytester: pytest.Pytester, golden: Path) -> None:
    (golden / "numbers.cases").write_text(
        "--- sums\n1 + 1\n=> 2\n1 + 2\n=> 4\n--- no sum\n1 + null\n!! cannot add null to an integer\n"
    )
    (golden / "eval-okay-list.nix").write_text("[ 1 ]")
    (golden / "eval-okay-list.exp").write_text("[ 1 ]\n")
    (golden / "helper.nix").write_text("throw 1")
    result = run(pytester)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*numbers.cases:4: nix-instantiate --eval --strict", "-4", "+3"])


def test_stderr_must_be_as_expected(pytester: pytest.Pytester, golden: Path) -> None:
    (golden / "a.cases").write_text(
        '--- a\nbuiltins.trace "x" 1\n=> 1\n--- b\nbuiltins.trace "x" 1\n=> 1\n2> trace: x\n'
    )
    run(pytester).assert_outcomes(failed=1, passed=1)


def test_an_expected_failure_that_passes_fails(pytester: pytest.Pytester, golden: Path) -> None:
    (golden / "a.cases").write_text("--- a\n@xfail wrong\n1\n=> 2\n--- b\n@xfail right again\n1\n=> 1\n")
    (golden / "eval-okay-c.nix").write_text("1")
    (golden / "eval-okay-c.exp").write_text("1\n")
    (golden / "eval-okay-c.xfail").write_text("right too")
    result = run(pytester)
    result.assert_outcomes(xfailed=1, failed=2)
    result.stdout.fnmatch_lines(["*it passes now: take away the mark that says 'right again'"])


def test_what_is_not_provided_is_skipped(pytester: pytest.Pytester, golden: Path) -> None:
    (golden / "a.cases").write_text("@needs network\n--- a\n1\n=> 1\n")
    (golden / "eval-okay-b.nix").write_text("# needs: store\n1")
    run(pytester).assert_outcomes(skipped=2)


def test_update_rewrites_what_differs(pytester: pytest.Pytester, golden: Path) -> None:
    table = golden / "a.cases"
    table.write_text(
        '# kept\n--- a\n1\n=> 2\n2\n\n"x" +\n  1\n=> 3\n# kept too\n--- trace\n@full\nthrow "t"\n'
    )
    (golden / "eval-fail-b.nix").write_text('throw "b"')
    run(pytester, "--update").assert_outcomes(passed=5)
    assert table.read_text("utf-8") == (
        '# kept\n--- a\n1\n=> 1\n2\n=> 2\n\n"x" +\n  1\n!! cannot coerce an integer to a string: 1\n# kept too\n'
        "--- trace\n@full\nthrow \"t\"\n2> error:\n2>        … while calling the 'throw' builtin\n"
        '2>          at «stdin»:1:1:\n2>             1| throw "t"\n2>              | ^\n2>             2|\n2>\n2>        error: t\n'
    )
    assert "error: b" in (golden / "eval-fail-b.err.exp").read_text("utf-8")
    run(pytester).assert_outcomes(passed=5)


def test_a_table_that_is_not_one(pytester: pytest.Pytester, golden: Path) -> None:
    (golden / "a.cases").write_text("--- a\n@nonsense\n1\n=> 1\n")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a.cases:2: not a directive: @nonsense*"])


def test_escapes(pytester: pytest.Pytester, golden: Path) -> None:
    table = golden / "a.cases"
    table.write_text('--- a\n@escapes\n"\\xff\\r\\\\n"\n')
    run(pytester, "--update")
    assert table.read_text().endswith('=> "\\xff\\\\n\\\\n"\n')
    run(pytester).assert_outcomes(passed=1)


def test_fixtures_are_made(pytester: pytest.Pytester, golden: Path) -> None:
    (golden / "fixtures.toml").write_text(
        'folders = ["made/empty"]\nfifos = ["made/fifo"]\n[symlinks]\n"made/link" = "nowhere"\n[contents]\n"made/\\u00ff" = "x"\n'
    )
    (golden / "a.cases").write_text(
        "@needs files\n--- a\n@escapes\nbuiltins.readDir ./made\n"
        '=> { empty = "directory"; fifo = "unknown"; link = "symlink"; "\\xff" = "regular"; }\n'
    )
    run(pytester).assert_outcomes(passed=1)


def test_a_program_of_the_project(pytester: pytest.Pytester, golden: Path) -> None:
    pytester.makeconftest(
        "import os\ndef pytest_nix_tests_program(config):\n    return lambda words, environment: os.write(1, b'own\\n') and 0\n"
    )
    (golden / "a.cases").write_text("--- a\n1\n=> own\n")
    run(pytester).assert_outcomes(passed=1)
