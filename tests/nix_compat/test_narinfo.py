"""Files of binary caches. Those here were written, and refused, by Nix 2.34.8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import hashes, narinfo, signatures
from nix_compat.content_address import TEXT, ContentAddress
from nix_compat.errors import FormatError
from nix_compat.hashes import Hash
from nix_compat.narinfo import NarInfo

from .reference import STORE, byte_text, names
from .test_signatures import PUBLIC, SECRET

FILE = """\
StorePath: /nix/store/msxhli3xj9iwshvxfmin17scnwpfjrgh-referrer
URL: nar/1mgla63g1lzb3hvgbdcxrviv00vxynqcbwqwyb75k232mswwchis.nar
Compression: none
FileHash: sha256:1mgla63g1lzb3hvgbdcxrviv00vxynqcbwqwyb75k232mswwchis
FileSize: 160
NarHash: sha256:1mgla63g1lzb3hvgbdcxrviv00vxynqcbwqwyb75k232mswwchis
NarSize: 160
References: 3i97g6j9aqsb7g2s3was7y586wkc0kiw-y
Sig: test-1:YIN/YvEgKIqdqYvGHu0ik38NvYIcrrGqGtJP574hIehypO/53V1Vx2Lftr11e/EGkHPrNw/aopzIsWQTtZBLAg==
CA: text:sha256:0pghrkagkngni8prppm2ghadqknn60wd6kay6wa5ssvxni20yp55
"""
HASH = "12iblrdz7465gnd8p4pdcd3rpbib3d1gh72wjrn2isv4k2rgybih"
PLAIN = f"""\
StorePath: /nix/store/ii765igg06lmdvlakm9mxh7m9kba8jky-t
URL: nar/x.nar
Compression: none
FileHash: sha256:{HASH}
FileSize: 1424
NarHash: sha256:{HASH}
NarSize: 1424
References:\x20
"""


def parse(text: str) -> NarInfo:
    return narinfo.parse_narinfo(text, STORE, "x.narinfo")


@pytest.mark.parametrize(
    "text", [FILE, PLAIN, PLAIN + "Deriver: 06bd23hbsnwpg7d6svlgi1ynnar8r84q-dynamic.drv\n"]
)
def test_files_of_nix(text: str) -> None:
    assert parse(text).render(STORE) == text


def test_parts() -> None:
    info = parse(FILE)
    assert STORE.name(info.path) == "referrer"
    assert info.references == {"/nix/store/3i97g6j9aqsb7g2s3was7y586wkc0kiw-y"}
    assert (info.nar_size, info.file_size, info.compression, info.deriver) == (160, 160, "none", "")
    assert info.file_hash == info.nar_hash
    assert info.address is not None
    assert STORE.content_addressed_path("referrer", info.address, info.references) == info.path


def test_signing() -> None:
    info = parse(FILE)
    keys = {"test-1": signatures.parse_public_key(PUBLIC)}
    assert info.count_valid_signatures(keys) == 1
    assert info.count_valid_signatures({}) == 0
    given = set(info.signatures)
    info.signatures.clear()
    info.sign(signatures.parse_secret_key(SECRET))
    assert info.signatures == given
    info.nar_size += 1
    assert info.count_valid_signatures(keys) == 0
    info.nar_size = 0
    with pytest.raises(FormatError, match="^cannot calculate fingerprint of path '/nix/store/msx.*' because"):
        info.fingerprint()


def test_fingerprint() -> None:
    assert parse(FILE).fingerprint() == (
        "1;/nix/store/msxhli3xj9iwshvxfmin17scnwpfjrgh-referrer;"
        "sha256:1mgla63g1lzb3hvgbdcxrviv00vxynqcbwqwyb75k232mswwchis;160;"
        "/nix/store/3i97g6j9aqsb7g2s3was7y586wkc0kiw-y"
    )
    assert parse(PLAIN).fingerprint().endswith(";1424;")


def test_what_nix_tolerates() -> None:
    assert parse(PLAIN + "NarSize: +7\n").nar_size == parse(PLAIN + "NarSize: 07\n").nar_size == 7
    assert (
        parse(PLAIN + "NarHash: sha256-MC7/sphk6yhsllwc+EIbK66bR2PtkouafcWQ81umK4o=\n").nar_hash.render(
            hashes.NIX32
        )
        == HASH
    )
    assert parse(PLAIN + "Compression: \n").compression == "bzip2"
    assert parse(PLAIN + "Deriver: unknown-deriver\nUnknown: x\nCA: \n").deriver == ""
    assert [each.render() for each in parse(PLAIN + "Sig: x:YQ==\nSig: x:YQ\n").signatures] == ["x:YQ=="]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN + "x", "expecting ':' at line 9"),
        (PLAIN + "x: y", "expecting '\\n' at line 9"),
        (PLAIN + "NarSize: -1\n", "invalid NarSize at line 9"),
        (PLAIN + "FileSize: 18446744073709551616\n", "invalid FileSize at line 9"),
        (PLAIN + "NarSize: 1_0\n", "invalid NarSize at line 9"),
        (PLAIN + "NarSize: " + "1" * 5000 + "\n", "invalid NarSize at line 9"),
        (PLAIN + "NarHash: sha256:zz\n", "bad hash at line 9"),
        (FILE + "References: x\n", "extra References at line 11"),
        (FILE + "CA: \n", "extra CA at line 11"),
        ("URL:\nStorePath: x\n", "StorePath missing"),
        (PLAIN.replace("NarHash", "Hash"), "NarHash missing"),
        (PLAIN.replace("URL", "Url"), "URL missing"),
        (PLAIN + "NarSize: 0\n", "NarSize missing or zero"),
    ],
)
def test_corrupt_files(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert caught.value.message == "NAR info file 'x.narinfo' is corrupt: " + message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "NarHash: sha257:zz",
            "unknown hash algorithm 'sha257', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'",
        ),
        ("StorePath: rel", 'not an absolute path: "rel"'),
        ("Deriver: x", "'x' is too short to be a valid store path"),
        ("References: x", "'x' is too short to be a valid store path"),
        ("Sig: x", "signature is corrupt"),
        ("Sig: x:", "signature is corrupt"),
        ("Sig: a:b:c", "invalid character in Base64 string: ''"),
        ("CA: foo", "not a content address because it is not in the form '<prefix>:<rest>': foo"),
    ],
)
def test_wrong_values(line: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(PLAIN + line + "\n")
    assert caught.value.message == message


digests = st.binary(min_size=32, max_size=32).map(lambda data: Hash("sha256", data))
paths = names.map(lambda name: STORE.text_path(name, bytes(32), []))


@st.composite
def infos(draw: st.DrawFn) -> NarInfo:
    info = NarInfo(draw(paths), draw(digests), draw(st.integers(1, narinfo.MOST)))
    info.url = draw(names)
    info.compression = draw(names)
    info.file_hash = draw(digests)
    info.file_size = draw(st.integers(0, narinfo.MOST))
    info.references = draw(st.sets(paths))
    info.deriver = draw(st.just("") | paths)
    info.signatures = draw(st.sets(st.builds(signatures.Signature, names, st.binary(min_size=1))))
    info.address = draw(st.none() | digests.map(lambda hash: ContentAddress(TEXT, hash)))
    return info


@given(infos())
def test_round_trip(info: NarInfo) -> None:
    text = info.render(STORE)
    again = parse(text)
    assert again.render(STORE) == text
    assert again.fingerprint() == info.fingerprint()
    assert again.signatures == info.signatures


@given(
    st.sampled_from(["", FILE, PLAIN]),
    byte_text | st.text("StorePath: URL\nNarSize0", max_size=30),
    st.data(),
)
def test_any_text(start: str, text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(start)))
    whole = start[:at] + text + start[at:]
    try:
        info = parse(whole)
    except FormatError as error:
        assert error.message
    else:
        assert info.fingerprint()
