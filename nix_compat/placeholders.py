"""Placeholders: what stands for the path of an output while that cannot be known.

They look like ``/HASH``, with a SHA-256 in nix32, and are replaced before something is built.
"""

from __future__ import annotations

from nix_compat import hashes, nixbase32
from nix_compat.store_path import DERIVATION, HASH_BYTES, StoreDir, output_path_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


def hash_placeholder(output: str) -> str:
    """What a derivation has for its own output."""
    return "/" + nixbase32.encode(hashes.sha256(("nix-output:" + output).encode("latin-1")))


class DownstreamPlaceholder:
    """What a derivation has for an output of another that is built before its path is known."""

    def __init__(self, clear_text: str) -> None:
        self.digest: Final = hashes.sha256(clear_text.encode("latin-1"))

    def render(self) -> str:
        return "/" + nixbase32.encode(self.digest)


def unknown_output(store: StoreDir, derivation_path: str, output: str) -> DownstreamPlaceholder:
    """For an output that will be content-addressed."""
    name = store.name(derivation_path)
    name = name[: len(name) - len(DERIVATION)]
    return DownstreamPlaceholder(
        "nix-upstream-output:" + store.hash_part(derivation_path) + ":" + output_path_name(name, output)
    )


def unknown_derivation(producer: DownstreamPlaceholder, output: str) -> DownstreamPlaceholder:
    """For an output of a derivation that itself is an output: `producer` stands for that."""
    short = hashes.compress(producer.digest, HASH_BYTES)
    return DownstreamPlaceholder("nix-computed-output:" + nixbase32.encode(short) + ":" + output)
