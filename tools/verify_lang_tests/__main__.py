"""``python tools/verify_lang_tests``: see ``--help``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent
sys.path[0] = str(TOOLS)
sys.path.append(str(TOOLS.parent))

from tvix_eval.testing.cases import CATEGORIES, CaseError  # noqa: E402
from tvix_eval.testing.expectations import EVERY_BYTE, EXIT_CLASS, VALUE_AND_MESSAGE  # noqa: E402
from verify_lang_tests import derivations, golden, nix_repl, nix_suite, oracle, probes  # noqa: E402
from verify_lang_tests.nix import Nix, NixMissing  # noqa: E402

LEVELS = {"class": EXIT_CLASS, "message": VALUE_AND_MESSAGE, "bytes": EVERY_BYTE}
OWN_DERIVATIONS = TOOLS.parent / "tests" / "derivations" / "set.nix"
OWN_TRANSCRIPTS = TOOLS.parent / "tests" / "tvix_eval" / "repl" / "transcripts" / "nix"
OWN_SUITE = TOOLS.parent / "tests" / "nix_tests"


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify_lang_tests",
        description="Hold the golden tests, and the evaluator, against a real Nix.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=OWN_SUITE, help="of golden tests (ours)")
    parser.add_argument("--nix", metavar="PATH", help="nix-instantiate to ask (default: from PATH)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="Nixes at a time")
    parser.add_argument("--only", metavar="TEXT", default="", help="only tests whose path or name has this")
    parser.add_argument("--network", action="store_true", help="also run what needs the network")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--update-from-nix", action="store_true", help="write down what Nix says")
    mode.add_argument("--compare", action="store_true", help="run each test through ours too, compare all")
    mode.add_argument(
        "--nix-suite", type=Path, metavar="FOLDER", help="run Nix's tests/functional/lang through ours"
    )
    mode.add_argument(
        "--nix-repl", type=Path, metavar="FOLDER", help="run Nix's tests/functional/repl through ours"
    )
    mode.add_argument("--transcripts", action="store_true", help="hold our transcripts against nix repl")
    mode.add_argument("--update-transcripts", action="store_true", help="write down what nix repl shows")
    mode.add_argument(
        "--oracle", type=int, metavar="N", help="compare N random expressions, strictly and lazily"
    )
    mode.add_argument(
        "--oracle-list", type=Path, metavar="FILE", help="compare the expressions in a file, one on a line"
    )
    mode.add_argument(
        "--derivations",
        type=Path,
        metavar="FILE",
        nargs="?",
        const=OWN_DERIVATIONS,
        help="instantiate what a file makes by both (default: ours, of every kind), and compare the stores",
    )
    mode.add_argument(
        "--probes", type=Path, metavar="FILE", help="run recorded probes (JSON lines) through ours"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random expressions")
    parser.add_argument(
        "--level", choices=LEVELS, default="bytes", help="on which the oracle wants agreement"
    )
    return parser


def main() -> int:
    options = arguments().parse_args()
    if options.nix_suite is not None:
        return 1 if nix_suite.run_suite(options.nix_suite, options.only) else 0
    if options.nix_repl is not None:
        return 1 if nix_repl.run_suite(options.nix_repl, options.only) else 0
    if options.probes is not None:
        return 1 if probes.run_probes(options.probes, probes.read_names()) else 0
    try:
        nix = Nix(options.nix)
    except NixMissing as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        return 1 if run(options, nix) else 0
    except CaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    finally:
        nix.close()


def run(options: argparse.Namespace, nix: Nix) -> int:
    """How many differences there were."""
    if options.transcripts or options.update_transcripts:
        write = options.update_transcripts
        return nix_repl.hold_against_nix(OWN_TRANSCRIPTS, nix, options.only, write)
    if options.derivations is not None:
        return derivations.verify_derivations(nix, options.derivations)
    if options.oracle is not None or options.oracle_list is not None:
        if options.oracle is not None:
            expressions = oracle.random_expressions(options.oracle, options.seed)
        else:
            expressions = oracle.listed_expressions(options.oracle_list)
        return oracle.run_oracle(oracle.Oracle(nix, LEVELS[options.level], options.jobs), expressions)
    left_out = set() if options.network else {"network"}
    suite = golden.find_suite(options.folder, frozenset(CATEGORIES) - left_out, options.only)
    if options.update_from_nix:
        golden.update(suite, nix, options.jobs)
        return 0
    if options.compare:
        return golden.compare(suite, nix, options.jobs)
    return golden.verify(suite, nix, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
