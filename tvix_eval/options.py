"""The command line of ``tvix-eval`` as data: its flags, their help, and reading them."""

from __future__ import annotations

from tvix_eval.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Flag:
    """A flag, how many arguments it takes, and what it does."""

    def __init__(self, group: str, names: str, arguments: str, help_text: str) -> None:
        self.group: Final = group
        self.names: Final = names.split()
        self.arguments: Final = arguments.split()
        self.help: Final = help_text


INPUT: Final = "What to evaluate"
OUTPUT: Final = "What to print"
SETTINGS: Final = "How to evaluate"
MEASURES: Final = "What to measure"
OTHER: Final = "Other"

FLAGS: Final = [
    Flag(INPUT, "--expr -E", "", "the positional arguments are expressions, not files"),
    Flag(INPUT, "--file -f", "FILE", "for repl: load this file"),
    Flag(INPUT, "--attr -A", "PATH", "evaluate only this attribute (dotted path; repeatable)"),
    Flag(INPUT, "--arg", "NAME EXPR", "pass an argument to a function: an expression"),
    Flag(INPUT, "--argstr", "NAME STRING", "pass an argument to a function: a string"),
    Flag(INPUT, "--include -I", "PATH", "add a folder, or NAME=FOLDER, to what <…> finds"),
    Flag(OUTPUT, "--strict", "", "evaluate lists and sets to the end"),
    Flag(OUTPUT, "--json", "", "print JSON"),
    Flag(OUTPUT, "--xml", "", "print XML"),
    Flag(OUTPUT, "--raw", "", "print a string as it is, without quotes"),
    Flag(OUTPUT, "--no-location", "", "leave positions out of the XML"),
    Flag(OUTPUT, "--parse", "", "print the syntax tree instead of evaluating"),
    Flag(OUTPUT, "--dump-bytecode", "", "print the compiled code instead of evaluating"),
    Flag(OUTPUT, "--compile-only", "", "check that it compiles, print nothing"),
    Flag(
        OUTPUT,
        "--precompile",
        "",
        "compile files, and all .nix files below folders, into the code cache, so that evaluating reads none",
    ),
    Flag(OUTPUT, "--lint", "", "report what looks wrong instead of evaluating: the same as tvix-eval lint"),
    Flag(SETTINGS, "--show-trace", "", "show the whole trace of an error"),
    Flag(SETTINGS, "--error-format", "FORMAT", "of errors and warnings: pretty (default), nix, or json"),
    Flag(SETTINGS, "--trace-verbose", "", "builtins.traceVerbose says something"),
    Flag(SETTINGS, "--max-call-depth", "N", "how deep calls may nest (default 10000)"),
    Flag(SETTINGS, "--pure-eval", "", "no files, no environment, no time, no lookup path"),
    Flag(SETTINGS, "--restrict-eval", "", "only files on the lookup path, no environment"),
    Flag(SETTINGS, "--experimental-features", "NAMES", "language features to switch on, and no others"),
    Flag(SETTINGS, "--extra-experimental-features", "NAMES", "language features to switch on"),
    Flag(
        SETTINGS, "--lint-url-literals", "LEVEL", "ignore, warn about, or refuse (fatal) URLs without quotes"
    ),
    Flag(SETTINGS, "--lint-short-path-literals", "LEVEL", "the same for paths like a/b"),
    Flag(SETTINGS, "--lint-absolute-path-literals", "LEVEL", "the same for paths like /a and ~/a"),
    Flag(
        SETTINGS,
        "--store",
        "STORE",
        "what holds the copies and derivations a program makes: memory (default), dummy://, or a folder",
    ),
    Flag(SETTINGS, "--no-code-cache", "", "neither read nor keep compiled code"),
    Flag(SETTINGS, "--code-cache", "FOLDER", "where compiled code is kept (default: the user's cache)"),
    Flag(SETTINGS, "--debugger", "", "stop at errors and at builtins.break, in a REPL"),
    Flag(SETTINGS, "--port", "PORT", "for dap: listen there instead of on standard input (0: any)"),
    Flag(SETTINGS, "--ignore-try", "", "with --debugger: not at errors inside of builtins.tryEval"),
    Flag(
        MEASURES,
        "--profile",
        "FILE",
        "write a profile: .html a flame graph, .json for speedscope, else collapsed stacks",
    ),
    Flag(MEASURES, "--profile-mode", "MODE", "sampled (default), or exact: every call is counted"),
    Flag(MEASURES, "--profile-interval", "MS", "milliseconds between two samples (default 1)"),
    Flag(MEASURES, "--profile-memory", "FILE", "write which expressions made the values that are alive"),
    Flag(MEASURES, "--coverage", "FILE", "write what was evaluated, in lcov's format"),
    Flag(OTHER, "--completion", "SHELL", "print a completion script: bash, zsh or fish"),
    Flag(OTHER, "--version", "", "print the version, and whether the evaluator is compiled"),
    Flag(OTHER, "--help -h", "", "print this"),
]

