"""``tvix-compare``: the derivations of a set, here and in a reference Nix."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import frozen
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from nix_compat import hashes
from tvix_eval.search_path import split_nix_path
from tvix_glue.compare.causes import find_causes
from tvix_glue.compare.expression import Request, quoted, split_attribute
from tvix_glue.compare.outcomes import Log, Outcome, Outcomes, Path, read_recorded
from tvix_glue.compare.pool import Limits, Pool
from tvix_glue.compare.report import Report, report_json, report_lines
from tvix_glue.compare.result import DIFFERENT, FAILS_THERE, compare_outcomes
from tvix_glue.compare.sides import OwnSide, ReferenceSide, Side, find_nix
from tvix_glue.compare.worker import Job
from tvix_glue.reports import EXIT_DIFFERENT, EXIT_SAME, Trouble, console, is_marked, leave

DESCRIPTION: Final = """\
Evaluates an attribute set of derivations, here and with a reference Nix, or compares with a recorded
evaluation. Sets in it are looked into where recurseForDerivations is true.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        "tvix-compare",
        description=DESCRIPTION,
        epilog="Exit code: 0 if both sides agree, 1 if they do not, 2 in case of trouble.",
    )
    made.add_argument("file", nargs="?", metavar="FILE", help="what to evaluate (default: ./default.nix)")
    made.add_argument("-E", "--expr", metavar="EXPR", help="an expression instead of a file")
    made.add_argument("-A", "--attr", metavar="PATH", default="", help="only this attribute of it")
    made.add_argument("--arg", nargs=2, action="append", default=[], metavar=("NAME", "EXPR"))
    made.add_argument("--argstr", nargs=2, action="append", default=[], metavar=("NAME", "STRING"))
    made.add_argument("-I", "--include", action="append", default=[], metavar="PATH")
    made.add_argument("--extra-experimental-features", default="", metavar="NAMES")
    made.add_argument("--system", default="", help="what builtins.currentSystem is")
    with_what = made.add_mutually_exclusive_group(required=True)
    with_what.add_argument("--nix", metavar="PATH", help="the reference: nix-instantiate, or where it is")
    with_what.add_argument(
        "--recorded", metavar="FILE", help="a recorded evaluation: JSON lines, as of nix-eval-jobs"
    )
    made.add_argument(
        "--store",
        action="append",
        default=[],
        metavar="DIR",
        help="where the derivations of a recorded evaluation are (repeatable)",
    )
    made.add_argument(
        "--jobs", type=positive, default=os.cpu_count() or 1, metavar="N", help="processes at once"
    )
    made.add_argument(
        "--timeout", type=positive, default=300, metavar="SECONDS", help="for one attribute (default 300)"
    )
    made.add_argument(
        "--max-memory", type=positive, default=0, metavar="MIB", help="for one process (default: any)"
    )
    made.add_argument("--resume", metavar="FILE", help="keep what is done there, and go on from it")
    made.add_argument("--no-causes", action="store_true", help="do not look for what made derivations differ")
    made.add_argument(
        "--no-cache", action="store_true", help="neither read nor keep compiled code and hashes"
    )
    made.add_argument("--json", action="store_true", help="print JSON")
    made.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    return made


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number")
    return int(text)


def request_of(options: argparse.Namespace) -> Request:
    """Raises Trouble."""
    if options.file is not None and options.expr is not None:
        raise Trouble("either a file or an expression, not both")
    try:
        attribute = split_attribute(options.attr)
    except ValueError as error:
        raise Trouble(str(error)) from None
    arguments = {name: text for name, text in options.arg}
    arguments.update({name: quoted(text) for name, text in options.argstr})
    file = "" if options.expr is not None else os.path.abspath(options.file or "default.nix")
    if file and not os.path.exists(file):
        raise Trouble(f"there is no file '{file}'")
    features = options.extra_experimental_features.split()
    return Request(file, options.expr or "", attribute, arguments, options.include, features)


