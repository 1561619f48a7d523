"""Builtins that hash, and the notations of hashes."""

from __future__ import annotations

from tvix_eval.builtins.features import require_feature
from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.errors import NixError, UsageError
from tvix_eval.vm.force import force_attrs, force_string, force_string_no_context, get_attr
from tvix_eval.vm.machine import session
from tvix_eval.vm.values import MISSING, Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SIZES: Final = {"blake3": 32, "md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
NIX32: Final = "0123456789abcdfghijklmnpqrsvwxyz"
BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
FORMATS: Final = ("base16", "nix32", "base64", "sri")


def check_algorithm(name: str) -> str:
    """The name of a hash algorithm, if it is one that may be used."""
    if name == "blake3":
        require_feature("blake3-hashes")
    elif name not in SIZES:
        raise UsageError(
            "unknown hash algorithm '" + name + "', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'"
        )
    return name


def digest(algorithm: str, data: bytes) -> bytes:
    if algorithm == "blake3":
        from blake3 import blake3

        return blake3(data).digest()
    import hashlib

    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def encode_nix32(data: bytes) -> str:
    """Nix's base 32: its own digits, the least significant last."""
    number = int.from_bytes(data, "little")
    count = (len(data) * 8 + 4) // 5
    return "".join([NIX32[number >> 5 * at & 31] for at in range(count - 1, -1, -1)])


def decode_nix32(text: str) -> bytes:
    """Raises ValueError."""
    number = 0
    for character in text:
        number = number << 5 | NIX32.index(character)
    return number.to_bytes(max(len(text) * 5 // 8, (number.bit_length() + 7) // 8), "little")


def decode_base64(text: str) -> bytes:
    """What comes before padding; that may be absent. Raises ValueError."""
    number = 0
    bits = 0
    for character in text.partition("=")[0].replace("\n", ""):
        number = number << 6 | BASE64.index(character)
        bits += 6
    return (number >> bits % 8).to_bytes(bits // 8, "big")


def decode(text: str, kind: str) -> bytes:
    try:
        if kind == "base16":
            return bytes.fromhex(text)
        if kind == "nix32":
            return decode_nix32(text)
        return decode_base64(text)
    except ValueError:
        return b""


def parse_hash(original: str, wanted: str | None) -> tuple[str, bytes]:
    """The algorithm and bytes of a hash in any notation. Raises NixError."""
    separator = ":" if ":" in original else "-"
    prefix, found, rest = original.partition(separator)
    if found:
        algorithm = check_algorithm(prefix)
        if wanted is not None and wanted != algorithm:
            raise NixError("hash '" + original + "' should have type '" + wanted + "'")
    elif wanted is not None:
        algorithm = wanted
        rest = original
    else:
        raise NixError(
            "hash '" + original + "' does not include a type, nor is the type otherwise known from context"
        )
    size = SIZES[algorithm]
    if found and separator == "-":
        kind = "SRI"
    elif len(rest) == size * 2:
        kind = "base16"
    elif len(rest) == (size * 8 + 4) // 5:
        kind = "nix32"
    elif len(rest) == (size + 2) // 3 * 4:
        kind = "Base64"
    else:
        raise NixError("hash '" + rest + "' has wrong length for hash algorithm '" + algorithm + "'")
    data = decode(rest, kind)
    if len(data) != size:
        raise NixError(f"invalid {kind} hash '{rest}', length {len(data)} != expected length {size}")
    return algorithm, data


def format_hash(algorithm: str, data: bytes, kind: str) -> str:
    if kind == "base16":
        return data.hex()
    if kind == "nix32":
        return encode_nix32(data)
    import binascii

    text = binascii.b2a_base64(data, newline=False).decode("ascii")
    return algorithm + "-" + text if kind == "sri" else text


def hash_string(a: object, b: object) -> object:
    algorithm = check_algorithm(
        force_string_no_context(a, 0, "while evaluating the first argument passed to builtins.hashString")
    )
    text = force_string(b, 0, "while evaluating the second argument passed to builtins.hashString")
    return digest(algorithm, text.encode("latin-1")).hex()


def convert_hash(a: object) -> object:
    attrs = force_attrs(a, 0, "while evaluating the first argument passed to builtins.convertHash")
    place = get_attr(attrs, "hash", "while locating the attribute 'hash'")
    text = force_string_no_context(place, 0, "while evaluating the attribute 'hash'")
    algorithm: str | None = None
    place = attrs.place("hashAlgo")
    if place is not MISSING:
        algorithm = check_algorithm(
            force_string_no_context(place, 0, "while evaluating the attribute 'hashAlgo'")
        )
    place = get_attr(attrs, "toHashFormat", "while locating the attribute 'toHashFormat'")
    kind = force_string_no_context(place, 0, "while evaluating the attribute 'toHashFormat'")
    if kind == "base32":
        session().emit("warning", '"base32" is a deprecated alias for hash format "nix32".')
        kind = "nix32"
    if kind not in FORMATS:
        raise UsageError("unknown hash format '" + kind + "', expect 'base16', 'base32', 'base64', or 'sri'")
    algorithm, data = parse_hash(text, algorithm)
    return format_hash(algorithm, data, kind)


def placeholder(a: object) -> object:
    why = "while evaluating the first argument passed to builtins.placeholder"
    output = force_string_no_context(a, 0, why)
    return "/" + encode_nix32(digest("sha256", ("nix-output:" + output).encode("latin-1")))


def hash_builtins() -> list[Builtin]:
    return [
        Builtin(
            "hashString",
            ["type", "s"],
            Function2(hash_string),
            'The hash of a string, in base 16, by the algorithm *type*: `"md5"`, `"sha1"`, `"sha256"` or `"sha512"`.',
        ),
        Builtin(
            "convertHash",
            ["args"],
            Function1(convert_hash),
            "A `hash` in the notation `toHashFormat`: `base16`, `nix32`, `base64` or `sri`. "
            "`hashAlgo` says by which algorithm it was made, if the hash itself does not.",
        ),
        Builtin(
            "placeholder",
            ["output"],
            Function1(placeholder),
            "A string that the builder of a derivation finds replaced by the path of its *output*.",
        ),
    ]
