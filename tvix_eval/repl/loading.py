"""Commands that change the variables: ``:a``, ``:l``, ``:r``, ``:ll``, ``:lf``, ``:e``."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

from tvix_eval.auto_call import auto_call, find_along_attr_path
from tvix_eval.errors import NixError, ParseError
from tvix_eval.eval_io import join
from tvix_eval.search_path import is_pseudo_url
from tvix_eval.vm.calls import function_position
from tvix_eval.vm.coerce import coerce_to_path
from tvix_eval.vm.force import force_attrs
from tvix_eval.vm.show import show_name
from tvix_eval.vm.strings import ContextBuilder, NixString
from tvix_eval.vm.values import Closure, PartialClosure, Path

if TYPE_CHECKING:
    from tvix_eval.repl.repl import Repl

MOST_NAMES: Final = 20
PLACED_EDITORS: Final = ("emacs", "nano", "vim", "kak")  # those that take +LINE


def add(repl: Repl, argument: str) -> None:
    add_attrs(repl, repl.scope.evaluate(argument))
    repl.remember(":a " + argument)


def add_attrs(repl: Repl, value: object) -> None:
    why = "while evaluating an attribute set to be merged in the global scope"
    attrs = force_attrs(value, function_position(value), why)
    repl.scope.add(attrs)
    repl.last_loaded = attrs
    names = attrs.names()
    repl.say(f"Added {len(names)} variables.\n")
    repl.say(", ".join(show_name(name) for name in names[:MOST_NAMES]) + "\n")
    if len(names) > MOST_NAMES:
        repl.say(f"... and {len(names) - MOST_NAMES} more; view with :ll\n")


def load(repl: Repl, argument: str) -> None:
    repl.forget_files()
    load_file(repl, argument)
    repl.remember(":l " + argument)


def load_file(repl: Repl, name: str) -> None:
    """Load a file, and note it for ``:r`` even if that fails."""
    if name in repl.files:
        repl.files.remove(name)
    repl.files.append(name)
    add_attrs(repl, auto_call(repl.evaluator.loader.load(path_of(repl, name)), repl.arguments))


def path_of(repl: Repl, name: str) -> str:
    """The file that somebody names: by a path, an URL, or as ``<name>``."""
    if name.startswith("<") and name.endswith(">"):
        return coerce_to_path(repl.scope.evaluate(name), ContextBuilder(), 0, "")
    if is_pseudo_url(name):
        return repl.host.lookup.resolve(name) or name
    if name.startswith("~/"):
        return repl.evaluator.settings.home + name[1:]
    return join(repl.scope.folder, name)


def load_files(repl: Repl) -> None:
    """What the session begins with: the files, then the expression of the command line."""
    files = repl.files.copy()
    repl.first_files = files
    repl.files.clear()
    for name in files:
        repl.say('Loading "' + name + '"...\n')
        load_file(repl, name)
    for text in repl.expressions:
        repl.say("Loading installable ''...\n")
        load_expression(repl, text)


def load_expression(repl: Repl, text: str) -> None:
    add_attrs(repl, auto_call(repl.scope.evaluate(text), repl.arguments))


def reload(repl: Repl, argument: str) -> None:
    repl.forget_files()
    repl.scope.variables.clear()
    repl.history.clear()
    load_files(repl)


def last_loaded(repl: Repl, argument: str) -> None:
    if repl.last_loaded is None:
        raise NixError("nothing has been loaded yet")
    names = repl.last_loaded.names()
    order = repl.last_loaded.symbol_order(repl.evaluator.session.symbols)
    repl.page("".join(names[at] + "\n" for at in order))


def load_flake(repl: Repl, argument: str) -> None:
    if not argument:
        raise NixError(
            "cannot use ':load-flake' without a path specified. (Use '.' for the current working directory.)"
        )
    if "flakes" not in repl.evaluator.session.experimental:
        raise NixError(
            "experimental Nix feature 'flakes' is disabled; "
            "add '--extra-experimental-features flakes' to enable it"
        )
    raise NixError("cannot load flake '" + argument + "': this evaluator does not evaluate flakes yet")


def edit(repl: Repl, argument: str) -> None:
    path, line = place_to_edit(repl, repl.scope.evaluate(argument), argument)
    physical = repl.evaluator.io.physical(path)
    if physical is None:
        raise NixError("cannot open '" + path + "' in an editor because it has no physical path")
    editor = repl.environment.get("EDITOR", "cat")
    command = editor.split()
    if line > 0 and any(name in editor for name in PLACED_EDITORS):
        command.append(f"+{line}")
    command.append(os.fsdecode(physical.encode("latin-1")))
    try:
        subprocess.run(command)
    except OSError as error:
        raise NixError("executing '" + command[0] + "': " + os.strerror(error.errno or 0)) from None
    reload(repl, "")


def place_to_edit(repl: Repl, value: object, text: str) -> tuple[str, int]:
    """The file and the line where a value can be changed."""
    if isinstance(value, Path | NixString | str):
        return coerce_to_path(value, ContextBuilder(), 0, "while evaluating the filename to edit"), 0
    if isinstance(value, PartialClosure):
        value = value.closure
    if isinstance(value, Closure):
        found = repl.evaluator.sources.find(value.code.params[0].pos)
        if found is None or not found.source.is_file:
            place = repl.evaluator.sources.describe(value.code.params[0].pos)
            raise NixError("'" + place + "' cannot be shown in an editor")
        return found.source.name, found.line
    try:
        position = find_along_attr_path(value, "meta.position", {})
    except NixError:
        raise NixError("package '" + text + "' has no source location information") from None
    why = "while evaluating the 'meta.position' attribute of a derivation"
    path = coerce_to_path(position, ContextBuilder(), 0, why)
    name, colon, line = path.rpartition(":")
    if not colon or not line.isdigit():
        raise ParseError("cannot parse 'meta.position' attribute '" + path + "'")
    return name, int(line)
