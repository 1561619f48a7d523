"""The small files in which a store in a folder keeps what it knows of its paths.

Lines ``Name: value`` as in ``.narinfo`` files, hashes in base 16; the last is the SHA-256 of those
before it. Paths are without their folder::

    StorePath: HASH-NAME
    NarHash: sha256:…
    NarSize: 120
    References: HASH-NAME HASH-NAME
    Deriver: HASH-NAME          (if known)
    CA: fixed:r:sha256:…        (if content-addressed)
    Checksum: …
"""

from __future__ import annotations

from nix_compat import content_address, hashes
from nix_compat.errors import FormatError
from nix_compat.store_path import StoreDir
from tvix_glue.store import PathInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

CHECKSUM: Final = "Checksum: "


def render(info: PathInfo, store: StoreDir) -> bytes:
    lines = [
        "StorePath: " + store.base_name(info.path),
        "NarHash: " + info.nar_hash.render(hashes.BASE16, True),
        f"NarSize: {info.nar_size}",
        "References: " + " ".join([store.base_name(each) for each in sorted(info.references)]),
    ]
    if info.deriver:
        lines.append("Deriver: " + store.base_name(info.deriver))
    if info.address is not None:
        address = info.address
        prefix = content_address.method_with_algorithm(address.method, address.hash.algorithm)
        lines.append("CA: " + prefix + ":" + address.hash.render(hashes.BASE16))
    text = "\n".join(lines) + "\n"
    return (text + CHECKSUM + checksum(text) + "\n").encode("latin-1")


def checksum(text: str) -> str:
    return hashes.sha256(text.encode("latin-1")).hex()


def parse(data: bytes, store: StoreDir) -> PathInfo:
    """Raises FormatError for what `render` does not make."""
    text = data.decode("latin-1")
    end = text.rfind(CHECKSUM)
    if end < 0 or text[end:] != CHECKSUM + checksum(text[:end]) + "\n":
        raise FormatError("its checksum is wrong")
    fields: dict[str, str] = {}
    for line in text[:end].splitlines():
        name, _, value = line.partition(": ")
        fields[name] = value
    try:
        return PathInfo(
            store.join(fields["StorePath"]),
            frozenset([store.join(each) for each in fields["References"].split()]),
            hashes.parse_prefixed(fields["NarHash"]),
            int(fields["NarSize"]),
            content_address.parse(fields["CA"]) if "CA" in fields else None,
            store.join(fields["Deriver"]) if "Deriver" in fields else "",
        )
    except (KeyError, ValueError):
        raise FormatError("its fields are not those of a path") from None
