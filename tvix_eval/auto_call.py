"""What a command line does to the value of an expression: automatic arguments, ``-A`` paths."""

from __future__ import annotations

from tvix_eval.errors import EvalError, MissingArgumentError, NixError, TypeError_
from tvix_eval.vm.attrs import Attrs, from_table
from tvix_eval.vm.calls import call1
from tvix_eval.vm.force import force
from tvix_eval.vm.show import show_type
from tvix_eval.vm.values import MISSING, Closure

HINT = (
    "Nix attempted to evaluate a function as a top level expression; in\n"
    "this case it must have its arguments supplied either by default\n"
    "values, or passed explicitly with '--arg' or '--argstr'. See\n"
    "https://nix.dev/manual/nix/stable/language/syntax.html#functions."
)


def auto_call(function: object, args: dict[str, object]) -> object:
    """Call a function that takes a set pattern with those of `args` that it wants.

    Other values are returned as they are. Raises MissingArgumentError.
    """
    function = force(function, 0)
    if isinstance(function, Attrs):
        functor = function.place("__functor")
        if functor is not MISSING:
            return auto_call(call1(functor, function, 0), args)
        return function
    if not isinstance(function, Closure):
        return function
    formals = function.code.formals
    if formals is None:
        return function
    given: dict[str, object] = {}
    if formals.ellipsis:
        given = args.copy()
    else:
        at = 0
        for name in formals.names:
            if name in args:
                given[name] = args[name]
            elif formals.defaults[at] is None:
                raise MissingArgumentError(
                    "cannot evaluate a function that has an argument without a value ('"
                    + name
                    + "')\n"
                    + HINT,
                    formals.positions[at],
                )
            at += 1
    return call1(function, from_table(given), function.code.params[0].pos)


def parse_attr_path(text: str) -> list[str]:
    """The components of ``a.b."c.d"``."""
    parts: list[str] = []
    current = ""
    at = 0
    while at < len(text):
        character = text[at]
        if character == ".":
            parts.append(current)
            current = ""
        elif character == '"':
            end = text.find('"', at + 1)
            if end < 0:
                raise NixError("missing closing quote in selection path '" + text + "'")
            current += text[at + 1 : end]
            at = end
        else:
            current += character
        at += 1
    if current:
        parts.append(current)
    return parts


def find_along_attr_path(value: object, text: str, args: dict[str, object]) -> object:
    """The forced value that an attribute path (also with list indices) leads to."""
    for part in parse_attr_path(text):
        value = auto_call(value, args)
        value = select_list(value, int(part), text) if is_index(part) else select_attr(value, part, text)
    return force(value, 0)


def is_index(part: str) -> bool:
    return part.isascii() and part.isdigit() and int(part) < 1 << 32


def select_attr(value: object, name: str, text: str) -> object:
    if not isinstance(value, Attrs):
        raise wrong_type(text, "a set", value)
    if not name:
        raise NixError("empty attribute name in selection path '" + text + "'")
    place = value.place(name)
    if place is MISSING:
        error = EvalError("attribute '" + name + "' in selection path '" + text + "' not found")
        error.wanted_name = name
        error.known_names = value.names()
        raise error
    return place


def select_list(value: object, index: int, text: str) -> object:
    if not isinstance(value, list):
        raise wrong_type(text, "a list", value)
    if index >= len(value):
        raise EvalError("list index " + str(index) + " in selection path '" + text + "' is out of range")
    return value[index]


def wrong_type(text: str, wanted: str, value: object) -> NixError:
    return TypeError_(
        "the expression selected by the selection path '"
        + text
        + "' should be "
        + wanted
        + " but is "
        + show_type(value)
    )