BY_NAME: Final = {name: flag for flag in FLAGS for name in flag.names}

USAGE: Final = """\
Usage: tvix-eval [FLAG]… [FILE|-]…
       tvix-eval [FLAG]… -E EXPR…
       tvix-eval [FLAG]… --precompile [FILE|FOLDER]…
       tvix-eval repl [FLAG]… [FILE|-E EXPR]…
       tvix-eval dap [FLAG]… [--port PORT]
       tvix-eval lint [FLAG]… [FILE|FOLDER|-E EXPR]…
       tvix-eval stats [--json] BEFORE.json AFTER.json

Evaluates Nix expressions, from files (default: ./default.nix) or as given, and
prints their values as Nix does. Interactively when told to, and on a terminal
when there are no arguments.
"""

EXAMPLES: Final = """\
Examples:
  tvix-eval -E '1 + 2'
  tvix-eval --strict --json -E '{ a = [ 1 2 ]; }'
  tvix-eval -A foo.bar --arg n 3 ./default.nix
  echo '"hello"' | tvix-eval --raw -
  tvix-eval --precompile ~/nixpkgs
"""


class Arguments:
    """A command line taken apart: `values[name]` has the arguments of each use of a flag."""

    def __init__(self) -> None:
        self.values: Final[dict[str, list[list[str]]]] = {}
        self.positional: Final[list[str]] = []

    def has(self, name: str) -> bool:
        return name in self.values

    def last(self, name: str) -> str | None:
        uses = self.values.get(name)
        return uses[-1][0] if uses else None

    def all(self, name: str) -> list[str]:
        return [use[0] for use in self.values.get(name, [])]


def read_arguments(arguments: list[str], flags: dict[str, Flag] = BY_NAME) -> Arguments:
    """Take a command line apart. Raises UsageError. `flags`: those there are, by their names.

    A flag's argument may follow it, or an equals sign: ``--attr a``, ``--attr=a``.
    """
    result = Arguments()
    at = 0
    while at < len(arguments):
        word = arguments[at]
        at += 1
        if word == "--":
            result.positional.extend(arguments[at:])
            break
        if word == "-" or not word.startswith("-"):
            result.positional.append(word)
            continue
        name, equals, value = word.partition("=")
        flag = flags.get(name)
        if flag is None and word[:2] in ("-I", "-A") and word[:2] in flags and not word.startswith("--"):
            name, equals, value = word[:2], "=", word[2:]
            flag = flags[name]
        if flag is None:
            error = UsageError("unrecognised flag '" + name + "'")
            error.wanted_name = name
            error.known_names = list(flags)
            raise error
        wanted = len(flag.arguments)
        given = [value] if equals else []
        if equals and wanted == 0:
            raise UsageError("flag '" + name + "' takes no argument")
        missing = wanted - len(given)
        given += arguments[at : at + missing]
        at += missing
        if len(given) < wanted:
            raise UsageError(
                "flag '"
                + name
                + "' requires "
                + str(wanted)
                + " argument(s), but only "
                + str(len(given))
                + " were given"
            )
        result.values.setdefault(flag.names[0], []).append(given)
    return result


def help_text() -> str:
    return "\n".join([USAGE, *flag_lines(FLAGS)]) + "\n" + EXAMPLES


def flag_lines(flags: list[Flag]) -> list[str]:
    """What help says of flags, by their groups."""
    lines: list[str] = []
    group = ""
    for flag in flags:
        if flag.group != group:
            group = flag.group
            lines.append(group + ":")
        left = ", ".join(reversed(flag.names))
        if flag.arguments:
            left += " " + " ".join(flag.arguments)
        if len(left) < 31:
            lines.append(f"  {left:<31} {flag.help}")
        else:
            lines.append(f"  {left}\n{'':34}{flag.help}")
        if flag is flags[-1] or flags[flags.index(flag) + 1].group != group:
            lines.append("")
    return lines
