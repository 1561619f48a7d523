"""Content addresses: what a store object's path is made of, when that is its contents.

Written ``text:ALGORITHM:HASH``, ``fixed:ALGORITHM:HASH``, ``fixed:r:ALGORITHM:HASH`` or
``fixed:git:ALGORITHM:HASH``, with the hash in nix32; when read, in any notation but SRI.
"""

from __future__ import annotations

from nix_compat import hashes
from nix_compat.errors import UsageError
from nix_compat.hashes import Hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# How contents become bytes to be hashed. TEXT is FLAT, but has references.
FLAT: Final = "flat"
NAR: Final = "nar"
GIT: Final = "git"
TEXT: Final = "text"

# What precedes the algorithm in the outputs of a derivation.
PREFIXES: Final = {FLAT: "", NAR: "r:", GIT: "git:", TEXT: "text:"}


class ContentAddress:
    """A hash, and the method by which contents became what was hashed."""

    def __init__(self, method: str, hash: Hash) -> None:
        self.method: Final = method
        self.hash: Final = hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ContentAddress):
            return NotImplemented
        return self.method == other.method and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return "ContentAddress(" + self.render() + ")"

    def render(self) -> str:
        return method_with_algorithm(self.method, self.hash.algorithm) + ":" + self.hash.render(hashes.NIX32)

    def method_and_algorithm(self) -> str:
        """As a derivation has it: ``r:sha256``."""
        return PREFIXES[self.method] + self.hash.algorithm


def method_with_algorithm(method: str, algorithm: str) -> str:
    """What precedes the hash of a content address: ``fixed:r:sha256``."""
    return ("" if method == TEXT else "fixed:") + PREFIXES[method] + algorithm


def check_method(name: str) -> str:
    """The name of a method. Raises UsageError for any other."""
    if name not in PREFIXES:
        raise UsageError("Unknown file ingestion method '" + name + "', expect `flat`, `nar`, or `git`")
    return name


def parse_method_prefix(text: str) -> tuple[str, str]:
    """The method that ``r:sha256`` begins with, and the rest."""
    for method in (NAR, GIT, TEXT):
        prefix = PREFIXES[method]
        if text.startswith(prefix):
            return method, text[len(prefix) :]
    return FLAT, text


def parse_method_with_algorithm(text: str) -> tuple[str, str]:
    """The method and algorithm of ``fixed:r:sha256``. Raises UsageError."""
    method, algorithm, _ = split(text + ":")
    return method, algorithm


def parse(text: str) -> ContentAddress:
    """Raises UsageError, and BadHash."""
    method, algorithm, rest = split(text)
    return ContentAddress(method, hashes.parse_unprefixed(rest, algorithm))


def split(text: str) -> tuple[str, str, str]:
    """The method, the algorithm, and what follows."""
    prefix, found, rest = text.partition(":")
    if not found:
        raise UsageError(
            "not a content address because it is not in the form '<prefix>:<rest>': " + text, len(text)
        )
    method = TEXT
    if prefix == "fixed":
        method = FLAT
        if rest.startswith("r:"):
            method = NAR
        elif rest.startswith("git:"):
            method = GIT
        rest = rest[len(PREFIXES[method]) :]
    elif prefix != "text":
        raise UsageError(
            "content address prefix '"
            + prefix
            + "' is unrecognized. Recogonized prefixes are 'text' or 'fixed'",
            0,
        )
    algorithm, found, rest = rest.partition(":")
    if not found:
        raise UsageError(
            "content address hash must be in form '<algo>:<hash>', but found: " + text, len(text)
        )
    return method, hashes.check_algorithm(algorithm), rest
