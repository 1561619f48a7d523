"""Pages that are made of tables in the code: the command lines, and the builtins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tvix_eval.builtins.records import Constant
from tvix_eval.builtins.registry import global_name, impure_constants, io_builtins, pure_builtins
from tvix_eval.eval_io import StdIO
from tvix_eval.evaluation import Evaluator
from tvix_eval.repl.examples import examples
from tvix_eval.settings import Settings
from tvix_eval.vm.values import Builtin
from tvix_glue.programs import ProgramStore

from .programs import Manual, Option

if TYPE_CHECKING:
    from tvix_eval.builtins.records import Record

FEATURES = ("flakes", "fetch-closure", "dynamic-derivations")


def slug(text: str) -> str:
    """What a heading is called in links."""
    return re.sub(r"[^\w-]+", "", text.lower().replace(" ", "-"))


def command_lines(manuals: list[Manual]) -> str:
    """The page of all command lines, in Markdown."""
    lines = [
        "# Command lines",
        "",
        "The programs as their manual pages have them. `--help` of each prints the same in short.",
    ]
    for manual in manuals:
        lines += ["", f"## {manual.name}", "", "```", *manual.synopsis, "```"]
        for paragraph in manual.description:
            lines += ["", shown(paragraph)]
        for group in manual.groups:
            if group.options:
                lines += ["", f"### {group.title}", "", "| | |", "|---|---|"]
                lines += [f"| {term(option)} | {shown(option.help)} |" for option in group.options]
        for section in manual.sections:
            lines += ["", f"### {section.title}"]
            for paragraph in section.paragraphs:
                lines += ["", shown(paragraph)]
            if section.lines:
                lines += ["", "```console", *("$ " + line for line in section.lines), "```"]
    return "\n".join(lines) + "\n"


def term(option: Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.names)
    return " ".join([names, *option.arguments]).replace("|", "\\|")


def shown(text: str) -> str:
    """Text as Markdown, with flags and names of variables as code."""
    text = text.replace("<", "&lt;").replace("|", "\\|")
    return re.sub(r"(?<![\w`-])(--?[a-zA-Z][\w-]*|[A-Z]+_[A-Z_]+|\.nix|builtins\.\w+)", r"`\1`", text)


def records(features: tuple[str, ...]) -> dict[str, Record]:
    """All builtins of the programs, with some experimental features."""
    settings = Settings(experimental_features=features)
    store = ProgramStore("dummy://", "")
    io = store.open("dummy://", True, settings, StdIO())
    evaluator = Evaluator(
        lambda loader: [
            *pure_builtins(),
            *io_builtins(io, store.loader(loader), []),
            *store.builtins(settings),
            *impure_constants("x86_64-linux", 0),
        ],
        io,
        settings,
        lambda kind, text: None,
    )
    return evaluator.records


def builtins_page() -> str:
    """The page of all builtins, in Markdown."""
    usual = records(())
    needed = {name: feature for feature in FEATURES for name in records((feature,)) if name not in usual}
    found = records(FEATURES)
    given = examples()
    lines = [
        "# Builtins",
        "",
        f"All {len(found)} of them, each with an example whose value the tests check;"
        " what reaches for something elsewhere has an example without one.",
        "",
        " ".join(f"[`{name}`](#{slug(name)})" for name in sorted(found)),
    ]
    for name in sorted(found):
        record = found[name]
        arguments = "".join(f" *{each}*" for each in record.params) if isinstance(record, Builtin) else ""
        lines += ["", f"## {name}", "", f"`builtins.{name}`{arguments}", "", record.doc]
        notes = []
        if global_name(name) == name:
            notes.append(f"Also visible as `{name}`.")
        if name in needed:
            notes.append(f"Needs the experimental feature `{needed[name]}`.")
        if isinstance(record, Constant):
            notes.append("A constant.")
        if notes:
            lines += ["", " ".join(notes)]
        if name in given:
            example = "\n".join(given[name]).encode("latin-1").decode()
            lines += ["", "```nix", example, "```"]
    return "\n".join(lines) + "\n"
