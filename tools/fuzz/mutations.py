"""Real files with something wrong in them.

The mutant of a number depends on the seed, the number and the files alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from verify_lang_tests.shrinker import TOKEN

LARGEST: Final = 12_000  # bytes of a file that is taken
MOST_CHANGES: Final = 3
ODD_BYTES: Final = "\0\t\r\n \"'$\\{}[]();:,.?@+-*/<>=!&|~#_aZ09\x0b\x7f\x80\xa0\xc2\xe9\xff"


def find_files(folders: list[Path]) -> list[Path]:
    """The files of Nix in some folders that are not too large, in order of their paths."""
    found: list[Path] = []
    for folder in folders:
        for path in sorted(folder.rglob("*.nix")):
            if path.is_file() and path.stat().st_size <= LARGEST:
                found.append(path)
    return found


class Mutator:
    """Makes mutants of some files, which must not be none."""

    def __init__(self, files: list[Path], seed: int) -> None:
        self.files: Final = files
        self.seed: Final = seed
        self.random = random.Random()
        self.changes: Final[tuple[Callable[[str], str], ...]] = (
            self.delete_tokens,
            self.repeat_tokens,
            self.swap_tokens,
            self.move_token,
            self.insert_foreign_token,
            self.change_byte,
            self.insert_byte,
            self.delete_bytes,
            self.truncate,
            self.splice,
        )

    def mutant(self, number: int) -> str:
        """Byte text."""
        self.random = random.Random(f"{self.seed}:{number}")
        text = self.some_file()
        for _ in range(self.random.randint(1, MOST_CHANGES)):
            text = self.random.choice(self.changes)(text)
        return text

    def some_file(self) -> str:
        return self.random.choice(self.files).read_bytes().decode("latin-1")

    def at(self, items: list[str] | str) -> int:
        return self.random.randrange(max(len(items), 1))

    def few(self) -> int:
        return self.random.choice((1, 1, 1, 2, 3, 8))

    # Changes of tokens. Blanks are tokens, too.

    def delete_tokens(self, text: str) -> str:
        tokens = TOKEN.findall(text)
        at = self.at(tokens)
        del tokens[at : at + self.few()]
        return "".join(tokens)

    def repeat_tokens(self, text: str) -> str:
        tokens = TOKEN.findall(text)
        at = self.at(tokens)
        end = at + self.few()
        return "".join(tokens[:end] + tokens[at:])

    def swap_tokens(self, text: str) -> str:
        tokens = TOKEN.findall(text)
        if tokens:
            one, other = self.at(tokens), self.at(tokens)
            tokens[one], tokens[other] = tokens[other], tokens[one]
        return "".join(tokens)

    def move_token(self, text: str) -> str:
        tokens = TOKEN.findall(text)
        if tokens:
            token = tokens.pop(self.at(tokens))
            tokens.insert(self.at(tokens), token)
        return "".join(tokens)

    def insert_foreign_token(self, text: str) -> str:
        tokens = TOKEN.findall(text)
        foreign = TOKEN.findall(self.some_file())
        if foreign:
            tokens.insert(self.at(tokens), self.random.choice(foreign))
        return "".join(tokens)

    # Changes of bytes.

    def some_byte(self) -> str:
        if self.random.random() < 0.5:
            return self.random.choice(ODD_BYTES)
        return chr(self.random.randrange(256))

    def change_byte(self, text: str) -> str:
        at = self.at(text)
        return text[:at] + self.some_byte() + text[at + 1 :]

    def insert_byte(self, text: str) -> str:
        at = self.at(text)
        return text[:at] + self.some_byte() + text[at:]

    def delete_bytes(self, text: str) -> str:
        at = self.at(text)
        end = at + self.few()
        return text[:at] + text[end:]

    def truncate(self, text: str) -> str:
        return text[: self.at(text)]

    def splice(self, text: str) -> str:
        other = self.some_file()
        return text[: self.at(text)] + other[self.at(other) :]
