"""Python objects as values of the language; functions become builtins.

    @builtin
    def repeat(text: str, times: int) -> str:
        '''The text, so many times.'''
        return text * times

What the annotations mean stands in `host_functions`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Final, overload

from tvix_eval.builtins.primitive import Computed, FunctionMany
from tvix_eval.convert import NixAttrs, NixFunction, NixList, byte_text
from tvix_eval.errors import NixError, TypeError_
from tvix_eval.host_functions import HostFunction, arguments_of
from tvix_eval.vm.attrs import Attrs, from_table
from tvix_eval.vm.coerce import canonical_path
from tvix_eval.vm.force import force
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import (
    NO_ENV,
    Builtin,
    Closure,
    PartialBuiltin,
    PartialClosure,
    Path,
    Thunk,
)

LOWEST: Final = -(1 << 63)
HIGHEST: Final = (1 << 63) - 1


class Delayed:
    """A Python value that is computed when the Nix program needs it."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.function: Final = function


def from_python(value: object) -> object:
    """The place that holds a Python object as a value.

    Raises TypeError_ for what the language has no value for, and for integers of more than
    64 bits. Values of the language, and the views above, stay what they are.
    """
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        if not LOWEST <= value <= HIGHEST:
            raise TypeError_(f"the integer {value} does not fit into 64 bits")
        return value
    if isinstance(value, str | bytes):
        return checked(byte_text(value))
    if isinstance(value, PurePath):
        if not value.is_absolute():
            raise TypeError_(f"the path {value} is not absolute")
        return Path(canonical_path(checked(byte_text(str(value)))))
    if isinstance(value, NixList | NixAttrs | NixFunction):
        return value.value
    if isinstance(
        value, Thunk | Attrs | NixString | Path | Closure | PartialClosure | Builtin | PartialBuiltin
    ):
        return value
    if isinstance(value, Delayed):
        return Thunk(Computed(lambda: force(from_python(value.function()), 0)), NO_ENV)
    if isinstance(value, Mapping):
        return from_table({name_of(name): from_python(item) for name, item in value.items()})
    if isinstance(value, Sequence):
        return [from_python(item) for item in value]
    if callable(value):
        return builtin(value)
    raise TypeError_(f"a Python object of type {type(value).__name__} has no value in Nix")


def name_of(name: object) -> str:
    if not isinstance(name, str | bytes):
        raise TypeError_(f"the name of an attribute must be a string, not {name!r}")
    return checked(byte_text(name))


def checked(text: str) -> str:
    if "\0" in text:
        raise NixError("a string with a null byte has no value in Nix")
    return text


@overload
def builtin(function: Callable[..., object], /) -> Builtin: ...
@overload
def builtin(
    *, name: str | None = None, doc: str | None = None
) -> Callable[[Callable[..., object]], Builtin]: ...


def builtin(
    function: Callable[..., object] | None = None, /, *, name: str | None = None, doc: str | None = None
) -> Builtin | Callable[[Callable[..., object]], Builtin]:
    """Make a builtin of a Python function; usable as a decorator.

    Its name and documentation are the function's unless given. It must have one positional
    parameter at least; raises TypeError otherwise. What it raises becomes an error of the
    program, with the position of the call.
    """
    if function is None:
        return lambda wrapped: make_builtin(wrapped, name, doc)
    return make_builtin(function, name, doc)


def make_builtin(function: Callable[..., object], name: str | None, doc: str | None) -> Builtin:
    called = name if name is not None else getattr(function, "__name__", "function")
    arguments = arguments_of(function, called)
    text = doc if doc is not None else inspect.getdoc(function) or ""
    primitive = FunctionMany(HostFunction(function, arguments, from_python).call)
    return Builtin(called, [each.name for each in arguments], primitive, text)
