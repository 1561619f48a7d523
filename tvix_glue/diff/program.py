"""``tvix-diff``: what made two derivations differ."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Final

from nix_compat.store_path import StoreDir
from tvix_glue.diff.causes import Summary, summarise
from tvix_glue.diff.comparison import compare
from tvix_glue.diff.graph import FolderGraph, Unreadable
from tvix_glue.diff.json_form import summary_json
from tvix_glue.diff.text import print_summary, unicode
from tvix_glue.reports import EXIT_DIFFERENT, EXIT_SAME, Trouble, console, leave

DESCRIPTION: Final = """\
Compares two derivations and all they are built from, and names the root causes: the first
derivations and sources that differ in themselves. What differs only because an input does is left out.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        "tvix-diff",
        description=DESCRIPTION,
        epilog=("Exit code: 0 if they are the same, 1 if they differ, 2 in case of trouble."),
    )
    made.add_argument("left", metavar="A.drv", help="a file, or a store path")
    made.add_argument("right", metavar="B.drv")
    made.add_argument(
        "--store",
        metavar="DIR",
        action="append",
        default=[],
        help="where derivations and sources are: a store's folder, its root, or any folder of .drv files "
        "(repeatable; the folders of A and B are looked at, too, and /nix/store)",
    )
    made.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    form = made.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--html", metavar="FILE", help="write a page to look at with a browser")
    return made


def store_path(argument: str, folders: list[str]) -> str:
    """The store path that an argument means; if it is a file, its folder is added. Raises Trouble."""
    base = os.path.basename(argument)
    if not base.endswith(".drv"):
        raise Trouble("'" + argument + "' is not the name of a derivation: X.drv")
    if os.path.lexists(argument):
        place = os.path.realpath(argument)
        base = os.path.basename(place)
        folders.append(os.path.dirname(place))
    path = StoreDir().prefix + os.fsencode(base).decode("latin-1")
    if not StoreDir().is_top(path):
        raise Trouble("'" + unicode(path) + "' is not a valid store path")
    return path


def run(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    folders: list[str] = list(options.store)
    left, right = store_path(options.left, folders), store_path(options.right, folders)
    for folder in options.store:
        if not os.path.isdir(folder):
            raise Trouble("'" + folder + "' is not a folder")
    graph = FolderGraph([*folders, StoreDir().path])
    try:
        summary = summarise(compare((graph, graph), left, right))
    except Unreadable as error:
        raise Trouble(unicode(error.message)) from None
    report(summary, options.color, options.json, options.html)
    return EXIT_SAME if summary.same else EXIT_DIFFERENT


def report(summary: Summary, color: str, as_json: bool, page: str | None) -> None:
    if as_json:
        json.dump(summary_json(summary), sys.stdout, indent=2, ensure_ascii=False)
        print()
        return
    if page is not None:
        from tvix_glue.diff.page import render_page

        with open(page, "w", encoding="utf-8") as file:
            file.write(render_page(summary))
    print_summary(summary, console(color))


def main() -> None:
    leave(lambda: run(sys.argv[1:]))


if __name__ == "__main__":
    main()
