"""The command line of ``tvix-eval lint``."""

from __future__ import annotations

from tvix_eval.errors import UsageError
from tvix_eval.lints.catalogue import BY_CODE, BY_NAME
from tvix_eval.lints.linter import Levels
from tvix_eval.lints.model import ALLOW, DENY, WARN
from tvix_eval.options import OTHER, Arguments, Flag, flag_lines, read_arguments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

INPUT: Final = "What to look at"
LEVELS: Final = "What to look for"
OUTPUT: Final = "What to do about it"
TEXT: Final = "text"
FORMATS: Final = (TEXT, "json", "sarif")

FLAGS: Final = [
    Flag(INPUT, "--expr -E", "", "the positional arguments are expressions, not files"),
    Flag(LEVELS, "--allow", "LINTS", "do not report these (names or codes, with commas between; or all)"),
    Flag(LEVELS, "--warn", "LINTS", "report these"),
    Flag(LEVELS, "--deny", "LINTS", "report these, and end with exit code 1 if there are any"),
    Flag(OUTPUT, "--format", "FORMAT", "text (default), json, or sarif"),
    Flag(OUTPUT, "--fix", "", "fix what can be fixed, in the files; of expressions, print what comes of it"),
    Flag(OTHER, "--list", "", "list all lints"),
    Flag(OTHER, "--help -h", "", "print this"),
]
FLAGS_BY_NAME: Final = {name: flag for flag in FLAGS for name in flag.names}

USAGE: Final = """\
Usage: tvix-eval lint [FLAG]… [FILE|FOLDER|-]…
       tvix-eval lint [FLAG]… -E EXPR…

Reports what looks wrong in Nix sources; of a folder (default: the current one), in
all .nix files below it. A comment `# tvix: allow(LINT)` allows a lint in its line or
in the next one, and before all code in the whole file.

The exit code is 1 when there is something that is denied, by default only sources
that can't be parsed and bindings that have no value, else 0.
"""


def help_text() -> str:
    return "\n".join([USAGE, *flag_lines(FLAGS)])


def read(words: list[str]) -> Arguments:
    """Take the command line apart. Raises UsageError."""
    arguments = read_arguments(words, FLAGS_BY_NAME)
    form = arguments.last("--format")
    if form is not None and form not in FORMATS:
        raise UsageError("'--format' wants text, json or sarif, not '" + form + "'")
    return arguments


def levels(words: list[str]) -> Levels:
    """The levels of all lints; of what is said of one, the last counts. Raises UsageError."""
    result = Levels()
    at = 0
    while at < len(words):
        name, equals, value = words[at].partition("=")
        at += 1
        if name == "--":
            break
        level = {"--allow": ALLOW, "--warn": WARN, "--deny": DENY}.get(name)
        if level is None:
            continue
        if not equals:
            value = words[at]
            at += 1
        for each in value.replace(",", " ").split():
            set_level(result, each, level)
    return result


def set_level(result: Levels, name: str, level: str) -> None:
    if name == "all":
        result.set_all(level)
    elif name == "warnings":
        for each, usual in list(result.of.items()):
            if usual == WARN:
                result.set(each, level)
    elif name in BY_NAME:
        result.set(name, level)
    elif name in BY_CODE and name:
        for each in BY_CODE[name]:
            result.set(each, level)
    else:
        error = UsageError("there is no lint '" + name + "'")
        error.wanted_name = name
        error.known_names = list(BY_NAME)
        raise error
