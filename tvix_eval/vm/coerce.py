"""Coercion to strings and paths: interpolation, ``toString``, file builtins."""

from __future__ import annotations

from tvix_eval.errors import EvalError, NixError, TypeError_
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.calls import call1
from tvix_eval.vm.machine import enter, leave, session
from tvix_eval.vm.show import show_type, show_value
from tvix_eval.vm.strings import OPAQUE, ContextBuilder, NixString, element
from tvix_eval.vm.values import MISSING, Path, Thunk


def cannot_coerce(value: object, pos: i64, why: str) -> NixError:
    return TypeError_("cannot coerce " + show_type(value) + " to a string: " + show_value(value)).with_frame(
        pos, why
    )


def coerce_to_string(
    value: object,
    context: ContextBuilder,
    pos: i64,
    why: str,
    more: bool = False,
    copy: bool = True,
) -> str:
    """The text of a value as a string; what it mentions goes to `context`.

    `more`: Booleans, null, numbers and lists too (``toString``). `copy`: a path is put into
    the store, and the result is its store path. `why` becomes a frame of a type error.
    """
    enter(pos)
    if isinstance(value, Thunk):
        value = value.force(pos)
    result: str
    if isinstance(value, str):
        result = value
    elif isinstance(value, NixString):
        context.add(value.context)
        result = value.text
    elif isinstance(value, Path):
        result = copy_path_to_store(value.text, context) if copy else value.text
    elif isinstance(value, Attrs):
        result = coerce_attrs(value, context, pos, why, more, copy)
    elif not more:
        raise cannot_coerce(value, pos, why)
    elif value is True:
        result = "1"
    elif value is False or value is None:
        result = ""
    elif isinstance(value, int):
        result = str(value)
    elif isinstance(value, float):
        result = format_float_fixed(value)
    elif isinstance(value, list):
        result = coerce_list(value, context, pos, why, copy)
    else:
        raise cannot_coerce(value, pos, why)
    leave()
    return result


def coerce_attrs(value: Attrs, context: ContextBuilder, pos: i64, why: str, more: bool, copy: bool) -> str:
    to_string = value.place("__toString")
    if to_string is not MISSING:
        made = call1(to_string, value, pos)
        return coerce_to_string(
            made, context, pos, "while evaluating the result of the `__toString` attribute", more, copy
        )
    out_path = value.place("outPath")
    if out_path is MISSING:
        raise cannot_coerce(value, pos, why)
    return coerce_to_string(out_path, context, pos, why, more, copy)


def coerce_list(value: list[object], context: ContextBuilder, pos: i64, why: str, copy: bool) -> str:
    """The elements with a blank between, but none after an element that is an empty list."""
    parts: list[str] = []
    last = len(value) - 1
    at = 0
    for item in value:
        try:
            part = coerce_to_string(
                item, context, pos, "while evaluating one element of the list", True, copy
            )
        except NixError as error:
            error.add_frame(pos, why)
            raise
        parts.append(part)
        if at < last:
            if isinstance(item, Thunk):
                item = item.force(pos)
            if not (isinstance(item, list) and len(item) == 0):
                parts.append(" ")
        at += 1
    return "".join(parts)


def format_float_fixed(value: float) -> str:
    """C's ``%f``, as ``toString`` prints floats."""
    if value != value:
        return "-nan" if is_negative_nan(value) else "nan"
    return f"{value:f}"


def is_negative_nan(value: float) -> bool:
    import math

    return math.copysign(1.0, value) < 0


def copy_path_to_store(path: str, context: ContextBuilder) -> str:
    """The store path of a copy of the file or tree at `path`, added to `context` too."""
    if path.endswith(".drv"):
        raise EvalError("file names are not allowed to end in '.drv'")
    store_path = session().copy_path(path)
    context.add_element(element(OPAQUE, store_path))
    return store_path


def coerce_to_path(value: object, context: ContextBuilder, pos: i64, why: str) -> str:
    """The absolute path that a value names; it is not put into the store."""
    try:
        if isinstance(value, Thunk):
            value = value.force(pos)
    except NixError as error:
        error.add_frame(pos, why)
        raise
    if isinstance(value, Path):
        return value.text
    if isinstance(value, Attrs):
        to_string = value.place("__toString")
        if to_string is not MISSING:
            return coerce_to_path(call1(to_string, value, pos), context, pos, why)
    text = coerce_to_string(value, context, pos, why, False, False)
    if not text.startswith("/"):
        raise EvalError("string '" + text + "' doesn't represent an absolute path").with_frame(pos, why)
    return canonical_path(text)


def canonical_path(text: str) -> str:
    """An absolute path without empty, "." and ".." components; ".." at the root stays there."""
    if "/." not in text and "//" not in text and not (len(text) > 1 and text.endswith("/")):
        return text if text else "/"
    parts: list[str] = []
    for part in text.split("/"):
        if part == "" or part == ".":
            continue
        if part == "..":
            if parts:
                parts.pop()
        else:
            parts.append(part)
    return "/" + "/".join(parts)
