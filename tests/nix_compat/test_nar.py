"""Archives in memory: read and written as strictly as by Nix 2.34.8."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import wire
from nix_compat.errors import EndOfFile, FormatError, SerialisationError
from nix_compat.nar import writer as nar_writer
from nix_compat.nar.format import Directory, DirectoryEnd, Event, File, Symlink
from nix_compat.nar.listing import list_archive, listing_text
from nix_compat.nar.reader import NarReader
from nix_compat.nar.writer import NarWriter
from nix_compat.wire import ByteSource

from .archives import MAGIC, archive, directory, entry, file, nested, symlink, words

# A tree: a file is whether it is executable, and contents; a link its target.
Tree = tuple[bool, bytes] | str | dict[bytes, "Tree"]


def reader(data: bytes) -> NarReader:
    return NarReader(ByteSource(io.BytesIO(data).read))


def write(tree: Tree) -> bytes:
    parts: list[bytes] = []
    writer = NarWriter(parts.append)
    write_node(writer, b"", tree)
    assert writer.is_whole()
    return b"".join(parts)


def write_node(writer: NarWriter, name: bytes, tree: Tree) -> None:
    if isinstance(tree, dict):
        writer.directory(name)
        for below in sorted(tree):
            write_node(writer, below, tree[below])
        writer.end()
    elif isinstance(tree, str):
        writer.symlink(name, tree.encode())
    else:
        writer.file(name, tree[0], len(tree[1]))
        writer.contents(tree[1][:3])
        writer.contents(tree[1][3:])


def read(data: bytes) -> Tree:
    """The tree of an archive; all contents are read, in small blocks."""
    return read_node(stream := reader(data), stream.next())


def read_node(stream: NarReader, event: Event | None) -> Tree:
    if isinstance(event, Directory):
        found: dict[bytes, Tree] = {}
        while not isinstance(below := stream.next(), DirectoryEnd):
            assert below is not None
            found[below.name] = read_node(stream, below)
        return found
    if isinstance(event, Symlink):
        return event.target.decode()
    assert isinstance(event, File)
    blocks = []
    while block := stream.contents(5):
        blocks.append(block)
    assert len(b"".join(blocks)) == event.size
    return event.executable, b"".join(blocks)


entry_names = st.binary(min_size=1, max_size=10).filter(
    lambda name: name not in (b".", b"..") and b"/" not in name and b"\0" not in name
)
leaves: st.SearchStrategy[Tree] = st.tuples(st.booleans(), st.binary(max_size=30)) | st.text(
    "a/é", min_size=1
)
trees: st.SearchStrategy[Tree] = st.recursive(
    leaves, lambda inner: st.dictionaries(entry_names, inner, max_size=4)
)


@given(trees)
def test_round_trip(tree: Tree) -> None:
    assert read(write(tree)) == tree


@given(trees, st.data())
def test_archives_with_a_mistake(tree: Tree, data: st.DataObject) -> None:
    whole = write(tree)
    at = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(at, min(at + 9, len(whole))))
    try:
        stream = reader(whole[:at] + data.draw(st.binary(max_size=9)) + whole[end:])
        while stream.next() is not None:
            pass
    except FormatError as error:
        assert error.offset >= 0


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    for start in (b"", words(MAGIC), words(MAGIC, b"(", b"type", b"directory")):
        with pytest.raises((SerialisationError, EndOfFile)):
            stream = reader(start + data)
            while stream.next() is not None:
                pass


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "unexpected end-of-file"),
        (words(b"nix-archive-2"), "bad archive: input doesn't look like a Nix archive"),
        (words(b"nix-archive-1x"), "bad archive: input doesn't look like a Nix archive"),
        (words(MAGIC), "unexpected end-of-file"),
        (archive(words(b"x")), "bad archive: expected tag '(', got 'x'"),
        (archive(words(b"(", b"typo")), "bad archive: expected tag 'type', got 'typo'"),
        (archive(words(b"(", b"type", b"fifo")), "bad archive: unknown file type 'fifo'"),
        (archive(words(b"(" * 33)), "string is too long"),
        (archive(b"\1\0\0\0\0\0\0\0(1234567"), "non-zero padding"),
        (
            archive(directory(entry(b"b", file()), entry(b"a", file()))),
            "bad archive: NAR directory is not sorted",
        ),
        (
            archive(directory(entry(b"a", file()), entry(b"a", file()))),
            "bad archive: NAR directory is not sorted",
        ),
        (archive(directory(entry(b".", file()))), "bad archive: NAR contains invalid file name '.'"),
        (archive(directory(entry(b"a/b", file()))), "bad archive: NAR contains invalid file name 'a/b'"),
        (archive(directory(entry(b"a\0", file()))), "bad archive: NAR contains invalid file name 'a\0'"),
        (archive(directory(entry(b"", file()))), "bad archive: NAR contains invalid file name ''"),
        (archive(directory(entry(b"a" * 256, file()))), "string is too long"),
        (archive(symlink(b"")), "bad archive: NAR contains invalid symlink target"),
        (archive(symlink(b"a\0")), "bad archive: NAR contains invalid symlink target"),
        (archive(symlink(b"a" * 4096)), "string is too long"),
        (archive(words(b"(", b"type", b"regular", b"executable", b"x")), "string is too long"),
        (
            archive(words(b"(", b"type", b"regular", b"executable", b"", b"foo")),
            "bad archive: expected tag 'contents', got 'foo'",
        ),
        (
            archive(words(b"(", b"type", b"regular", b")")),
            "bad archive: expected tag 'contents', got ')'",
        ),
        (
            archive(words(b"(", b"type", b"regular", b"contents") + b"\1\0\0\0\0\0\0\0x1234567"),
            "non-zero padding",
        ),
        (
            archive(words(b"(", b"type", b"regular", b"contents") + wire.encode_number(1 << 62) + b"x"),
            "unexpected end-of-file",
        ),
        (
            archive(words(b"(", b"type", b"directory", b"foo")),
            "bad archive: expected tag 'entry' or ')', got 'foo'",
        ),
        (
            archive(words(b"(", b"type", b"directory") + entry(b"a", file())[:-16] + words(b"x")),
            "bad archive: expected tag ')', got 'x'",
        ),
        (
            archive(words(b"(", b"type", b"regular", b"contents", b"x", b"y")),
            "bad archive: expected tag ')', got 'y'",
        ),
        (archive(nested(64)), "bad archive: NAR directory nesting exceeds maximum depth of 64"),
    ],
)
def test_messages(data: bytes, message: str) -> None:
    stream = reader(data)
    with pytest.raises((SerialisationError, EndOfFile)) as caught:
        while stream.next() is not None:
            pass
    assert caught.value.message == message
    assert 0 <= caught.value.offset <= len(data)


def test_limits() -> None:
    assert read(archive(directory(entry(b"a" * 255, symlink(b"a" * 4095))))) == {b"a" * 255: "a" * 4095}
    deep = archive(nested(63))
    assert write(read(deep)) == deep


def test_what_follows_is_left_there() -> None:
    source = ByteSource(io.BytesIO(b"before" + archive(file(b"abc")) + b"after").read)
    source.skip(6)
    stream = NarReader(source)
    event = stream.next()
    assert isinstance(event, File) and (event.size, event.offset) == (3, 96)
    assert stream.next() is None
    assert stream.next() is None
    assert source.take(5) == b"after"


def test_layout() -> None:
    """Writing gives the bytes that were put together by hand."""
    assert write((False, b"x")) == archive(file()) == nar_writer.archive_of_bytes(b"x")
    assert write((True, b"")) == nar_writer.archive_of_bytes(b"", executable=True)
    assert write("to") == archive(symlink(b"to"))
    assert write({}) == archive(directory())
    assert write({b"b": {b"c": (False, b"")}, b"a": "to"}) == archive(
        directory(entry(b"a", symlink(b"to")), entry(b"b", directory(entry(b"c", file(b"")))))
    )


def open_writer() -> NarWriter:
    writer = NarWriter(lambda data: None)
    writer.directory(b"")
    return writer


def test_what_is_not_written() -> None:
    for name in (b"", b".", b"..", b"a/b", b"a\0b", b"a" * 256):
        with pytest.raises(SerialisationError, match="^NAR contains invalid file name"):
            open_writer().directory(name)
    for target in (b"", b"\0", b"a" * 4096):
        with pytest.raises(SerialisationError, match="^NAR contains invalid symlink target$"):
            open_writer().symlink(b"a", target)
    writer = open_writer()
    writer.symlink(b"b", b"x")
    for name in (b"b", b"a"):
        with pytest.raises(SerialisationError, match="^NAR directory is not sorted$"):
            writer.file(name, False, 0)
    writer = open_writer()
    for _ in range(63):
        writer.directory(b"a")
    with pytest.raises(SerialisationError, match="maximum depth of 64$"):
        writer.directory(b"a")


def test_steps_in_a_wrong_order() -> None:
    writer = open_writer()
    writer.file(b"a", False, 3)
    with pytest.raises(SerialisationError, match="less contents"):
        writer.symlink(b"b", b"x")
    with pytest.raises(SerialisationError, match="no directory can end"):
        writer.end()
    with pytest.raises(SerialisationError, match="more contents"):
        writer.contents(b"abcd")
    writer = open_writer()
    assert not writer.is_whole()
    writer.end()
    assert writer.is_whole()
    with pytest.raises(SerialisationError, match="no directory can end"):
        writer.end()
    with pytest.raises(SerialisationError, match="one root"):
        writer.directory(b"")
    with pytest.raises(SerialisationError, match="one root"):
        NarWriter(lambda data: None).directory(b"a")


def test_listing() -> None:
    """What a binary cache of Nix has for this tree."""
    data = write(
        {
            b"a": (False, b"hello\n"),
            b"d": {b"e": {}, b"empty": (False, b""), b"f": (False, b"12345678")},
            b"l": "a",
            b"x": (True, b"#!/bin/sh\n"),
        }
    )
    assert listing_text(list_archive(reader(data))) == (
        b'{"root":{"entries":{"a":{"narOffset":232,"size":6,"type":"regular"},"d":{"entries":{"e":{"entries"'
        b':{},"type":"directory"},"empty":{"narOffset":728,"size":0,"type":"regular"},"f":{"narOffset":912,'
        b'"size":8,"type":"regular"}},"type":"directory"},"l":{"target":"a","type":"symlink"},"x":{'
        b'"executable":true,"narOffset":1360,"size":10,"type":"regular"}},"type":"directory"},"version":1}'
    )
    with pytest.raises(FormatError, match="UTF-8"):
        list_archive(reader(write({b"\xff": "x"})))


@given(trees)
def test_offsets_are_where_contents_are(tree: Tree) -> None:
    data = write(tree)
    stream = reader(data)
    whole = reader(data)
    event = stream.next()
    while event is not None:
        again = whole.next()
        assert type(again) is type(event)
        if isinstance(event, File):
            assert data[event.offset : event.offset + event.size] == b"".join(iter(whole.contents, b""))
        event = stream.next()
