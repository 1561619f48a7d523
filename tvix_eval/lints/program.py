"""``tvix-eval lint``."""

from __future__ import annotations

import os

from tvix_eval.diagnostics.build import diagnostic_of
from tvix_eval.diagnostics.face import places_of
from tvix_eval.diagnostics.pretty import pretty_text
from tvix_eval.errors import NixError, Source, UsageError
from tvix_eval.lints import options
from tvix_eval.lints.catalogue import ALL
from tvix_eval.lints.fixing import fix, write_file
from tvix_eval.lints.linter import Levels, lint, read
from tvix_eval.lints.report import Result, as_json, as_sarif, located, summary
from tvix_eval.program import STDIN_NAME, STRING_NAME, Program, byte_text, read_all, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

VERSION: Final = "0.1.0"
SUFFIX: Final = ".nix"


def run(program: Program, words: list[str]) -> int:
    """The exit code. Raises UsageError, OSError."""
    arguments = options.read(words)
    if arguments.has("--help"):
        write(1, byte_text(options.help_text()))
        return 0
    if arguments.has("--list"):
        write(1, listing())
        return 0
    levels = options.levels(words)
    fixing = arguments.has("--fix")
    names = [byte_text(each) for each in arguments.positional]
    if arguments.has("--expr"):
        sources = [Source(STRING_NAME, text, False) for text in names]
        if not sources:
            raise UsageError("no expressions to look at")
    else:
        sources = [opened(name) for name in found(names or ["."])]
    results = [examined(source, levels, fixing) for source in sources]
    form = arguments.last("--format") or options.TEXT
    if form == "json":
        write(1, as_json(results))
    elif form == "sarif":
        write(1, as_sarif(results, levels, VERSION))
    else:
        show(results, program, names)
    return 1 if any(result.denied() for result in results) else 0


def found(names: list[str]) -> list[str]:
    """The files that are named, and those below the folders that are."""
    files: list[str] = []
    for name in names:
        if name != "-" and os.path.isdir(name.encode("latin-1")):
            files += below(name)
        else:
            files.append(name)
    return files


def below(folder: str) -> list[str]:
    """The sources below a folder in order, but for what is hidden; links to folders are not followed."""
    files: list[str] = []
    for path, folders, names in os.walk(folder.encode("latin-1")):
        folders[:] = sorted(each for each in folders if not each.startswith(b"."))
        for name in sorted(names):
            file = os.path.join(path, name)
            if name.endswith(SUFFIX.encode()) and not name.startswith(b".") and os.path.isfile(file):
                files.append(os.path.normpath(file).decode("latin-1"))
    return files


def opened(name: str) -> Source:
    if name == "-":
        return Source(STDIN_NAME, read_all(0).decode("latin-1"), False)
    try:
        with open(name.encode("latin-1"), "rb") as file:
            return Source(name, file.read().decode("latin-1"), True)
    except OSError as trouble:
        raise NixError(f"cannot read '{name}': " + byte_text(trouble.strerror or "")) from None


def examined(source: Source, levels: Levels, fixing: bool) -> Result:
    """What is found in a source, of which what can be fixed is fixed first when that is wanted."""
    fixed = 0
    try:
        if fixing:
            made = fix(source, levels)
            fixed = made.count
            if fixed and source.is_file:
                write_file(source.name, made.text)
            elif not source.is_file:
                write(1, made.text.rstrip("\n") + "\n")
            source = Source(source.name, made.text, source.is_file)
        result = Result(source)
        for finding in lint(read(source), levels):
            result.add(finding, levels)
    except NixError as error:
        result = Result(source)
        result.add_error(error, diagnostic_of(located(error, source), places_of([], [], "", "")))
    result.fixed = fixed
    return result


def show(results: list[Result], program: Program, names: list[str]) -> None:
    """Text for people; when something was fixed that is not in a file, on standard error."""
    colours = program.colours and os.isatty(1)
    places = places_of(names, [], "", "")
    printed = any(not result.source.is_file and result.fixed for result in results)
    for result in results:
        for made in result.diagnostics:
            write(2 if printed else 1, pretty_text(made, places, False, colours) + "\n")
    write(2 if printed else 1, summary(results) + "\n")


def listing() -> str:
    """All lints, for ``--list``."""
    lines: list[str] = []
    for each in ALL:
        code = f" ({each.code})" if each.code else ""
        lines.append(f"{each.name}{code}, {each.level}: {each.summary}")
        lines.append(f"    instead of:  {one_line(each.bad)}")
        lines.append(f"    write:       {one_line(each.good)}")
        if each.fix:
            lines.append(f"    fixed by --fix: {each.fix}")
    return byte_text("\n".join(lines) + "\n")


def one_line(text: str) -> str:
    return text.replace("\n", "\n                 ")
