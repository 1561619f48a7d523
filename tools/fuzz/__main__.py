"""``python tools/fuzz``: see ``--help``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent
sys.path[0] = str(TOOLS)
sys.path.append(str(TOOLS.parent))

from verify_lang_tests.nix import Nix, NixMissing  # noqa: E402

from fuzz.crashes import CrashSearch  # noqa: E402
from fuzz.mutations import Mutator, find_files  # noqa: E402
from fuzz.parsing import ParseComparison  # noqa: E402
from fuzz.raw_texts import RawTexts  # noqa: E402


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fuzz", description="Look for texts that ours treats differently than Nix, or can't bear."
    )
    modes = parser.add_subparsers(required=True, dest="mode", metavar="MODE")
    parse = modes.add_parser("parse", help="compare --parse of mutated files with a real Nix")
    parse.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="with files to mutate")
    parse.add_argument("--count", type=int, default=1_000, metavar="N", help="of mutants")
    parse.add_argument("--nix", metavar="PATH", help="nix-instantiate to ask (default: from PATH)")
    parse.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="Nixes at a time")
    crash = modes.add_parser("crash", help="try raw texts until something breaks")
    crash.add_argument("--seconds", type=float, default=60, metavar="N", help="to go on for")
    crash.add_argument("--show", action="store_true", help="print the text of number --first instead")
    for each in (parse, crash):
        each.add_argument("--seed", type=int, default=0, help="of all that is random")
        each.add_argument("--first", type=int, default=0, metavar="N", help="number to begin with")
    return parser


def main() -> int:
    options = arguments().parse_args()
    if options.mode == "parse":
        return compare_parsing(options)
    make = RawTexts(options.seed).text
    if options.show:
        sys.stdout.buffer.write(make(options.first).encode("latin-1"))
        return 0
    return 1 if CrashSearch(options.seconds).run(make, options.first) else 0


def compare_parsing(options: argparse.Namespace) -> int:
    files = find_files(options.folders)
    if not files:
        print("error: no files of Nix there", file=sys.stderr)
        return 2
    try:
        nix = Nix(options.nix)
    except NixMissing as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        comparison = ParseComparison(nix, options.jobs)
        comparison.run(Mutator(files, options.seed).mutant, options.first, options.count)
    finally:
        nix.close()
    print(
        f"{options.count} mutants of {len(files)} files: {comparison.accepted} parse, "
        f"{comparison.differing} differ in {len(comparison.found)} ways"
    )
    return 1 if comparison.found else 0


if __name__ == "__main__":
    sys.exit(main())
