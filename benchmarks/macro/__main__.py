"""``python benchmarks/macro``: see ``--help``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
sys.path[0] = str(BENCHMARKS)

from measure import Failed  # noqa: E402

from macro import baseline, tables  # noqa: E402
from macro.suite import Measured, Progress, Suite  # noqa: E402
from macro.workloads import Inputs, Missing, Workload, selected, workloads  # noqa: E402

DESCRIPTION = """\
Compare whole evaluations with C++ Nix: a package set, one package, its Perl packages, a system
configuration, the module system's tests, and sets of growing size.

Ours and Nix's run in turn, in one environment: real derivation hashes, no store to write to, no
nix.conf. Figures are medians; a ratio is ours divided by Nix's. A name ending in -cold means that our
caches are empty each time. What is measured is the tvix of the Python that runs this.
"""

EPILOG = """\
phases, in CPU time, of one more run each (benchmarks/macro/phases.py says how they are told apart):
  start     evaluating 1 + 1                     link      making operations of bytecode
  load      reading compiled code                hash      SHA-256 of files and derivations
  read      reading sources                      write     rendering derivations
  parse, compile, keep (in the cache)            evaluate  the rest

exit code: 1 if a workload fails, prints something else than Nix, or --check finds something worse.

example:
  python benchmarks/macro --nix nix-instantiate --package-set ~/corepkgs --lib ~/nixpkgs.lib --runs 5 --check
"""

MEMORY = "/dev/shm"  # where Linux has a file system in memory
START = Workload("start", ["--expr", "1 + 1"])  # measured always: other figures need it


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks/macro",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="workloads (git: also git-cold; growth: all of growth-…)"
    )
    parser.add_argument("--nix", default="nix-instantiate", metavar="PATH", help="the reference")
    parser.add_argument(
        "--package-set",
        type=Path,
        metavar="FOLDER",
        default=os.environ.get("TVIX_BENCH_PACKAGE_SET"),
        help="corepkgs, its pins fetched (default: TVIX_BENCH_PACKAGE_SET)",
    )
    parser.add_argument(
        "--lib",
        type=Path,
        metavar="FOLDER",
        default=os.environ.get("TVIX_BENCH_NIXPKGS_LIB"),
        help="a checkout of nixpkgs.lib (default: TVIX_BENCH_NIXPKGS_LIB)",
    )
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="pairs of each workload (default 5)")
    parser.add_argument(
        "--scratch",
        metavar="FOLDER",
        default=MEMORY if os.path.isdir(MEMORY) else None,
        help="for caches; in memory, so that no disk disturbs cold runs (default: /dev/shm, if there is one)",
    )
    parser.add_argument("--no-phases", action="store_true", help="do not look where our time goes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        default=BENCHMARKS / "baseline.json",
        help="the figures of before (default: those in the repository)",
    )
    parser.add_argument("--check", action="store_true", help="say what became worse, beyond noise")
    parser.add_argument("--update-baseline", action="store_true", help="keep the figures as the baseline")
    return parser


class Comparison:
    """One run of this program."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options = options
        given = [path.resolve() if path else None for path in (options.package_set, options.lib)]
        self.inputs = Inputs(given[0], given[1], scratch)
        self.suite = Suite(options.nix, scratch, [path for path in (*given, scratch) if path])
        self.progress = Progress()
        self.measured: dict[str, Measured] = {}
        self.missing: dict[str, str] = {}
        self.wrong: list[str] = []

    def run(self) -> int:
        options = self.options
        versions = self.suite.versions()
        if not self.suite.is_compiled():
            print("not compiled: these are no figures to compare with others", file=sys.stderr)
            if options.check or options.update_baseline:
                return 1
        print(tables.HEADER, flush=True)
        self.take(START)
        for each in selected(workloads(self.inputs), options.names):
            self.take(each)
        by_name = self.measured
        for table in (tables.phase_table(by_name.values()), tables.growth_table(by_name)):
            if len(table) > 1:
                print("\n" + "\n".join(table))
        if options.json:
            options.json.write_text(json.dumps(self.tree(versions), indent=1) + "\n")
        if options.check:
            self.check()
        if options.update_baseline:
            figures = {name: each.figures() for name, each in by_name.items()}
            baseline.save(options.baseline, figures, versions)
        for line in self.wrong:
            print(line, file=sys.stderr)
        return 1 if self.wrong else 0

    def take(self, workload: Workload | Missing) -> None:
        name = workload.name
        if isinstance(workload, Missing):
            self.missing[name] = workload.reason
            print(f"{name:18} left out: {workload.reason}", flush=True)
            return
        try:
            measured = self.suite.measure(workload, self.options.runs, self.progress)
            if not self.options.no_phases and name != START.name:
                start = self.measured[START.name].ours.median("cpu")
                measured.phases = self.suite.phases(workload, start)
        except Failed as failure:
            self.wrong.append(f"{name} failed: {failure}")
            print(f"{name:18} failed", flush=True)
            if name == START.name:
                raise
            return
        self.measured[name] = measured
        print(tables.row(measured), flush=True)

    def check(self) -> None:
        """Compare with the baseline; what seems worse is measured again, twice as often, to be sure."""
        before = baseline.load(self.options.baseline)
        for name, measured in self.measured.items():
            if name not in before:
                print(f"{name}: not in the baseline")
            elif before[name].output != measured.output:
                print(f"{name}: prints something else than it did for the baseline; not compared")
            elif baseline.regressions(before[name], measured.figures()):
                again = self.suite.measure(measured.workload, 2 * self.options.runs, self.progress)
                found = baseline.regressions(before[name], again.figures())
                self.wrong += [f"{name} is worse: {each}" for each in found]
                if not found:
                    print(f"{name}: seemed worse, but not when it was measured again")

    def tree(self, versions: dict[str, str]) -> dict[str, object]:
        return {
            **versions,
            "workloads": {name: each.tree() for name, each in self.measured.items()},
            "left_out": self.missing,
        }


def main() -> None:
    options = arguments().parse_args()
    if options.runs < 1:
        sys.exit("--runs wants a number above 0")
    with tempfile.TemporaryDirectory(prefix="tvix-macro-", dir=options.scratch) as scratch:
        try:
            sys.exit(Comparison(options, Path(scratch).resolve()).run())
        except Failed as failure:
            sys.exit(str(failure))


if __name__ == "__main__":
    main()
