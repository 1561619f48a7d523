"""The macro suite's own parts: what it makes of its inputs, and what it calls worse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tvix_eval

BENCHMARKS = Path(__file__).resolve().parent.parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from macro import baseline, tables  # noqa: E402
from macro.baseline import Figures, Ratio  # noqa: E402
from macro.module_tests import configurations  # noqa: E402
from macro.suite import Measured  # noqa: E402
from macro.workloads import Inputs, Missing, Workload, selected, workloads  # noqa: E402
from measure import Failed, Run, Side, run_once, take_turns  # noqa: E402

SCRIPT = r"""
checkConfigOutput '^true$' config.enable ./a.nix ./b.nix  # comment
checkConfigError 'no' config.enable ./a.nix
set -- config.x.0 ./c.nix
checkConfigOutput '^1$' "$@" "{ x = 1; }"
checkConfigOutput '^2$' \
  'config."quoted"' ./d.nix
checkConfigOutput '^3$' config.y \
  ./d.nix
checkConfigOutput '^4$' config.z ./many/{a.nix,b.nix}
"""


def test_module_tests() -> None:
    assert configurations(SCRIPT) == [
        ("config.enable", "./a.nix ./b.nix"),
        ("config.x.0", "./c.nix { x = 1; }"),
        ("config.y", "./d.nix"),
    ]


def test_what_is_not_at_hand_is_left_out(tmp_path: Path) -> None:
    made = workloads(Inputs(None, None, tmp_path))
    missing = {each.name: each.reason for each in made if isinstance(each, Missing)}
    assert missing == {
        **dict.fromkeys(("package-set", "git", "perl", "system"), "no --package-set"),
        "modules": "no --lib",
    }
    there = [each.name for each in made if isinstance(each, Workload)]
    assert there == [f"{kind}-{count}" for kind in ("growth", "literal") for count in (1000, 10000, 100000)]
    assert [each.name for each in selected(made, ["growth-1000", "literal", "git"])] == [
        *("git", "growth-1000", "literal-1000", "literal-10000", "literal-100000"),
    ]


def test_what_a_package_set_and_a_library_give(tmp_path: Path) -> None:
    lib, packages, scratch = tmp_path / "lib", tmp_path / "packages", tmp_path / "scratch"
    scratch.mkdir()
    (lib / "lib/tests").mkdir(parents=True)
    (lib / "lib/tests/modules.sh").write_text(SCRIPT)
    (packages / "ekaos").mkdir(parents=True)
    (packages / "ekaos/default.nix").write_text("{ }")
    made = workloads(Inputs(packages, lib, scratch))
    assert not [each for each in made if isinstance(each, Missing)]
    cold = {each.name for each in made if isinstance(each, Workload) and each.cold}
    assert {f"{name}-cold" for name in ("package-set", "git", "perl", "system", "modules")} < cold
    tests = (scratch / "module-tests.nix").read_text()
    assert f'{{ path = [ "config" "enable" ]; modules = [ {lib}/lib/tests/modules/a.nix' in tests


def figures(*cpu: float, output: str = "x") -> Figures:
    return Figures(output, Ratio.over(list(cpu)), Ratio.over([1.0]))


@pytest.mark.parametrize(
    ("now", "worse"),
    [
        ([1.0, 1.1, 1.2], False),
        ([1.19, 1.5, 1.6], False),  # the lowest is within what was measured before
        ([1.21, 1.22, 1.23], True),
        ([0.5, 0.6, 0.7], False),
    ],
)
def test_what_is_worse_than_noise(now: list[float], worse: bool) -> None:
    before = figures(1.0, 1.1, 1.2)
    assert bool(baseline.regressions(before, figures(*now))) == worse
    assert not baseline.regressions(before, figures(*now, output="y"))


def test_small_differences_are_noise_whatever_the_spread() -> None:
    assert not baseline.regressions(figures(1.0), figures(1.04))
    assert baseline.regressions(figures(1.0), figures(1.06)) == [
        "cpu: 1.060 (1.060 to 1.060), was 1.000 (1.000 to 1.000)"
    ]


def test_one_disturbed_run_does_not_count() -> None:
    assert Ratio.over([1.0, 9.0, 1.2, 0.1, 1.1]) == Ratio(1.1, 1.0, 1.2)
    assert Ratio.over([1.0, 9.0, 1.2, 0.1]) == Ratio(1.1, 0.1, 9.0)


def test_a_baseline_keeps_what_was_not_measured_again(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert baseline.load(file) == {}
    baseline.save(file, {"a": figures(1.0, 2.0), "b": figures(3.0)}, {"nix": "1"})
    baseline.save(file, {"b": figures(4.0)}, {"nix": "2"})
    assert baseline.load(file) == {"a": figures(1.0, 2.0), "b": figures(4.0)}
    assert json.loads(file.read_text())["nix"] == "2"


def test_the_place_of_inputs_does_not_count() -> None:
    made = {baseline.digest(b"<%s/x>" % place, [Path(place.decode())]) for place in (b"/a", b"/b/c")}
    assert len(made) == 1
    assert baseline.digest(b"1", []) != baseline.digest(b"2", [])


def test_running_in_turn(tmp_path: Path) -> None:
    environment = dict(os.environ)
    script = f"open({str(tmp_path / 'log')!r}, 'a').write({{!r}}); print(1)"
    sides = [Side([sys.executable, "-c", script.format(name)], environment) for name in "on"]
    calls: list[str] = []
    take_turns(sides[0], sides[1], 2, True, lambda: calls.append("before"), lambda: calls.append("after"))
    assert (tmp_path / "log").read_text() == "no" + "on" * 2
    assert calls == ["before", "before", "after", "before", "after"]
    assert [len(side.runs) for side in sides] == [2, 2] and sides[0].median("memory") > 1
    with pytest.raises(Failed, match="not what Nix prints"):
        run_once(sides[0].command, environment, b"2\n")
    with pytest.raises(Failed, match="exit code 3"):
        run_once([sys.executable, "-c", "import sys; sys.exit(3)"], environment, None)


def test_growth_is_measured_against_the_smallest() -> None:
    def measured(name: str, cpu: float) -> Measured:
        side = Side([], {}, [Run(cpu, cpu, 1.0, b"")])
        return Measured(Workload(name, []), side, side, "")

    by_name = {"start": measured("start", 1.0)}
    for count, cpu in ((1_000, 2.0), (10_000, 2.1), (100_000, 2.5)):
        by_name[f"growth-{count}"] = measured(f"growth-{count}", cpu)
    assert tables.growth(by_name, "growth", "ours") == pytest.approx([1.0, 1.1, 1.5])
    assert len(tables.growth_table(by_name)) == 3
    assert tables.growth_table({"start": by_name["start"]}) == []


def run_script(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    packages = str(Path(str(tvix_eval.__file__)).parent.parent)
    environment = {**os.environ, "PYTHONPATH": packages, "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, str(BENCHMARKS / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, timeout=120)


def test_phases(tmp_path: Path) -> None:
    """What is measured again is found where it is; cold first, then warm."""
    (tmp_path / "a.nix").write_text(
        'import ./b.nix (derivation { name = "a"; system = "s"; builder = ./a.nix; }).drvPath'
    )
    (tmp_path / "b.nix").write_text("x: if true then x else 1 + 2")
    os.utime(tmp_path / "a.nix", (1, 1))
    found = []
    for name in ("cold", "warm"):
        (tmp_path / name).mkdir()
        made = run_script(
            "macro/phases.py", tmp_path, "report", name, "--eval", "--json", "--store", "dummy://", "a.nix"
        )
        assert (made.returncode, made.stderr) == (0, "")
        assert "-a.drv" in made.stdout
        found.append(json.loads((tmp_path / "report").read_text()))
    shared = {"start", "link", "hash", "write", "evaluate", "total"}
    assert set(found[0]) == shared | {"read", "parse", "compile", "keep"}
    assert set(found[1]) == shared | {"load"}
    for phases in found:
        assert sum(phases.values()) == pytest.approx(2 * phases["total"])


def test_the_program(tmp_path: Path) -> None:
    """Held against itself, for want of a Nix."""
    nix = tmp_path / "nix-instantiate"
    program = "import sys; sys.argv[0] = 'nix'; from tvix_glue.programs import instantiate; instantiate()"
    nix.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -c "{program}" "$@"\n')
    nix.chmod(0o755)
    made = run_script(
        "macro", tmp_path, "--nix", str(nix), "--runs", "1", "--json", "out.json", "git", "modules"
    )
    assert made.returncode == 0, made.stderr
    assert "git                left out: no --package-set" in made.stdout
    tree = json.loads((tmp_path / "out.json").read_text())
    assert set(tree["workloads"]) == {"start"} and set(tree["left_out"]) == {"git", "modules"}
    assert str(tmp_path) not in json.dumps(tree)
    assert "--update-baseline" in run_script("macro", tmp_path, "--help").stdout
