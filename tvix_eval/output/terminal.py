"""What Nix does to text before it shows it to people: colours out, tabs expanded, bells dropped."""

from __future__ import annotations

from tvix_eval.patterns import LazyPattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ESCAPE: Final = LazyPattern(
    r"\x1b(?:\[[0-?]*[ -/]*(?P<final>[@-~]?)|\][^\x1b\x07]*(?:\x07|\x1b\\?)?|[@-_]?)", dotall=True
)
SPECIAL: Final = LazyPattern(r"[\x1b\t\r\x07]")
TAB_STOPS: Final = 8


def filter_text(text: str, colours: bool) -> str:
    """Byte text as shown: without escape sequences, but colours if wanted.

    A tab becomes blanks up to a multiple of eight columns, counted from the beginning of the
    text and not of the line: this is what Nix does.
    """
    if text.isprintable() or SPECIAL.get().search(text) is None:
        return text
    escape = ESCAPE.get()
    text = escape.sub(lambda found: found[0] if colours and found["final"] == "m" else "", text)
    text = text.replace("\r", "").replace("\x07", "")
    if "\t" not in text:
        return text
    parts: list[str] = []
    column = 0
    for part in text.split("\t"):
        if parts:
            blanks = TAB_STOPS - column % TAB_STOPS
            parts.append(" " * blanks)
            column += blanks
        parts.append(part)
        column += width(escape.sub("", part))
    return "".join(parts)


def width(text: str) -> int:
    """How many columns byte text takes, line ends counting for none."""
    if text.isascii() and text.isprintable():
        return len(text)
    import unicodedata

    columns = 0
    for character in text.encode("latin-1").decode("utf-8", "surrogateescape"):
        if 0xDC80 <= ord(character) <= 0xDCFF:
            columns += 1
        elif unicodedata.category(character) not in ("Cc", "Cf", "Mn", "Me"):
            columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns
