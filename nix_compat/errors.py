"""What is wrong with a text or with bytes, in Nix's words. Messages are byte text."""

from __future__ import annotations


class FormatError(Exception):
    """Input that is not of its format.

    `offset`: how many bytes of the input come before the mistake; -1 where that says nothing.
    `frames`: what was being done, the innermost first, where Nix tells.
    """

    def __init__(self, message: str, offset: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.frames: list[str] = []

    def __str__(self) -> str:
        return self.message.encode("latin-1", "replace").decode("utf-8", "replace")


class BadHash(FormatError):
    """A hash whose notation or length is wrong."""


class UsageError(FormatError):
    """A word that is not one of those a format knows, such as the name of an algorithm."""


class BadStorePath(FormatError):
    """A path that is not one of a store."""


class BadStorePathName(FormatError):
    """A name that no path of a store can have."""


class InvalidDerivation(FormatError):
    """A derivation that says what cannot be: outputs of mixed kinds, a path that is not its own."""


class SerialisationError(FormatError):
    """Bytes on the wire, or of an archive, that break its rules."""


class EndOfFile(FormatError):
    """Bytes on the wire, or of an archive, that end too early."""
