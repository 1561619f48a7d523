"""The commands of the REPL, as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tvix_eval.errors import NixError
from tvix_eval.repl import building, inspecting, loading, showing

if TYPE_CHECKING:
    from tvix_eval.repl.repl import Repl

# What the argument of a command is.
NOTHING: Final = ""
EXPRESSION: Final = "<expr>"
FILE: Final = "<path>"
FLAKE: Final = "<ref>"
SWITCH: Final = "[bool]"


class Command:
    """`run` is given the text after the command's name."""

    def __init__(self, names: str, argument: str, help_text: str, run: Callable[[Repl, str], None]) -> None:
        self.names: Final = names.split()
        self.argument: Final = argument
        self.help: Final = help_text
        self.run: Final = run


class Quit(Exception):
    """The session ends."""


def leave(repl: Repl, argument: str) -> None:
    raise Quit


def show_help(repl: Repl, argument: str) -> None:
    repl.write(help_text(list(dict.fromkeys(repl.commands.values()))))


COMMANDS: Final = [
    Command(":a :add", EXPRESSION, "Add the attributes of a set to the variables", loading.add),
    Command(":l :load", FILE, "Load a file and add its attributes to the variables", loading.load),
    Command(
        ":lf :load-flake", FLAKE, "Load a flake and add its attributes to the variables", loading.load_flake
    ),
    Command(":ll :last-loaded", NOTHING, "List what was last added to the variables", loading.last_loaded),
    Command(":r :reload", NOTHING, "Forget all variables, and load all files again", loading.reload),
    Command(":p :print", EXPRESSION, "Evaluate and print to the end; a string as it is", showing.print_deep),
    Command(":t", EXPRESSION, "Say of which type a value is", showing.print_type),
    Command(":d :explain", EXPRESSION, "Say what a value is, in words", showing.explain),
    Command(
        ":doc", EXPRESSION, "Show the documentation of a function, an attribute or a builtin", showing.doc
    ),
    Command(":time", EXPRESSION, "Evaluate and print, and say how long it took", inspecting.time),
    Command(
        ":profile", EXPRESSION, "Evaluate anew, and say which functions took the time", inspecting.profile
    ),
    Command(":ast", EXPRESSION, "Show the syntax tree", inspecting.tree),
    Command(":bytecode", EXPRESSION, "Show what is compiled", inspecting.bytecode),
    Command(":b", EXPRESSION, "Build a derivation", building.build),
    Command(
        ":bl",
        EXPRESSION,
        "Build a derivation, with links to its outputs in this folder",
        building.build_linked,
    ),
    Command(":i", EXPRESSION, "Build a derivation and install it into the profile", building.install),
    Command(":sh", EXPRESSION, "Start a shell with what a derivation depends on", building.shell),
    Command(":u", EXPRESSION, "Start a shell with what a derivation makes", building.shell_with),
    Command(":log", EXPRESSION, "Show what the build of a derivation printed", building.log),
    Command(":e :edit", EXPRESSION, "Open where a function or package is defined in $EDITOR", loading.edit),
    Command(
        ":te :trace-enable", SWITCH, "Show all of an error's trace, or a part; or change that", showing.traces
    ),
    Command(":q :quit", NOTHING, "Leave", leave),
    Command(":? :help", NOTHING, "Show this", show_help),
]

BY_NAME: Final = {name: command for command in COMMANDS for name in command.names}


def find(table: dict[str, Command], name: str) -> Command:
    command = table.get(name)
    if command is None:
        raise NixError("unknown command '" + name + "'")
    return command


def help_text(commands: list[Command]) -> str:
    lines = [
        "What can be entered:",
        "",
        f"  {'<expr>':<28} Evaluate and print; what is inside of sets and lists is left out",
        f"  {'<x> = <expr>; …':<28} Define variables; the last semicolon may be left out",
        f"  {'inherit (<expr>) <x> …':<28} Take variables out of a set",
    ]
    for command in commands:
        left = ", ".join(command.names) + (" " + command.argument if command.argument else "")
        lines.append(f"  {left:<28} {command.help}")
    return "\n".join(lines).encode().decode("latin-1") + "\n"
