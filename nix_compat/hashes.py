"""Hashes: the algorithms Nix knows, and the notations of a hash.

======  ============================================
base16  hexadecimal digits
nix32   see `nixbase32`
base64  as usual; when read, the padding may be absent
sri     ``ALGORITHM-BASE64``
======  ============================================

Before the first three there may be ``ALGORITHM:``. Which of them it is, the length tells.

`hashlib` and `binascii` are imported when they are first used: many programs never hash anything.
"""

from __future__ import annotations

from nix_compat import nixbase32
from nix_compat.errors import BadHash, FormatError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

MD5: Final = "md5"
SHA1: Final = "sha1"
SHA256: Final = "sha256"
SHA512: Final = "sha512"
BLAKE3: Final = "blake3"
SIZES: Final = {BLAKE3: 32, MD5: 16, SHA1: 20, SHA256: 32, SHA512: 64}  # in bytes

BASE16: Final = "base16"
NIX32: Final = "nix32"
BASE64: Final = "base64"
SRI: Final = "sri"
FORMS: Final = (BASE16, NIX32, BASE64, SRI)

BASE64_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# What the messages about a notation call it.
CALLED: Final = {BASE16: "base16", NIX32: "nix32", BASE64: "Base64", SRI: "SRI"}


class Hash:
    """A hash and the algorithm it was made by."""

    def __init__(self, algorithm: str, digest: bytes) -> None:
        self.algorithm: Final = algorithm
        self.digest: Final = digest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hash):
            return NotImplemented
        return self.algorithm == other.algorithm and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return "Hash(" + self.render(SRI) + ")"

    def render(self, form: str, prefixed: bool = False) -> str:
        """In a notation; `prefixed`: with ``ALGORITHM:``, which SRI never has."""
        if form == SRI:
            return self.algorithm + "-" + encode_base64(self.digest)
        if form == BASE16:
            text = self.digest.hex()
        elif form == NIX32:
            text = nixbase32.encode(self.digest)
        else:
            text = encode_base64(self.digest)
        return self.algorithm + ":" + text if prefixed else text


class Hasher:
    """A hash of what is written to it; `size` counts the bytes."""

    def __init__(self, algorithm: str) -> None:
        self.algorithm: Final = algorithm
        self.size = 0
        self.update: Callable[[bytes], object]
        self.digest: Callable[[], bytes]
        if algorithm == BLAKE3:
            from blake3 import blake3

            state = blake3()
            self.update = state.update
            self.digest = state.digest
        else:
            import hashlib

            other = hashlib.new(check_algorithm(algorithm), usedforsecurity=False)
            self.update = other.update
            self.digest = other.digest

    def write(self, data: bytes) -> None:
        self.size += len(data)
        self.update(data)

    def finish(self) -> Hash:
        """The hash of all that was written so far."""
        return Hash(self.algorithm, self.digest())


def check_algorithm(name: str) -> str:
    """The name of an algorithm. Raises UsageError for any other."""
    if name not in SIZES:
        raise UsageError(
            "unknown hash algorithm '" + name + "', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'"
        )
    return name


