"""The programs as data, out of the tables and parsers that read their command lines."""

from __future__ import annotations

import argparse
import re
import textwrap
from dataclasses import dataclass, field

from tvix_eval import instantiate, instantiate_options, options, shell_completion
from tvix_eval.configuration import NAMES
from tvix_eval.lints import options as lint_options
from tvix_glue.compare import program as compare
from tvix_glue.diff import program as diff


@dataclass
class Option:
    """A flag: its names, short ones first, its arguments, and what it does."""

    names: list[str]
    arguments: list[str]
    help: str


@dataclass
class Group:
    title: str
    options: list[Option]


@dataclass
class Section:
    """Running text under a title: paragraphs, or lines as they are."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass
class Manual:
    """`synopsis`: command lines. `subcommand`: "" for a program itself."""

    name: str
    summary: str
    synopsis: list[str]
    description: list[str]
    groups: list[Group]
    sections: list[Section]
    see_also: list[str]


# What the flags of tvix-instantiate do, which its tables don't say.
INSTANTIATE_HELP = {
    "--eval": "print values instead of writing derivations",
    "--parse": "print the syntax tree",
    "--find-file": "print the paths that the names are found at on the lookup path",
    "--expr": "the positional arguments are expressions, not files",
    "--attr": "only this attribute (dotted path; repeatable)",
    "--strict": "with --eval: evaluate lists and sets to the end",
    "--json": "with --eval: print JSON",
    "--xml": "with --eval: print XML",
    "--raw": "with --eval: print a string as it is",
    "--no-location": "leave positions out of the XML",
    "--read-write-mode": "with --eval: write what the program puts into the store",
    "--add-root": "make a link there to what is instantiated, which keeps it from being collected",
    "--indirect": "accepted, without effect",
    "--dry-run": "accepted, without effect",
    "--help": "print a summary",
    "--version": "print the version of Nix whose behaviour this is; with -v more",
    "--verbose": "say more",
    "--quiet": "say less",
    "--debug": "say much",
    "--option": "give a setting a value",
    "--log-format": "raw or internal-json; others are accepted",
    "--store": "the store: a folder, dummy://, or auto",
    "--arg": "pass an argument to a function: an expression",
    "--argstr": "pass an argument to a function: a string",
    "--arg-from-file": "pass an argument to a function: what is in a file",
    "--arg-from-stdin": "pass an argument to a function: what is on standard input",
    "--include": "add a folder, or NAME=FOLDER, to what <…> finds",
    "--impure": "the opposite of --pure-eval",
    "--debugger": "stop at errors and at builtins.break, in a REPL",
    "--no-gc-warning": "do not warn of what can be collected",
    "--readonly-mode": "write nothing to the store",
}
ARGUMENTS = {
    "--attr": ["PATH"],
    "--add-root": ["PATH"],
    "--option": ["NAME", "VALUE"],
    "--log-format": ["FORMAT"],
    "--store": ["STORE"],
    "--arg": ["NAME", "EXPR"],
    "--argstr": ["NAME", "STRING"],
    "--arg-from-file": ["NAME", "FILE"],
    "--arg-from-stdin": ["NAME"],
    "--include": ["PATH"],
    "--max-jobs": ["N"],
    "--override-flake": ["FROM", "TO"],
    "--eval-store": ["STORE"],
}
SHORT = {"--expr": "-E", "--attr": "-A"}
PROGRAMS = ("tvix-eval", "tvix-instantiate", "tvix-compare", "tvix-diff")


def manuals() -> list[Manual]:
    made = [tvix_eval(), tvix_instantiate(), tvix_compare(), tvix_diff()]
    for each in made:
        each.see_also = [name for name in PROGRAMS if name != each.name]
    return made


def from_flags(flags: list[options.Flag]) -> list[Group]:
    groups: list[Group] = []
    for flag in flags:
        if not groups or groups[-1].title != flag.group:
            groups.append(Group(flag.group, []))
        groups[-1].options.append(Option(sorted(flag.names, key=len), flag.arguments, flag.help))
    return groups


def taken_apart(usage: str) -> tuple[list[str], list[str]]:
    """The command lines, and the paragraphs, of a ``Usage: …``."""
    synopsis, *rest = usage.strip().split("\n\n")
    lines = [line.removeprefix("Usage:").strip() for line in synopsis.splitlines()]
    return lines, [" ".join(paragraph.split()) for paragraph in rest]


def tvix_eval() -> Manual:
    synopsis, description = taken_apart(options.USAGE)
    lint_synopsis, lint_description = taken_apart(lint_options.USAGE)
    examples = [line.strip() for line in options.EXAMPLES.splitlines()[1:]]
    lints = [
        Group("tvix-eval lint: " + group.title.lower(), group.options)
        for group in from_flags(lint_options.FLAGS)
    ]
    commands = [f"{name}: {text}." for name, text in shell_completion.SUBCOMMANDS.items()]
    return Manual(
        "tvix-eval",
        "evaluate Nix expressions",
        synopsis,
        description,
        from_flags(options.FLAGS) + lints,
        [
            Section("Subcommands", commands),
            Section("Lint", lint_description),
            Section(
                "Environment",
                [
                    "NIX_PATH: the lookup path, after what -I says.",
                    "NO_COLOR: no colours, whatever its value.",
                    "XDG_CACHE_HOME: where compiled code is kept, in tvix/code; by default ~/.cache.",
                ],
            ),
            Section(
                "Exit code", ["0, or 1 for an error; of lint, 1 when something was found that is denied."]
            ),
            Section("Examples", lines=examples),
        ],
        [],
    )


def tvix_instantiate() -> Manual:
    synopsis, description = taken_apart(instantiate.HELP.replace("{name}", "tvix-instantiate"))
    own = [name for name in INSTANTIATE_HELP if name[2:] not in instantiate_options.SHARED]
    short = {"--" + name: "-" + letter for letter, name in instantiate_options.SHORT.items()} | SHORT
    shared = ["--" + name for name in instantiate_options.SHARED]
    groups = []
    for title, names in (
        ("What to do", own),
        ("What nix commands share", [name for name in shared if name in INSTANTIATE_HELP]),
        ("Accepted, without effect", [name for name in shared if name not in INSTANTIATE_HELP]),
    ):
        found = [
            Option(
                [*([short[name]] if name in short else []), name],
                ARGUMENTS.get(name, []),
                INSTANTIATE_HELP.get(name, ""),
            )
            for name in names
        ]
        groups.append(Group(title, found))
    settings = sorted(re.split("[@=]", entry)[0] for names in NAMES.values() for entry in names.split())
    return Manual(
        "tvix-instantiate",
        "instantiate or evaluate Nix expressions, as nix-instantiate does",
        synopsis,
        [
            "Takes the place of nix-instantiate 2.34: the same flags, settings, output, messages and exit codes.",
            "Without --eval it writes the derivations that a value holds to the store, and prints their paths.",
        ],
        groups,
        [
            Section(
                "Settings",
                [
                    "Every setting of nix.conf is a flag: --NAME VALUE, or --NAME and --no-NAME for what is on or off,"
                    " and --extra-NAME for lists. Those that the evaluator knows have an effect.",
                    ", ".join(settings) + ".",
                ],
            ),
            Section(
                "Environment",
                [
                    "NIX_PATH, NIX_CONFIG, NIX_CONF_DIR, NIX_USER_CONF_FILES, NIX_REMOTE, NIX_SHOW_STATS,"
                    " NIX_SHOW_STATS_PATH, NIX_SHOW_SYMBOLS, NIX_COUNT_CALLS, NIX_ABORT_ON_WARN: as for Nix.",
                    "TVIX_CODE_CACHE: where compiled code is kept; nowhere when it is empty.",
                ],
            ),
        ],
        [],
    )


def tvix_compare() -> Manual:
    return from_parser(compare.parser(), "compare the derivations of a set, here and in a reference Nix")


def tvix_diff() -> Manual:
    return from_parser(diff.parser(), "find what made two derivations differ")


def from_parser(parser: argparse.ArgumentParser, summary: str) -> Manual:
    optional = Group("Options", [])
    positional = Group("Arguments", [])
    for action in parser._actions:  # argparse has no other way to ask
        metavar = action.metavar if action.metavar is not None else action.dest.upper()
        arguments = [metavar] if isinstance(metavar, str) else list(metavar)
        if action.nargs == 0:
            arguments = []
        if action.choices is not None:
            arguments = ["|".join(action.choices)]
        help_text = action.help or same_help(list(action.option_strings))
        if action.option_strings:
            optional.options.append(Option(list(action.option_strings), arguments, help_text))
        else:
            positional.options.append(Option(arguments, [], help_text))
    usage = " ".join(re.sub("\x1b\\[[0-9;]*m", "", parser.format_usage()).removeprefix("usage:").split())
    synopsis = textwrap.wrap(usage, 76, subsequent_indent="    ", break_on_hyphens=False)
    return Manual(
        parser.prog,
        summary,
        synopsis,
        [" ".join((parser.description or "").split())],
        [positional, optional],
        [Section("Exit code", [(parser.epilog or "").removeprefix("Exit code: ")])],
        [],
    )


def same_help(names: list[str]) -> str:
    """What tvix-eval says of a flag of the same name."""
    return next((options.BY_NAME[name].help for name in names if name in options.BY_NAME), "")