def cache_folder(environment: dict[str, str]) -> str:
    home = environment.get("HOME", "")
    cache = environment.get("XDG_CACHE_HOME", "") or (home + "/.cache" if home else "")
    return cache + "/tvix" if cache.startswith("/") else ""


@frozen
class Comparison:
    """One run of the program."""

    options: argparse.Namespace
    request: Request
    limits: Limits
    job: Job
    log: Log | None
    progress: Progress

    def run(self) -> Report:
        recorded = read_recorded(self.options.recorded) if self.options.recorded else None
        here = self.evaluate(OwnSide(self.job))
        there = recorded if recorded is not None else self.evaluate(self.reference())
        for side, outcomes in (("here", here), ("in the reference", there)):
            failure = outcomes.get((), Outcome()).error
            if failure is not None:
                raise Trouble(f"the set can't be evaluated {side}: {failure}")
        if recorded is None:
            there.update(self.reasons(here, there))
        compared = compare_outcomes(here, there)
        different = [each for each in compared if each.status == DIFFERENT]
        if self.options.no_causes or not different:
            return Report(compared, None, [], [])
        causes, analysed, notes = find_causes(
            different,
            self.job,
            self.limits,
            self.options.store,
            self.reference() if recorded is None else None,
        )
        return Report(compared, causes, analysed, notes)

    def reference(self) -> ReferenceSide:
        return ReferenceSide(find_nix(self.options.nix), self.request, self.options.system)

    def evaluate(self, side: Side) -> Outcomes:
        task = self.progress.add_task(side.name, total=None)
        before = self.log.outcomes.get(side.name, {}) if self.log is not None else {}

        def tell(path: Path, outcome: Outcome) -> None:
            if self.log is not None:
                self.log.add(side.name, path, outcome)
            done = len(pool.outcomes)
            self.progress.update(task, completed=done, total=done + pool.left())

        pool = Pool(side, self.limits, tell)
        return pool.evaluate([()], before)

    def reasons(self, here: Outcomes, there: Outcomes) -> Outcomes:
        """Why attributes fail in the reference that do not fail here."""
        paths = [each.path for each in compare_outcomes(here, there) if each.status == FAILS_THERE]
        side = ReferenceSide(find_nix(self.options.nix), self.request, self.options.system, catch=False)
        found = Pool(side, self.limits, lambda path, outcome: None).evaluate(paths)
        return {path: outcome for path, outcome in found.items() if outcome.error is not None}


def run(arguments: list[str], environment: dict[str, str]) -> int:
    options = parser().parse_args(arguments)
    request = request_of(options)
    nix = find_nix(options.nix) if options.nix else ""
    for folder in options.store:
        if not os.path.isdir(folder):
            raise Trouble(f"'{folder}' is not a folder")
    include = [*request.include, *split_nix_path(environment.get("NIX_PATH", ""))]
    cache = "" if options.no_cache else cache_folder(environment)
    job = Job(
        request.function(), [each for each in include if each], request.features, options.system, "", cache
    )
    limits = Limits(options.jobs, options.timeout, options.max_memory << 20)
    key = [job.function, job.include, job.features, job.system, nix]
    log = Log(options.resume, hashes.sha256(json.dumps(key).encode()).hex()) if options.resume else None
    with showing_progress() as progress:
        report = Comparison(options, request, limits, job, log, progress).run()
    show(report, options)
    return EXIT_SAME if report.agrees else EXIT_DIFFERENT


@contextmanager
def showing_progress() -> Iterator[Progress]:
    """On the standard error, if that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def show(report: Report, options: argparse.Namespace) -> None:
    if options.json:
        json.dump(report_json(report), sys.stdout, indent=2, ensure_ascii=False)
        print()
        return
    output = console(options.color)
    for line in report_lines(report, is_marked(output)):
        output.print(line, soft_wrap=True)


def main() -> None:
    leave(lambda: run(sys.argv[1:], dict(os.environ)))


if __name__ == "__main__":
    main()
