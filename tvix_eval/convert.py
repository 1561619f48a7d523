"""Values of the language as Python objects. The way back is `host_values`.

=============================  ==================================================
Nix                            Python
=============================  ==================================================
null, Booleans, numbers        `None`, `bool`, `int`, `float`
string                         `str`, decoded as UTF-8; or `bytes`
path                           `pathlib.PurePosixPath`
list                           `list`; `NixList` when lazy
set                            `dict`; `NixAttrs` when lazy
function                       `NixFunction`, which can be called
=============================  ==================================================

What a string mentions of the store (its context) is not part of the Python object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from tvix_eval.errors import TypeError_
from tvix_eval.evaluation import Evaluator
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.calls import call
from tvix_eval.vm.force import force, is_function
from tvix_eval.vm.machine import enter, leave
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import MISSING, Path


class Converter:
    """How an evaluation's values become Python objects.

    `lazy`: lists and sets become views that evaluate an element when it is asked for.
    `as_bytes`: strings, and names in sets, become `bytes`. `from_python`: the way back, for what
    functions are called with.
    """

    def __init__(
        self,
        evaluation: Evaluator,
        from_python: Callable[[object], object],
        lazy: bool = False,
        as_bytes: bool = False,
    ) -> None:
        self.evaluation: Final = evaluation
        self.from_python: Final = from_python
        self.lazy: Final = lazy
        self.as_bytes: Final = as_bytes

    def string(self, text: str) -> str | bytes:
        data = text.encode("latin-1")
        if self.as_bytes:
            return data
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise TypeError_(f"a string is not UTF-8: {error}; ask for bytes") from None

    def to_python(self, value: object) -> object:
        """The Python object of a value. Call it inside `Evaluator.run`."""
        value = force(value, 0)
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, NixString):
            return self.string(value.text)
        if isinstance(value, Path):
            return PurePosixPath(value.text.encode("latin-1").decode("utf-8", "surrogateescape"))
        if isinstance(value, list):
            return NixList(self, value) if self.lazy else self.items(value)
        if isinstance(value, Attrs):
            return NixAttrs(self, value) if self.lazy else self.attributes(value)
        assert is_function(value)
        return NixFunction(self, value)

    def items(self, value: list[object]) -> list[object]:
        enter(0)
        result = [self.to_python(item) for item in value]
        leave()
        return result

    def attributes(self, value: Attrs) -> dict[str | bytes, object]:
        enter(0)
        places = value.places()
        result = {self.string(name): self.to_python(places[at]) for at, name in enumerate(value.names())}
        leave()
        return result


class NixList(Sequence[object]):
    """A list whose elements are evaluated when they are asked for."""

    def __init__(self, converter: Converter, value: list[object]) -> None:
        self.converter: Final = converter
        self.value: Final = value

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: int | slice) -> object:  # type: ignore[override]
        if isinstance(index, slice):
            return NixList(self.converter, self.value[index])
        place = self.value[index]
        return self.converter.evaluation.run(lambda: self.converter.to_python(place))

    def __repr__(self) -> str:
        return f"<Nix list of {len(self)}>"


class NixAttrs(Mapping[str, object]):
    """A set whose attributes are evaluated when they are asked for."""

    def __init__(self, converter: Converter, value: Attrs) -> None:
        self.converter: Final = converter
        self.value: Final = value

    def __len__(self) -> int:
        return int(self.value.size())

    def __iter__(self) -> Iterator[str]:
        for name in self.value.names():
            yield self.converter.string(name)  # type: ignore[misc]  # bytes where asked for

    def __getitem__(self, name: str | bytes) -> object:
        place = self.value.place(byte_text(name))
        if place is MISSING:
            raise KeyError(name)
        return self.converter.evaluation.run(lambda: self.converter.to_python(place))

    def __repr__(self) -> str:
        return f"<Nix set of {len(self)}>"


class NixFunction:
    """A function of the language. Calling it evaluates; arguments are converted."""

    def __init__(self, converter: Converter, value: object) -> None:
        self.converter: Final = converter
        self.value: Final = value

    def __call__(self, *arguments: object) -> object:
        if not arguments:
            raise TypeError("a Nix function takes at least one argument")
        converter = self.converter
        places = [converter.from_python(each) for each in arguments]
        return converter.evaluation.run(lambda: converter.to_python(call(self.value, places, 0)))


def byte_text(text: str | bytes) -> str:
    return (
        text.decode("latin-1")
        if isinstance(text, bytes)
        else text.encode("utf-8", "surrogateescape").decode("latin-1")
    )
