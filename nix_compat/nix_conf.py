"""The grammar of ``nix.conf``: lines ``name = value``, ``include FILE``, ``!include FILE``, comments.

Byte text throughout. A value is words, which come out with one space between them.
"""

from __future__ import annotations

from nix_compat.errors import FormatError, UsageError
from nix_compat.paths import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

DEEPEST_INCLUDE: Final = 100


def read_settings(
    text: str, path: str, read: Callable[[str], str | None], exists: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """The names and values in a file and those it includes, in their order.

    `path`: where the text is from. `read`: the text of a file, None if it can't be read. Raises
    FormatError, for a line that is not of the grammar UsageError.
    """
    found: list[tuple[str, str]] = []
    SettingsReader(read, exists).read_text(text, path, found, 0)
    return found


class SettingsReader:
    def __init__(self, read: Callable[[str], str | None], exists: Callable[[str], bool]) -> None:
        self.read: Final = read
        self.exists: Final = exists

    def read_text(self, text: str, path: str, found: list[tuple[str, str]], depth: int) -> None:
        if depth > DEEPEST_INCLUDE:
            raise FormatError('configuration files include each other: "' + path + '"')
        for whole in text.split("\n"):
            line = whole.partition("#")[0]
            words = split_blanks(line)
            if not words:
                continue
            is_include = words[0] == "include" or words[0] == "!include"
            if len(words) < 2 or (len(words) != 2 if is_include else words[1] != "="):
                raise UsageError("syntax error in configuration line '" + line + "' in \"" + path + '"')
            if is_include:
                self.include(words[1], path, words[0] == "!include", found, depth)
            else:
                found.append((words[0], " ".join(words[2:])))

    def include(self, name: str, path: str, optional: bool, found: list[tuple[str, str]], depth: int) -> None:
        if not name.startswith("/"):
            if not path.startswith("/"):
                raise FormatError('not an absolute path: "' + name + '"')
            name = path[: path.rfind("/") + 1] + name
        target = canonical(name)
        if self.exists(target):
            text = self.read(target)
            if text is not None:
                self.read_text(text, target, found, depth + 1)
        elif not optional:
            raise FormatError('file "' + target + '" included from "' + path + '" not found')


def split_blanks(text: str) -> list[str]:
    """Words, separated by ASCII blanks; byte text may hold what `str` takes for others."""
    text = text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
    return [word for word in text.split(" ") if word]
