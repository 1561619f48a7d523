"""How names are written, and the order in which they appear."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

KEYWORDS: Final = frozenset(("if", "then", "else", "assert", "with", "let", "in", "rec", "inherit"))
FIRST: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
REST: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'-")


class Name:
    """A name in a source. `numbered`: the `Symbols` of the source have it."""

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.numbered = False


class Symbols:
    """The names of a source in the order in which Nix would number them.

    The order is that of the reductions that make them; it decides the order in which
    attribute sets are walked. `known` has the numbers of names that exist already.
    """

    def __init__(self, known: dict[str, int]) -> None:
        self.known: Final = known
        self.numbers: dict[str, int] = {}  # of the names of this source, from 0

    def add(self, name: Name) -> str:
        """Number a name, if that is not done yet. Returns its text."""
        text = name.text
        if not name.numbered:
            name.numbered = True
            if text not in self.numbers:
                self.numbers[text] = len(self.numbers)
        return text

    def number(self, name: str) -> i64:
        """What orders names: those known before come first."""
        number = self.known.get(name)
        if number is not None:
            return number
        return len(self.known) + self.numbers[name]


def show_name(name: str) -> str:
    """A name as Nix prints it in paths and sets: quoted unless it is an identifier."""
    if not name:
        return '""'
    if name in KEYWORDS:
        return '"' + name + '"'
    if name[0] in FIRST:
        for character in name:
            if character not in REST:
                return show_string(name)
        return name
    return show_string(name)


def show_string(text: str) -> str:
    """A string as a literal."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + text.replace("\r", "\\r").replace("\t", "\\t").replace("${", "\\${") + '"'
