"""Python functions that programs call: what is demanded of their arguments, and calling them.

The annotations say what is demanded of an argument, with Nix's error when it is something
else; an argument without annotation, or `object`, is evaluated to the end and converted.
`Lazy` arguments are not evaluated.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from tvix_eval.convert import Converter
from tvix_eval.errors import EvalError, Interrupted, NixError
from tvix_eval.evaluation import Evaluator
from tvix_eval.vm.coerce import coerce_to_path
from tvix_eval.vm.force import (
    force,
    force_attrs,
    force_bool,
    force_float,
    force_function,
    force_int,
    force_list,
    force_string,
)
from tvix_eval.vm.machine import session
from tvix_eval.vm.strings import ContextBuilder

ORDINALS: Final = ("first", "second", "third")


class Lazy:
    """An argument that is not evaluated yet; `get` evaluates and converts it."""

    def __init__(self, converter: Converter, place: object) -> None:
        self.converter: Final = converter
        self.place: Final = place

    def get(self) -> object:
        return self.converter.evaluation.run(lambda: self.converter.to_python(self.place))


class Argument:
    """What a builtin does with one of its arguments."""

    def __init__(self, function: str, name: str, index: int, wanted: object) -> None:
        self.name: Final = name
        self.wanted: Final = wanted
        ordinal = ORDINALS[index] if index < len(ORDINALS) else f"{index + 1}th"
        self.why: Final = f"while evaluating the {ordinal} argument passed to builtins.{function}"

    def convert(self, place: object, converter: Converter) -> object:
        wanted, why = self.wanted, self.why
        if wanted is Lazy:
            return Lazy(converter, place)
        if wanted is bool:
            return force_bool(place, 0, why)
        if wanted is int:
            return force_int(place, 0, why)
        if wanted is float:
            return force_float(place, 0, why)
        if wanted is str:
            return converter.string(force_string(place, 0, why))
        if wanted is bytes:
            return force_string(place, 0, why).encode("latin-1")
        if wanted is PurePosixPath:
            return PurePosixPath(coerce_to_path(place, ContextBuilder(), 0, why))
        origin = typing.get_origin(wanted) or wanted
        if origin is list:
            place = force_list(place, 0, why)
        elif origin is dict:
            place = force_attrs(place, 0, why)
        elif origin is Callable:
            place = force_function(place, 0, why)
        try:
            return converter.to_python(place)
        except NixError as error:
            error.add_frame(0, why)
            raise


class HostFunction:
    """A Python function that the program calls, and how its result becomes a value."""

    def __init__(
        self,
        function: Callable[..., object],
        arguments: list[Argument],
        from_python: Callable[[object], object],
    ) -> None:
        self.function: Final = function
        self.arguments: Final = arguments
        self.from_python: Final = from_python

    def call(self, args: list[object]) -> object:
        """Convert the arguments, call, and convert the result."""
        owner = session().owner
        assert isinstance(owner, Evaluator)
        converter = Converter(owner, self.from_python)
        given = [argument.convert(args[at], converter) for at, argument in enumerate(self.arguments)]
        try:
            result = self.function(*given)
        except (NixError, Interrupted):
            raise
        except Exception as error:
            raise EvalError(f"{type(error).__name__}: {error}") from error
        return force(self.from_python(result), 0)


def arguments_of(function: Callable[..., object], called: str) -> list[Argument]:
    """What a function takes. Raises TypeError when that is nothing."""
    try:
        hints = typing.get_type_hints(function)
    except Exception:
        hints = {}
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        and parameter.default is parameter.empty
    ]
    if not parameters:
        raise TypeError(f"{called} takes no argument; give its value instead")
    return [
        Argument(called, parameter.name, at, hints.get(parameter.name, object))
        for at, parameter in enumerate(parameters)
    ]
