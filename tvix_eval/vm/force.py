"""Forcing places, and demanding a type of what comes out.

The `force_*` functions are Nix's: `context` says what the value is wanted for, and becomes
a frame. Some add it to every error that passes (Boolean, integer, float, string, function),
some only to their own complaint about the type (list, set).
"""

from __future__ import annotations

from tvix_eval.errors import EvalError, NixError, TypeError_
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.show import show_name, show_type, show_value
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import (
    MISSING,
    Builtin,
    Closure,
    PartialBuiltin,
    PartialClosure,
    Thunk,
)


def force(value: object, pos: i64) -> object:
    if isinstance(value, Thunk):
        return value.force(pos)
    return value


def expected(wanted: str, value: object, pos: i64) -> NixError:
    """The complaint that `value` is not `wanted` ("a set")."""
    return TypeError_("expected " + wanted + " but found " + show_type(value) + ": " + show_value(value), pos)


def is_function(value: object) -> bool:
    return (
        isinstance(value, Closure)
        or isinstance(value, Builtin)
        or isinstance(value, PartialClosure)
        or isinstance(value, PartialBuiltin)
    )


def force_attrs(value: object, pos: i64, context: str) -> Attrs:
    if isinstance(value, Thunk):
        value = value.force(pos)
    if isinstance(value, Attrs):
        return value
    raise expected("a set", value, 0).with_frame(pos, context)


def force_list(value: object, pos: i64, context: str) -> list[object]:
    if isinstance(value, Thunk):
        value = value.force(pos)
    if isinstance(value, list):
        return value
    raise expected("a list", value, 0).with_frame(pos, context)


def force_bool(value: object, pos: i64, context: str) -> bool:
    try:
        if isinstance(value, Thunk):
            value = value.force(pos)
        if value is True:
            return True
        if value is False:
            return False
        raise expected("a Boolean", value, pos)
    except NixError as error:
        error.add_frame(pos, context)
        raise


def force_int(value: object, pos: i64, context: str) -> int:
    try:
        if isinstance(value, Thunk):
            value = value.force(pos)
        if value is not True and value is not False and isinstance(value, int):
            return value
        raise expected("an integer", value, pos)
    except NixError as error:
        error.add_frame(pos, context)
        raise


def force_float(value: object, pos: i64, context: str) -> float:
    """A float, or an integer as one."""
    try:
        if isinstance(value, Thunk):
            value = value.force(pos)
        if isinstance(value, float):
            return value
        if value is not True and value is not False and isinstance(value, int):
            return float(value)
        raise expected("a float", value, pos)
    except NixError as error:
        error.add_frame(pos, context)
        raise


def force_function(value: object, pos: i64, context: str) -> object:
    """A function, or a set that can be called."""
    try:
        if isinstance(value, Thunk):
            value = value.force(pos)
        if is_function(value) or (isinstance(value, Attrs) and value.has("__functor")):
            return value
        raise expected("a function", value, pos)
    except NixError as error:
        error.add_frame(pos, context)
        raise


def force_string_value(value: object, pos: i64, context: str) -> object:
    """A string with its context: `str` or `NixString`."""
    try:
        if isinstance(value, Thunk):
            value = value.force(pos)
        if isinstance(value, str) or isinstance(value, NixString):
            return value
        raise expected("a string", value, pos)
    except NixError as error:
        error.add_frame(pos, context)
        raise


def force_string(value: object, pos: i64, context: str) -> str:
    """The text of a string; its context is dropped."""
    if isinstance(value, str):
        return value
    string = force_string_value(value, pos, context)
    if isinstance(string, NixString):
        return string.text
    assert isinstance(string, str)
    return string


def force_string_no_context(value: object, pos: i64, context: str) -> str:
    """The text of a string that may not refer to the store."""
    if isinstance(value, str):
        return value
    string = force_string_value(value, pos, context)
    if isinstance(string, NixString):
        raise refers_to_store(string).with_frame(pos, context)
    assert isinstance(string, str)
    return string


def refers_to_store(string: NixString) -> NixError:
    path = string.context.elements[0].display()
    return EvalError(
        "the string '" + string.text + "' is not allowed to refer to a store path (such as '" + path + "')"
    )


def get_attr(attrs: Attrs, name: str, context: str) -> object:
    """The place of an attribute that a builtin needs."""
    place = attrs.place(name)
    if place is MISSING:
        raise TypeError_("attribute '" + show_name(name) + "' missing").with_frame(0, context)
    return place