def sha256(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(data).digest()


def digest(algorithm: str, data: bytes) -> bytes:
    """The hash of `data`. Raises UsageError for an unknown algorithm."""
    hasher = Hasher(algorithm)
    hasher.update(data)
    return hasher.digest()


def compress(data: bytes, size: int) -> bytes:
    """A shorter hash: byte `i` is the exclusive or of all bytes whose index is `i` modulo `size`."""
    number = 0
    at = 0
    while at < len(data):
        end = at + size
        number ^= int.from_bytes(data[at:end], "little")
        at = end
    return number.to_bytes(size, "little")


def encode_base64(data: bytes) -> str:
    import binascii

    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode_base64(text: str) -> bytes:
    """What comes before padding, which may be absent, as may bits for a whole byte; ignores LF.

    Raises FormatError for any other character; Nix means to quote it, and quotes nothing.
    """
    import binascii

    digits = text.partition("=")[0].replace("\n", "")
    wrong = digits.lstrip(BASE64_DIGITS)
    if wrong:
        raise FormatError("invalid character in Base64 string: ''", text.index(wrong[0]))
    missing = -len(digits) % 4
    if missing == 3:
        digits = digits[:-1]
        missing = 0
    return binascii.a2b_base64(digits + "=" * missing)


def decode_base16(text: str) -> bytes:
    """Raises FormatError for a character that is no digit, and for half a byte."""
    import binascii

    try:
        return binascii.unhexlify(text)
    except ValueError:
        wrong = text.lstrip("0123456789abcdefABCDEF")
        if not wrong:
            raise FormatError("odd number of digits in Base16 string", len(text)) from None
        raise FormatError("invalid character in Base16 string: ''", text.index(wrong[0])) from None


def algorithm_prefix(text: str) -> str | None:
    """What stands before ``:``, or else ``-``: the name of an algorithm, if the hash is one."""
    name, found, _ = text.partition(":")
    if not found:
        name, found, _ = text.partition("-")
    return name if found else None


def parse_any(text: str, algorithm: str | None = None) -> Hash:
    """A hash in any notation; `algorithm`: which it must be by, or is when it does not say.

    Raises BadHash, and UsageError for an unknown algorithm.
    """
    prefix = algorithm_prefix(text)
    if prefix is None:
        if algorithm is None:
            raise BadHash(
                "hash '" + text + "' does not include a type, nor is the type otherwise known from context"
            )
        return parse_unprefixed(text, algorithm)
    check_algorithm(prefix)
    if algorithm is not None and prefix != algorithm:
        raise BadHash("hash '" + text + "' should have type '" + algorithm + "'")
    rest = text[len(prefix) + 1 :]
    return parse_form(rest, prefix, SRI) if ":" not in text else parse_unprefixed(rest, prefix)


def parse_prefixed(text: str) -> Hash:
    """A hash in any notation that names its algorithm. Raises BadHash and UsageError."""
    if algorithm_prefix(text) is None:
        raise BadHash("hash '" + text + "' does not include a type")
    return parse_any(text)


def parse_sri(text: str) -> Hash:
    """Raises BadHash, and UsageError for an unknown algorithm."""
    prefix, found, rest = text.partition("-")
    if not found:
        raise BadHash("hash '" + text + "' is not SRI")
    return parse_form(rest, check_algorithm(prefix), SRI)


def parse_unprefixed(text: str, algorithm: str) -> Hash:
    """A hash in base16, nix32 or base64, as its length tells. Raises BadHash."""
    size = SIZES[algorithm]
    if len(text) == size * 2:
        form = BASE16
    elif len(text) == nixbase32.encoded_length(size):
        form = NIX32
    elif len(text) == (size + 2) // 3 * 4:
        form = BASE64
    else:
        raise BadHash("hash '" + text + "' has wrong length for hash algorithm '" + algorithm + "'")
    return parse_form(text, algorithm, form)


def parse_form(text: str, algorithm: str, form: str) -> Hash:
    """A hash in one notation, without a prefix. Raises BadHash.

    Characters that are no digits are reported as a hash of no length, as Nix does.
    """
    try:
        if form == BASE16:
            data = decode_base16(text)
        elif form == NIX32:
            data = nixbase32.decode(text)
        else:
            data = decode_base64(text)
    except FormatError:
        data = b""
    size = SIZES[algorithm]
    if len(data) != size:
        raise BadHash(f"invalid {CALLED[form]} hash '{text}', length {len(data)} != expected length {size}")
    return Hash(algorithm, data)


def parse_or_empty(text: str, algorithm: str | None, warn: Callable[[str], object]) -> Hash:
    """As `parse_any`; an empty text means zeros, of which `warn` is told. Raises BadHash."""
    if text:
        return parse_any(text, algorithm)
    if algorithm is None:
        raise BadHash("empty hash requires explicit hash algorithm")
    zeros = Hash(algorithm, bytes(SIZES[algorithm]))
    warn("found empty hash, assuming '" + zeros.render(SRI) + "'")
    return zeros
