"""The ``.narinfo`` files of binary caches: lines ``Name: value`` about a store path and its archive."""

from __future__ import annotations

from nix_compat import content_address, hashes
from nix_compat.content_address import ContentAddress
from nix_compat.errors import BadHash, FormatError
from nix_compat.hashes import Hash
from nix_compat.signatures import PublicKey, SecretKey, Signature, parse_signature
from nix_compat.store_path import StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DEFAULT_COMPRESSION: Final = "bzip2"
UNKNOWN_DERIVER: Final = "unknown-deriver"
MOST: Final = (1 << 64) - 1
NO_HASH: Final = Hash(hashes.SHA256, bytes(32))


class NarInfo:
    """What a cache says of a store path. Sizes are in bytes.

    `path`, `references`, `deriver` ("" if unknown) are store paths. `file_hash` and `file_size` are of
    the compressed archive at `url`, None and 0 if unknown.
    """

    def __init__(self, path: str, nar_hash: Hash, nar_size: int) -> None:
        self.path = path
        self.nar_hash = nar_hash
        self.nar_size = nar_size
        self.url = ""
        self.compression = ""
        self.file_hash: Hash | None = None
        self.file_size = 0
        self.references: set[str] = set()
        self.deriver = ""
        self.signatures: set[Signature] = set()
        self.address: ContentAddress | None = None

    def render(self, store: StoreDir) -> str:
        """The file. What is not known of the compressed archive is left out; caches of Nix have it."""
        lines = ["StorePath: " + self.path, "URL: " + self.url]
        if self.compression:
            lines.append("Compression: " + self.compression)
        if self.file_hash is not None:
            lines.append("FileHash: " + self.file_hash.render(hashes.NIX32, True))
            lines.append(f"FileSize: {self.file_size}")
        lines += [
            "NarHash: " + self.nar_hash.render(hashes.NIX32, True),
            f"NarSize: {self.nar_size}",
            "References: " + " ".join([store.base_name(path) for path in sorted(self.references)]),
        ]
        if self.deriver:
            lines.append("Deriver: " + store.base_name(self.deriver))
        for name, data in sorted([signature.order() for signature in self.signatures]):
            lines.append("Sig: " + Signature(name, data).render())
        if self.address is not None:
            lines.append("CA: " + self.address.render())
        return "\n".join(lines) + "\n"

    def fingerprint(self) -> str:
        """What is signed. Raises FormatError if the size is unknown."""
        if not self.nar_size:
            raise FormatError(
                "cannot calculate fingerprint of path '" + self.path + "' because its size is not known"
            )
        hash = self.nar_hash.render(hashes.NIX32, True)
        return f"1;{self.path};{hash};{self.nar_size};" + ",".join(sorted(self.references))

    def sign(self, key: SecretKey) -> None:
        """Add a signature. Raises FormatError if the size is unknown."""
        self.signatures.add(key.sign(self.fingerprint()))

    def count_valid_signatures(self, keys: dict[str, PublicKey]) -> int:
        """How many signatures are by one of these keys, by name. Raises FormatError."""
        text = self.fingerprint()
        count = 0
        for signature in self.signatures:
            key = keys.get(signature.name)
            if key is not None and key.verify(text, signature):
                count += 1
        return count


def parse_narinfo(text: str, store: StoreDir, whence: str) -> NarInfo:
    """A file; `whence`: what errors call it. Raises FormatError.

    Lines with other names are ignored. Like Nix, takes exactly two characters for ``": "``.
    """
    info = NarInfo("", NO_HASH, 0)
    has_hash = False
    line = 1
    at = 0
    while at < len(text):
        colon = text.find(":", at)
        if colon < 0:
            raise corrupt(whence, f"expecting ':' at line {line}", at)
        start = colon + 2
        end = text.find("\n", start)
        if end < 0:
            raise corrupt(whence, f"expecting '\\n' at line {line}", at)
        name = text[at:colon]
        value = text[start:end]
        if name == "StorePath":
            info.path = store.parse(value)
        elif name == "URL":
            info.url = value
        elif name == "Compression":
            info.compression = value
        elif name == "FileHash":
            info.file_hash = parse_hash(value, whence, line, at)
        elif name == "FileSize":
            info.file_size = parse_size(name, value, whence, line, at)
        elif name == "NarHash":
            info.nar_hash = parse_hash(value, whence, line, at)
            has_hash = True
        elif name == "NarSize":
            info.nar_size = parse_size(name, value, whence, line, at)
        elif name == "References":
            if info.references:
                raise corrupt(whence, f"extra References at line {line}", at)
            info.references = {store.join(each) for each in value.split(" ") if each}
        elif name == "Deriver":
            if value != UNKNOWN_DERIVER:
                info.deriver = store.join(value)
        elif name == "Sig":
            info.signatures.add(parse_signature(value))
        elif name == "CA":
            if info.address is not None:
                raise corrupt(whence, f"extra CA at line {line}", at)
            info.address = content_address.parse(value) if value else None
        at = end + 1
        line += 1
    if not info.compression:
        info.compression = DEFAULT_COMPRESSION
    if not info.path:
        raise corrupt(whence, "StorePath missing", -1)
    if not has_hash:
        raise corrupt(whence, "NarHash missing", -1)
    if not info.url:
        raise corrupt(whence, "URL missing", -1)
    if not info.nar_size:
        raise corrupt(whence, "NarSize missing or zero", -1)
    return info


def corrupt(whence: str, problem: str, offset: int) -> FormatError:
    return FormatError("NAR info file '" + whence + "' is corrupt: " + problem, offset)


def parse_hash(value: str, whence: str, line: int, offset: int) -> Hash:
    try:
        return hashes.parse_prefixed(value)
    except BadHash:
        raise corrupt(whence, f"bad hash at line {line}", offset) from None


def parse_size(name: str, value: str, whence: str, line: int, offset: int) -> int:
    digits = value.removeprefix("+")
    if digits.isascii() and digits.isdigit() and len(digits) <= 4000:
        number = int(digits)
        if number <= MOST:
            return number
    raise corrupt(whence, f"invalid {name} at line {line}", offset)
