"""JSON to values by Python's own reader, which is written in C.

It reads a little more than JSON, and its errors are not Nix's: what it refuses, and what it may have
read otherwise than Nix does, is left to `json_parser`.
"""

from __future__ import annotations

from sys import intern

from tvix_eval.vm.attrs import from_table
from tvix_eval.vm.machine import REGISTERS, SymbolOrder
from tvix_eval.vm.values import EMPTY_LIST, MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SMALLEST: Final = -(1 << 63)
BIGGEST: Final = (1 << 63) - 1
ENDLESS: Final = float("inf")


class NotSure(ValueError):
    """The text means something else to Nix, or may."""


def read_json(text: str, symbols: SymbolOrder) -> object:
    """The value of a JSON text, given as byte text; `MISSING` when it has to be read with more care."""
    # Both the reader and `Conversion` nest natively, as deep as there are brackets at most.
    room = REGISTERS.max_depth - REGISTERS.depth
    if text.count("[") + text.count("{") > room or "\\u0000" in text:
        return MISSING
    from json import loads

    try:
        unicode = text if text.isascii() else text.encode("latin-1").decode("utf-8")
        return Conversion(symbols).value(loads(unicode, parse_constant=refuse))
    except (ValueError, RecursionError):
        return MISSING


def refuse(name: str) -> object:
    raise NotSure(name)


class Conversion:
    """Makes values of what Python's reader made. Names are numbered in the order of the text."""

    def __init__(self, symbols: SymbolOrder) -> None:
        self.symbols: Final = symbols

    def value(self, item: object) -> object:
        """Raises NotSure, and UnicodeEncodeError for half a surrogate pair."""
        if isinstance(item, str):
            return item if item.isascii() else item.encode("utf-8").decode("latin-1")
        if isinstance(item, dict):
            table: dict[str, object] = {}
            for key, below in item.items():
                assert isinstance(key, str)
                name = intern(key if key.isascii() else key.encode("utf-8").decode("latin-1"))
                self.symbols.number(name)
                table[name] = self.value(below)
            return from_table(table)
        if isinstance(item, list):
            return [self.value(below) for below in item] or EMPTY_LIST
        if isinstance(item, bool) or item is None:
            return item
        if isinstance(item, int):
            if item < SMALLEST or item > BIGGEST:
                raise NotSure
        elif isinstance(item, float) and (item == ENDLESS or item == -ENDLESS):
            raise NotSure
        return item
