"""What the macro suite evaluates, made of what is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from macro import module_tests

EXPRESSIONS: Final = Path(__file__).parent / "expressions"
GROWTH: Final = (1_000, 10_000, 100_000)  # attributes of one set
LITERALS: Final = 100_000  # attributes of all sets that are written out


@dataclass(frozen=True)
class Workload:
    """Arguments of nix-instantiate. `cold`: with every cache empty, each time."""

    name: str
    arguments: list[str]
    cold: bool = False


@dataclass(frozen=True)
class Inputs:
    """Paths of what is not in this repository. None: not at hand."""

    package_set: Path | None
    lib: Path | None
    scratch: Path  # for what is generated


@dataclass(frozen=True)
class Missing:
    """A workload that is left out, and what for."""

    name: str
    reason: str


def workloads(inputs: Inputs) -> list[Workload | Missing]:
    made: list[Workload | Missing] = []
    made += package_set(inputs.package_set)
    made += system(inputs.package_set)
    made += modules(inputs)
    made += [
        Workload(f"growth-{count}", [str(EXPRESSIONS / "growth.nix"), "--arg", "count", str(count)])
        for count in GROWTH
    ]
    made += [
        Workload(f"literal-{count}", [str(write_literals(inputs.scratch, count))], cold=True)
        for count in GROWTH
    ]
    return made


def warm_and_cold(name: str, arguments: list[str]) -> list[Workload | Missing]:
    return [Workload(name, arguments), Workload(f"{name}-cold", arguments, cold=True)]


def package_set(folder: Path | None) -> list[Workload | Missing]:
    if folder is None:
        reason = "no --package-set"
        return [Missing(name, reason) for name in ("package-set", "git", "perl")]
    return [
        *warm_and_cold("package-set", all_of(f"import {folder} {{ }}", "packages")),
        *warm_and_cold("git", ["--expr", f"(import {folder} {{ }}).git.drvPath"]),
        *warm_and_cold("perl", all_of(f"(import {folder} {{ }}).perlPackages", "perlPackages")),
    ]


def all_of(packages: str, kind: str) -> list[str]:
    """The arguments that evaluate all derivations of a set, but those that can't be."""
    skipped = f"(import {EXPRESSIONS / 'skipped.nix'}).{kind}"
    return [str(EXPRESSIONS / "package-set.nix"), "--arg", "packages", packages, "--arg", "skip", skipped]


def system(folder: Path | None) -> list[Workload | Missing]:
    """A configuration of a whole system: the one that a package set has in ``ekaos/``."""
    if folder is None:
        return [Missing("system", "no --package-set")]
    if not (folder / "ekaos" / "default.nix").exists():
        return [Missing("system", "the package set has no ekaos/")]
    return warm_and_cold("system", ["--expr", f"(import {folder / 'ekaos'} {{ }}).toplevel.drvPath"])


def modules(inputs: Inputs) -> list[Workload | Missing]:
    if inputs.lib is None:
        return [Missing("modules", "no --lib")]
    if not (inputs.lib / module_tests.SCRIPT).exists():
        return [Missing("modules", f"--lib has no {module_tests.SCRIPT}")]
    tests = inputs.scratch / "module-tests.nix"
    tests.write_text(module_tests.test_list(inputs.lib))
    arguments = ["--arg", "lib", str(inputs.lib), "--arg", "tests", f"import {tests}"]
    return warm_and_cold("modules", [str(EXPRESSIONS / "module-tests.nix"), *arguments])


def write_literals(scratch: Path, count: int) -> Path:
    """An expression that evaluates files with sets of `count` attributes, written out."""
    folder = scratch / f"literal-{count}"
    folder.mkdir()
    for number in range(LITERALS // count):
        numbers = range(LITERALS, LITERALS + count)  # all of one length: no set has longer texts
        attributes = [f'  a{each} = {{ n = {each}; s = "{number:02}-{each}"; }};\n' for each in numbers]
        (folder / f"{number}.nix").write_text("{\n" + "".join(attributes) + "}\n")
    main = folder / "main.nix"
    main.write_text(
        'builtins.foldl\' (sum: number: let set = import (./. + "/${toString number}.nix"); in\n'
        "  sum + builtins.foldl' (n: name: n + set.${name}.n) 0 (builtins.attrNames set)) 0\n"
        f"  (builtins.genList (n: n) {LITERALS // count})\n"
    )
    return main


def selected(made: list[Workload | Missing], names: list[str]) -> list[Workload | Missing]:
    """Those that are named; a name stands for what goes on after a dash, too. All, if there are no names."""

    def is_wanted(name: str) -> bool:
        return any(name == each or name.startswith(each + "-") for each in names)

    return [each for each in made if not names or is_wanted(each.name)]
