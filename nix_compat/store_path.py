"""Store paths: ``/nix/store/HASH-NAME``, what they may be called, and how they are computed.

HASH is 20 bytes in nix32, NAME at most 211 characters of ``0-9a-zA-Z+-._?=``. A path is the text
``/nix/store/HASH-NAME`` everywhere in this package; ``HASH-NAME`` is its *base name*.
Specification: ``protocols/store-path.md`` in the manual of Nix.
"""

from __future__ import annotations

from nix_compat import content_address, hashes, nixbase32
from nix_compat.content_address import ContentAddress
from nix_compat.errors import BadStorePath, BadStorePathName, FormatError
from nix_compat.hashes import Hash
from nix_compat.paths import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

DEFAULT: Final = "/nix/store"
HASH_BYTES: Final = 20
HASH_LENGTH: Final = 32  # of its text
LONGEST_NAME: Final = 211
DERIVATION: Final = ".drv"
NAME_CHARACTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?="


def check_name(name: str) -> str:
    """The name of a store path, if it can be one. Raises BadStorePathName."""
    if not name:
        raise BadStorePathName("name must not be empty")
    if len(name) > LONGEST_NAME:
        raise BadStorePathName(f"name '{name}' must be no longer than {LONGEST_NAME} characters")
    if name[0] == ".":
        if name == "." or name == "..":
            raise BadStorePathName("name '" + name + "' is not valid")
        first = name.partition("-")[0]
        if (first == "." or first == "..") and len(first) < len(name):
            raise BadStorePathName(
                "name '" + name + "' is not valid: first dash-separated component must not be '" + first + "'"
            )
    if name.strip(NAME_CHARACTERS):
        wrong = name.lstrip(NAME_CHARACTERS)[0]
        raise BadStorePathName(
            "name '" + name + "' contains illegal character '" + wrong + "'", name.index(wrong)
        )
    return name


def check_base_name(base: str) -> str:
    """``HASH-NAME``, if it can be one. Raises BadStorePath."""
    if len(base) < HASH_LENGTH + 1:
        raise BadStorePath("'" + base + "' is too short to be a valid store path")
    wrong = base[:HASH_LENGTH].lstrip(nixbase32.DIGITS)
    if wrong:
        raise BadStorePath(
            "store path '" + base + "' contains illegal base-32 character '" + wrong[0] + "'",
            base.index(wrong[0]),
        )
    check_path_name(base, base[HASH_LENGTH + 1 :])
    return base


def check_path_name(base: str, name: str) -> None:
    try:
        check_name(name)
    except BadStorePathName as error:
        raise BadStorePath("path '" + base + "' is not a valid store path: " + error.message) from None


def output_path_name(derivation: str, output: str) -> str:
    """The name of the path of an output of a derivation."""
    return derivation if output == "out" else derivation + "-" + output


class StoreDir:
    """A store's folder, which is a part of all that is computed about its paths."""

    def __init__(self, path: str = DEFAULT) -> None:
        self.path: Final = path
        self.prefix: Final = path + "/"

    def parse(self, path: str) -> str:
        """A path in this store, canonical. Raises BadStorePath, and FormatError if it is not absolute."""
        prefix = self.prefix
        if not path.startswith(prefix) or path.find("/", len(prefix)) >= 0:
            clean = canonical(path)
            if not clean.startswith(prefix) or clean.find("/", len(prefix)) >= 0:
                raise BadStorePath('path "' + clean + '" is not in the Nix store')
            path = clean
        check_base_name(path[len(prefix) :])
        return path

    def is_top(self, path: str) -> bool:
        """Whether a text is the path of something in this store, not below it, written as usual."""
        prefix = self.prefix
        if not path.startswith(prefix):
            return False
        try:
            check_base_name(path[len(prefix) :])
        except BadStorePath:
            return False
        return True

    def join(self, base: str) -> str:
        """The path with a base name. Raises BadStorePath."""
        return self.prefix + check_base_name(base)

    def base_name(self, path: str) -> str:
        return path[len(self.prefix) :]

    def hash_part(self, path: str) -> str:
        start = len(self.prefix)
        return path[start : start + HASH_LENGTH]

    def name(self, path: str) -> str:
        return path[len(self.prefix) + HASH_LENGTH + 1 :]

    def derivation_name(self, path: str) -> str:
        """The name of the derivation that a ``.drv`` is. Raises BadStorePath for other paths."""
        name = self.name(path)
        if not name.endswith(DERIVATION):
            raise BadStorePath("store path '" + self.base_name(path) + "' is not a valid derivation path")
        return name[: len(name) - len(DERIVATION)]

    def make_path(self, type: str, hash: str, name: str) -> str:
        """The path made of a type, a hash with its algorithm, and a name. Raises BadStorePath."""
        text = type + ":" + hash + ":" + self.path + ":" + name
        short = hashes.compress(hashes.sha256(text.encode("latin-1")), HASH_BYTES)
        base = nixbase32.encode(short) + "-" + name
        check_path_name(base, name)
        return self.prefix + base

    def output_path(self, output: str, hash_modulo: str, derivation: str) -> str:
        """Of an input-addressed output; `hash_modulo` is in base 16. Raises BadStorePath."""
        return self.make_path(
            "output:" + output, "sha256:" + hash_modulo, output_path_name(derivation, output)
        )

    def text_path(self, name: str, digest: bytes, references: Iterable[str]) -> str:
        """Of a text with references; `digest`: its SHA-256. Raises BadStorePath."""
        return self.make_path(with_references("text", references, False), "sha256:" + digest.hex(), name)

    def fixed_output_path(
        self, name: str, method: str, hash: Hash, references: Iterable[str] = (), refers_to_self: bool = False
    ) -> str:
        """Of contents with a known hash. Raises BadStorePath, and FormatError where Nix has no such path."""
        if method == content_address.GIT and hash.algorithm not in (hashes.SHA1, hashes.SHA256):
            raise FormatError(
                "Git file ingestion must use SHA-1 or SHA-256 hash, but instead using: " + hash.algorithm
            )
        if method == content_address.NAR and hash.algorithm == hashes.SHA256:
            type = with_references("source", references, refers_to_self)
            return self.make_path(type, hash.render(hashes.BASE16, True), name)
        if refers_to_self or set(references):
            raise FormatError(
                "fixed output derivation '"
                + name
                + "' is not allowed to refer to other store paths.\nYou may need to use the"
                + " 'unsafeDiscardReferences' derivation attribute, see the manual for more details."
            )
        text = "fixed:out:" + content_address.PREFIXES[method] + hash.render(hashes.BASE16, True) + ":"
        return self.make_path("output:out", "sha256:" + hashes.sha256(text.encode("latin-1")).hex(), name)

    def content_addressed_path(
        self,
        name: str,
        address: ContentAddress,
        references: Iterable[str] = (),
        refers_to_self: bool = False,
    ) -> str:
        """Of a content address and references. Raises BadStorePath, and FormatError as above."""
        if address.method != content_address.TEXT:
            return self.fixed_output_path(name, address.method, address.hash, references, refers_to_self)
        if refers_to_self:
            raise FormatError("self-reference not allowed with text hashing")
        if address.hash.algorithm != hashes.SHA256:
            raise FormatError("a text has a SHA-256 hash, not one by " + address.hash.algorithm)
        return self.text_path(name, address.hash.digest, references)


def with_references(type: str, references: Iterable[str], refers_to_self: bool) -> str:
    """The type of a path, with all that is referred to."""
    text = ":".join([type, *sorted(set(references))])
    return text + ":self" if refers_to_self else text
