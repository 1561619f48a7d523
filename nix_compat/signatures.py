"""Keys and signatures of what binary caches serve: Ed25519, written ``NAME:BASE64``.

A secret key is 64 bytes, of which the first 32 are the seed and the others the public key; a signature
is 64 bytes. Texts are byte text.
"""

from __future__ import annotations

from nix_compat import hashes
from nix_compat.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SEED_SIZE: Final = 32
PUBLIC_SIZE: Final = 32
SECRET_SIZE: Final = 64
SIGNATURE_SIZE: Final = 64


def parse_named(text: str, kind: str) -> tuple[str, bytes]:
    """A name and bytes. Raises FormatError."""
    name, _, rest = text.partition(":")
    data = hashes.decode_base64(rest) if name else b""
    if not data:
        raise FormatError(kind + " is corrupt")
    return name, data


class Signature:
    """A signature, which may be of any length, and the name of the key it was made with."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name: Final = name
        self.data: Final = data

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Signature):
            return NotImplemented
        return self.name == other.name and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def render(self) -> str:
        return self.name + ":" + hashes.encode_base64(self.data)

    def order(self) -> tuple[str, bytes]:
        """What signatures are sorted by."""
        return self.name, self.data


def parse_signature(text: str) -> Signature:
    """Raises FormatError."""
    name, data = parse_named(text, "signature")
    return Signature(name, data)


class PublicKey:
    def __init__(self, name: str, data: bytes) -> None:
        self.name: Final = name
        self.data: Final = data

    def render(self) -> str:
        return self.name + ":" + hashes.encode_base64(self.data)

    def verify(self, text: str, signature: Signature) -> bool:
        """Whether a signature is by this key, and of this text.

        Raises FormatError if it is said to be by this key, but has the wrong length.
        """
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if signature.name != self.name:
            return False
        if len(signature.data) != SIGNATURE_SIZE:
            raise FormatError("signature is not valid")
        try:
            Ed25519PublicKey.from_public_bytes(self.data).verify(signature.data, text.encode("latin-1"))
        except InvalidSignature:
            return False
        return True


def parse_public_key(text: str) -> PublicKey:
    """Raises FormatError."""
    try:
        name, data = parse_named(text, "key")
    except FormatError as error:
        error.frames.append("while decoding key named '' with raw value '" + text + "'")
        raise
    if len(data) != PUBLIC_SIZE:
        raise FormatError("public key is not valid")
    return PublicKey(name, data)


class SecretKey:
    def __init__(self, name: str, data: bytes) -> None:
        self.name: Final = name
        self.data: Final = data

    def render(self) -> str:
        return self.name + ":" + hashes.encode_base64(self.data)

    def public_key(self) -> PublicKey:
        return PublicKey(self.name, self.data[SEED_SIZE:])

    def sign(self, text: str) -> Signature:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(self.data[:SEED_SIZE])
        return Signature(self.name, key.sign(text.encode("latin-1")))


def parse_secret_key(text: str) -> SecretKey:
    """Raises FormatError, which does not quote the key."""
    try:
        name, data = parse_named(text, "key")
    except FormatError as error:
        error.frames.append("while decoding key named ''")
        raise
    if len(data) != SECRET_SIZE:
        raise FormatError("secret key is not valid")
    return SecretKey(name, data)


def generate_secret_key(name: str) -> SecretKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return SecretKey(name, key.private_bytes_raw() + key.public_key().public_bytes_raw())
