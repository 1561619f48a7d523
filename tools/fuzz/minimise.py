"""Makes a text smaller while something stays true of it: by lines, then tokens, then bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from verify_lang_tests.shrinker import TOKEN

MOST_BYTES: Final = 200  # a text longer than this is not tried byte by byte


class Minimiser:
    """Tries smaller texts, at most `tries` of them."""

    def __init__(self, holds: Callable[[str], bool], tries: int) -> None:
        self.holds: Final = holds
        self.tries = tries

    def without_pieces(self, pieces: list[str]) -> list[str]:
        """What is left when runs of pieces are left out, long runs first, as long as it holds."""
        length = max(len(pieces) // 2, 1)
        while True:
            at = 0
            shorter = False
            while at < len(pieces):
                end = at + length
                fewer = pieces[:at] + pieces[end:]
                if self.tries <= 0:
                    return pieces
                self.tries -= 1
                if fewer and self.holds("".join(fewer)):
                    pieces = fewer
                    shorter = True
                else:
                    at = end
            if length > 1:
                length //= 2
            elif not shorter:
                return pieces


def minimise(text: str, holds: Callable[[str], bool], tries: int = 1500) -> str:
    """The smallest text found of which `holds`, in so many tries. It holds of `text`."""
    minimiser = Minimiser(holds, tries)
    text = "".join(minimiser.without_pieces(text.splitlines(keepends=True)))
    text = "".join(minimiser.without_pieces(TOKEN.findall(text)))
    if len(text) <= MOST_BYTES:
        text = "".join(minimiser.without_pieces(list(text)))
    return text
