"""``python tools/fuzz_formats.py --seconds N``: mutated and random bytes into every reader of `nix_compat`.

A reader may raise `FormatError` and nothing else, and what it accepts must come out again as it says
it does. Ends with exit code 1 at the first input that breaks this, which is printed with its seed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

if __package__ in (None, ""):
    sys.path.insert(0, os.environ.get("PYTHONPATH") or str(Path(__file__).resolve().parent.parent))

from nix_compat import (  # noqa: E402
    aterm,
    aterm_reader,
    content_address,
    derivation_json,
    hashes,
    json_text,
    narinfo,
    nix_conf,
    nixbase32,
    signatures,
)
from nix_compat.derivation import Derivation  # noqa: E402
from nix_compat.errors import FormatError  # noqa: E402
from nix_compat.nar.format import Directory, DirectoryEnd, File, Symlink  # noqa: E402
from nix_compat.nar.listing import list_archive  # noqa: E402
from nix_compat.nar.reader import NarReader  # noqa: E402
from nix_compat.nar.writer import NarWriter  # noqa: E402
from nix_compat.store_path import StoreDir  # noqa: E402
from nix_compat.wire import ByteSource  # noqa: E402

SAMPLES: Final = Path(__file__).resolve().parent.parent / "tests" / "nix_compat" / "derivations"
STORE: Final = StoreDir()
PATH: Final = "/nix/store/xpcvxsx5sw4rbq666blz6sxqlmsqphmr-foo"
HASH: Final = "sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
ALPHABET: Final = b'"\\()[]{},:;=-/. \n\r\t\0\xff0123456789abcdefDerivSha256null'


def derivation(data: bytes) -> None:
    text = data.decode("latin-1")
    drv = aterm_reader.read_derivation(text, "foo", STORE)
    written = aterm.write_derivation(drv, STORE)
    if not is_plain(drv):
        return
    again = aterm.write_derivation(aterm_reader.read_derivation(written, "foo", STORE), STORE)
    assert written == again


def is_plain(drv: Derivation) -> bool:
    """Whether what is written without escapes, as in Nix, needs none."""
    texts = [drv.platform, *drv.outputs, *drv.input_srcs, *drv.input_drvs]
    nodes = list(drv.input_drvs.values())
    while nodes:
        node = nodes.pop()
        texts += [*node.outputs, *node.dynamic]
        nodes += node.dynamic.values()
    return not set("".join(texts)) & set('"\\\n\r\t')


def derivation_as_json(data: bytes) -> None:
    value = json_text.loads(data.decode("latin-1"))
    drv = derivation_json.from_json(value, STORE)
    shown = json_text.dumps(derivation_json.to_json(drv, STORE))
    again = derivation_json.from_json(json_text.loads(shown), STORE)
    assert json_text.dumps(derivation_json.to_json(again, STORE)) == shown


def source(data: bytes) -> ByteSource:
    view = memoryview(data)
    at = 0

    def read(most: int) -> bytes:
        nonlocal at
        block = bytes(view[at : at + most])
        at += len(block)
        return block

    return ByteSource(read)


def archive(data: bytes) -> None:
    reader = NarReader(source(data))
    parts: list[bytes] = []
    writer = NarWriter(parts.append)
    event = reader.next()
    while event is not None:
        if isinstance(event, Directory):
            writer.directory(event.name)
        elif isinstance(event, DirectoryEnd):
            writer.end()
        elif isinstance(event, File):
            writer.file(event.name, event.executable, event.size)
            block = reader.contents()
            while block:
                writer.contents(block)
                block = reader.contents()
        elif isinstance(event, Symlink):
            writer.symlink(event.name, event.target)
        event = reader.next()
    assert data.startswith(b"".join(parts))


def listing(data: bytes) -> None:
    list_archive(NarReader(source(data)))


def info(data: bytes) -> None:
    parsed = narinfo.parse_narinfo(data.decode("latin-1"), STORE, "fuzz")
    again = narinfo.parse_narinfo(parsed.render(STORE), STORE, "fuzz")
    assert again.render(STORE) == parsed.render(STORE)


def configuration(data: bytes) -> None:
    nix_conf.read_settings(data.decode("latin-1"), "/etc/nix/nix.conf", lambda path: None, lambda path: False)


def hash_text(data: bytes) -> None:
    text = data.decode("latin-1")
    for algorithm in (None, "sha256", "sha1", "md5", "sha512", "blake3"):
        try:
            found = hashes.parse_any(text, algorithm)
        except FormatError:
            continue
        assert hashes.parse_any(found.render(hashes.SRI)).digest == found.digest


def base32(data: bytes) -> None:
    text = data.decode("latin-1")
    decoded = nixbase32.decode(text)
    if nixbase32.encoded_length(len(decoded)) == len(text):
        assert nixbase32.encode(decoded) == text


def store_path(data: bytes) -> None:
    text = data.decode("latin-1")
    path = STORE.parse(text)
    assert STORE.parse(path) == path


def address(data: bytes) -> None:
    found = content_address.parse(data.decode("latin-1"))
    assert content_address.parse(found.render()) == found


def signature(data: bytes) -> None:
    text = data.decode("latin-1")
    for parse in (signatures.parse_signature, signatures.parse_public_key, signatures.parse_secret_key):
        try:
            assert parse(text).render()
        except FormatError:
            pass


def sample_archive() -> bytes:
    parts: list[bytes] = []
    writer = NarWriter(parts.append)
    writer.directory(b"")
    writer.file(b"a", True, 5)
    writer.contents(b"hello")
    writer.directory(b"b")
    writer.symlink(b"l", b"../a")
    writer.file(b"z", False, 9)
    writer.contents(b"123456789")
    writer.end()
    writer.end()
    return b"".join(parts)


def sample_info() -> bytes:
    return (
        f"StorePath: {PATH}\nURL: nar/{HASH[7:]}.nar.xz\nCompression: xz\nFileHash: {HASH}\nFileSize: 1\n"
        f"NarHash: {HASH}\nNarSize: 120\nReferences: {PATH[11:]}\nDeriver: {PATH[11:]}.drv\n"
        "Sig: key:kL8Kv9eJKoKyO0FfmFmUBNnpQbAnzYdDGpM6YVEs0jeh/jQyjtBPsB+HNoHeoyBQUeJyAWJpy+Zv+Y3qvxGYBQ==\n"
        f"CA: fixed:r:{HASH}\n"
    ).encode()


def targets() -> dict[str, tuple[Callable[[bytes], None], list[bytes]]]:
    drvs = [path.read_bytes() for path in sorted(SAMPLES.glob("*.drv"))]
    shown = json.loads((SAMPLES / "show.json").read_text())
    whole = [json.dumps(each).encode() for each in shown.get("derivations", shown).values()]
    nar = sample_archive()
    return {
        "derivation": (derivation, drvs),
        "derivation as JSON": (derivation_as_json, whole),
        "archive": (archive, [nar]),
        "listing": (listing, [nar]),
        "narinfo": (info, [sample_info()]),
        "nix.conf": (configuration, [b"a = b # c\nextra-a = d\n!include y\n"]),
        "hash": (hash_text, [HASH.encode(), b"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]),
        "nix32": (base32, [HASH[7:].encode()]),
        "store path": (store_path, [PATH.encode()]),
        "content address": (address, [b"fixed:r:" + HASH.encode(), b"text:" + HASH.encode()]),
        "signature": (signature, [sample_info().split(b"Sig: ")[1].split(b"\n")[0]]),
    }


def mutated(samples: list[bytes], chance: random.Random) -> bytes:
    """A sample with some damage; now and then bytes out of nothing."""
    if chance.random() < 0.05:
        return bytes(chance.choices(ALPHABET, k=chance.randrange(60)))
    data = bytearray(chance.choice(samples))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 8, 64)))
        kind = chance.randrange(7)
        if kind == 0:
            data[at:end] = b""
        elif kind == 1:
            data[at:end] = bytes(chance.choices(ALPHABET, k=end - at))
        elif kind == 2 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 3:
            data[at:at] = data[at:end] * chance.choice((1, 2, 40))
        elif kind == 4:
            other = chance.choice(samples)
            start = chance.randrange(len(other) + 1)
            data[at:end] = other[start : start + chance.randrange(200)]
        elif kind == 5:
            del data[at:]
        else:
            data[at:at] = bytes(chance.choices(ALPHABET, k=chance.choice((1, 3, 9))))
    return bytes(data)


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutated and random bytes into every reader of nix_compat.")
    parser.add_argument("--seconds", type=float, default=60, help="split over the formats")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = targets()
    for name, (read, samples) in found.items():
        end = time.monotonic() + options.seconds / len(found)
        count = accepted = 0
        while time.monotonic() < end:
            seed = f"{options.seed}:{name}:{count}"
            data = mutated(samples, random.Random(seed))
            count += 1
            try:
                read(data)
                accepted += 1
            except FormatError:
                pass
            except Exception:  # anything else is what this looks for
                print(f"{name}: seed {seed}: {data!r}")
                traceback.print_exc()
                return 1
        print(f"{name:20} {count:>10} inputs, {accepted:>8} accepted", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
