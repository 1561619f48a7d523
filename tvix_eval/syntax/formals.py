"""The pattern of a function: its order and what is wrong with it."""

from __future__ import annotations

from tvix_eval.errors import NixError, ParseError
from tvix_eval.syntax.names import Symbols
from tvix_eval.syntax.nodes import Formal, Formals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

MOST: Final = 65535


def check_formals(formals: list[Formal], ellipsis: bool, arg: str, pos: i64, symbols: Symbols) -> Formals:
    """The `Formals` of a function at `pos`, with `arg` the name after ``@`` or "".

    Raises `ParseError` for a name that occurs twice; of several, the first in order.
    """
    numbers = [int(symbols.number(formal.name)) for formal in formals]
    ordered = True
    previous: i64 = -1
    for entry in numbers:
        number: i64 = entry
        if number <= previous:
            ordered = False
        previous = number
    if not ordered:
        keys = sorted([(number, int(formals[index].pos), index) for index, number in enumerate(numbers)])
        formals = [formals[key[2]] for key in keys]
        for index in range(len(keys) - 1):
            if keys[index][0] == keys[index + 1][0]:
                raise duplicate(formals[index].name, formals[index + 1].pos)
    if arg:
        for formal in formals:
            if formal.name == arg:
                raise duplicate(arg, pos)
    if len(formals) > MOST:
        raise NixError(f"too many formal arguments, implementation supports at most {MOST}", pos + 1)
    return Formals(formals, ellipsis)


def duplicate(name: str, pos: i64) -> ParseError:
    return ParseError(f"duplicate formal function argument '{name}'", pos + 1)
