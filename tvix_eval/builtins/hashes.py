"""Builtins that hash, and convert hashes."""

from __future__ import annotations

from nix_compat import hashes
from nix_compat.errors import FormatError
from nix_compat.hashes import Hash
from nix_compat.placeholders import hash_placeholder
from tvix_eval.builtins.features import require_feature
from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.errors import UsageError
from tvix_eval.formats import from_format_error
from tvix_eval.vm.force import force_attrs, force_string, force_string_no_context, get_attr
from tvix_eval.vm.machine import session
from tvix_eval.vm.values import MISSING, Builtin


def check_algorithm(name: str) -> str:
    """The name of a hash algorithm, if it is one that may be used."""
    if name == hashes.BLAKE3:
        require_feature("blake3-hashes")
    try:
        return hashes.check_algorithm(name)
    except FormatError as error:
        raise from_format_error(error) from None


def parse_hash(text: str, algorithm: str | None) -> Hash:
    """A hash in any notation; `algorithm`: which it must be by. Raises NixError."""
    if hashes.algorithm_prefix(text) == hashes.BLAKE3:
        require_feature("blake3-hashes")
    try:
        return hashes.parse_any(text, algorithm)
    except FormatError as error:
        raise from_format_error(error) from None


def hash_string(a: object, b: object) -> object:
    algorithm = check_algorithm(
        force_string_no_context(a, 0, "while evaluating the first argument passed to builtins.hashString")
    )
    text = force_string(b, 0, "while evaluating the second argument passed to builtins.hashString")
    return hashes.digest(algorithm, text.encode("latin-1")).hex()


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
        kind = hashes.NIX32
    if kind not in hashes.FORMS:
        raise UsageError("unknown hash format '" + kind + "', expect 'base16', 'base32', 'base64', or 'sri'")
    return parse_hash(text, algorithm).render(kind)


def placeholder(a: object) -> object:
    why = "while evaluating the first argument passed to builtins.placeholder"
    output = force_string_no_context(a, 0, why)
    return hash_placeholder(output)


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
