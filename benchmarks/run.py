"""Compare the evaluator with C++ Nix, workload by workload, in one run.

    python benchmarks/run.py --nix NIX-INSTANTIATE [--lib NIXPKGS-LIB] [--parse FOLDER]… [NAME…]

Each workload is evaluated by both in turn; the figures are medians. A ratio is ours divided
by Nix's: below 1 we are faster. `net` is CPU time less that of evaluating `1`, so that it
compares evaluation and not start-up; `whole` is that of the whole process. NIXPKGS-LIB is a
checkout of nixpkgs.lib, for the workloads that use it. FOLDER: parse all its files, names
bound, nothing evaluated (`bind`); the same compiled, too (`compile`).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from measure import Side, alternate  # noqa: E402

HERE = Path(__file__).parent
WITH_DOUBLE = HERE.parent / "tests" / "support" / "evaluate_with_double.py"
NEED_LIB = {"evalmod", "libtests", "overlays"}
PARTS = 200  # files in one expression: Nix's stack and ours are not what is measured


def parse_workload(folder: str, into: Path) -> tuple[str, int]:
    """Expressions that hold all files of a folder as bodies of functions that are never called."""
    texts = [path.read_bytes() for path in sorted(Path(folder).rglob("*.nix")) if path.is_file()]
    files = []
    texts = [text for text in texts if b"\0" not in text]
    for at in range(0, len(texts), PARTS):
        target = into / f"part{at // PARTS}.nix"
        target.write_bytes(
            b"[\n" + b"\n".join(b"(_: (\n" + text + b"\n))" for text in texts[at : at + PARTS]) + b"\n]\n"
        )
        files.append(str(target))
    main = into / "main.nix"
    main.write_text("map (file: builtins.length (import file)) [ " + " ".join(files) + " ]\n")
    return str(main), sum(map(len, texts))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nix", default="nix-instantiate", help="the nix-instantiate to compare with")
    parser.add_argument("--ours", default=f"{sys.executable} {WITH_DOUBLE}", help="our command")
    parser.add_argument("--lib", help="a checkout of nixpkgs.lib")
    parser.add_argument("--parse", action="append", default=[], help="a folder whose files are parsed")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", help="also write the figures to this file")
    parser.add_argument("names", nargs="*", help="workloads (default: all)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "NIX_PATH": f"nixpkgs-lib={options.lib}" if options.lib else ""}
        environment["XDG_CACHE_HOME"] = scratch + "/cache"
        compare(options, environment, Path(scratch))


def compare(options: argparse.Namespace, environment: dict[str, str], scratch: Path) -> None:
    ours = options.ours.split()
    theirs = [options.nix, "--eval"]
    figures: dict[str, dict[str, float]] = {}
    start_ours, start_theirs = alternate(
        [*ours, "-E", "1 + 1"], [*theirs, "-E", "1 + 1"], max(options.runs, 11), environment
    )
    base_ours, base_theirs = start_ours.median("cpu"), start_theirs.median("cpu")
    print(
        f"{'':12} {'ours ms':>8} {'Nix ms':>8} {'net':>6} {'whole':>6} {'MiB':>6} {'Nix MiB':>8} {'memory':>7}"
    )

    def report(name: str, sides: tuple[Side, Side]) -> None:
        mine, other = sides
        net = (mine.median("cpu") - base_ours, other.median("cpu") - base_theirs)
        row = {
            "ours_ms": net[0] * 1000,
            "nix_ms": net[1] * 1000,
            "net": net[0] / net[1] if net[1] > 0.001 else float("nan"),
            "whole": mine.median("cpu") / other.median("cpu"),
            "mib": mine.median("memory"),
            "nix_mib": other.median("memory"),
        }
        figures[name] = row
        print(
            f"{name:12} {row['ours_ms']:8.1f} {row['nix_ms']:8.1f} {row['net']:6.2f} {row['whole']:6.2f}"
            f" {row['mib']:6.0f} {row['nix_mib']:8.0f} {row['mib'] / row['nix_mib']:7.2f}",
            flush=True,
        )

    report("start", (start_ours, start_theirs))
    for path in sorted((HERE / "workloads").glob("*.nix")):
        name = path.stem
        if options.names and name not in options.names:
            continue
        if name in NEED_LIB and not options.lib:
            print(f"{name:12} (needs --lib)")
            continue
        # Hashes of the store double are not Nix's, so what mentions the store is not compared.
        report(
            name,
            alternate(
                [*ours, "--strict", str(path)], [*theirs, "--strict", str(path)], options.runs, environment
            ),
        )
    for at, folder in enumerate(options.parse):
        into = scratch / f"parse{at}"
        into.mkdir()
        main_file, size = parse_workload(folder, into)
        parse = [*theirs, "--strict", main_file]
        bind = [*ours[:1], str(HERE / "bind_files.py"), folder]
        everything = [*ours, "--no-code-cache", "--strict", main_file]
        for name, command in (("bind", bind), ("compile", everything)):
            mine, other = alternate(command, parse, options.runs, environment, same_output=False)
            seconds = mine.median("cpu") - base_ours
            if name == "bind":
                seconds = statistics.median(float(run.output) for run in mine.runs)
            nix_seconds = other.median("cpu") - base_theirs
            figures[f"{name} {Path(folder).name}"] = {"net": seconds / nix_seconds}
            print(
                f"{name:12} {seconds * 1000:8.1f} {nix_seconds * 1000:8.1f} {seconds / nix_seconds:6.2f}"
                f"   {Path(folder).name}: {size / 1e6 / seconds:.0f} MB/s,"
                f" Nix {size / 1e6 / nix_seconds:.0f} MB/s",
                flush=True,
            )
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
