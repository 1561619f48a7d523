"""What every store must do."""

from __future__ import annotations

from pathlib import Path

import pytest

from nix_compat import hashes
from nix_compat.content_address import ContentAddress
from tvix_eval.errors import NixError
from tvix_glue import FolderStore, MemoryStore
from tvix_glue.store import Store, StoreError
from tvix_glue.trees import Tree

from .storing import (
    NOTHING,
    STORE,
    Write,
    dump_file,
    dump_tree,
    flat_address,
    nar_address,
    put_text,
    put_tree,
    text_path,
)


@pytest.fixture(params=["memory", "folder", "durable folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "memory":
        return MemoryStore()
    return FolderStore(str(tmp_path / "store"), durable=request.param == "durable folder")


def test_nothing_is_valid_at_first(store: Store) -> None:
    path = text_path("a", b"a")
    assert store.path_info(path) is None
    assert store.files().file_type(path) is None
    with pytest.raises(StoreError, match="is not valid"):
        store.ensure(path)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/nix/store", "/nix/store/", "/nix/store/..", "/nix/store/a/b", "/nix/store/" + "x" * 400],
)
def test_other_paths_are_not_valid(store: Store, path: str) -> None:
    put_text(store, "a", b"a")
    assert store.path_info(path) is None
    assert store.files().file_type(path) is None


def test_a_text(store: Store) -> None:
    path = put_text(store, "a", b"some\xfftext")
    files = store.files()
    assert files.file_type(path) == "regular"
    assert files.read_file(path) == b"some\xfftext"
    with files.open_file(path) as file:
        assert (file.size, file.executable) == (9, False)
        assert [file.read(5), file.read(5), file.read(5)] == [b"some\xff", b"text", b""]
    store.ensure(path)


def test_what_is_known_of_a_text(store: Store) -> None:
    first = put_text(store, "a", b"a")
    second = put_text(store, "b", b"b", frozenset([first]))
    info = store.path_info(second)
    assert info is not None and info.address is not None
    assert info.path == second
    assert info.references == {first}
    assert info.address.render() == "text:sha256:" + hashes.Hash("sha256", hashes.sha256(b"b")).render(
        "nix32"
    )
    assert info.nar_size == 120
    assert info.nar_hash == Tree(store.files(), second).hash()
    assert info.deriver == ""


def test_references_must_be_valid(store: Store) -> None:
    absent = text_path("absent", b"")
    with pytest.raises(StoreError, match="absent', to which '.*-b' refers, is not valid"):
        put_text(store, "b", b"b", frozenset([absent]))
    assert store.path_info(text_path("b", b"b", frozenset([absent]))) is None
    with pytest.raises(StoreError, match="is not valid"):
        put_tree(store, "tree", references=frozenset([absent]))


def test_a_tree(store: Store) -> None:
    path = put_tree(store, "tree")
    files = store.files()
    assert files.file_type(path) == "directory"
    assert files.read_dir(path) == {"empty": "regular", "link": "symlink", "sub": "directory"}
    sub = {"away": "symlink", "caf\xe9": "regular", "nothing": "directory", "run": "regular"}
    assert files.read_dir(path + "/sub") == sub
    assert files.read_dir(path + "/sub/nothing") == {}
    assert files.read_file(path + "/empty") == b""
    assert files.read_file(path + "/sub/caf\xe9") == b"\x00\xff\n"
    assert files.read_file(path + "/sub/run") == b"x" * 65_536 + b"y" * 4_464
    assert files.read_link(path + "/link") == "sub/run"
    assert files.resolve_symlinks(path + "/link") == path + "/sub/run"
    assert files.open_file(path + "/sub/run").executable
    assert not files.open_file(path + "/empty").executable


def test_a_tree_can_be_dumped_again(store: Store) -> None:
    path = put_tree(store, "tree")
    first, second = bytearray(), bytearray()
    dump_tree(first.extend)
    Tree(store.files(), path).dump(second.extend)
    assert first == second
    info = store.path_info(path)
    assert info is not None and info.address == nar_address(dump_tree)
    assert (info.nar_hash, info.nar_size) == (nar_address(dump_tree).hash, len(first))


def test_links_are_no_way(store: Store) -> None:
    path = put_tree(store, "tree")
    files = store.files()
    assert files.file_type(path + "/sub/away") == "symlink"
    assert files.file_type(path + "/sub/away/passwd") is None
    assert files.file_type(path + "/link/x") is None
    with pytest.raises(NixError, match="does not exist"):
        files.read_file(path + "/sub/away/passwd")


def test_what_can_not_be_read(store: Store) -> None:
    path = put_tree(store, "tree")
    files = store.files()
    for read in (files.read_file, files.read_dir, files.read_link):
        with pytest.raises(NixError, match=f"^path '{path}/absent' does not exist$"):
            read(path + "/absent")
        with pytest.raises(NixError, match="does not exist$"):
            read("/etc/passwd")
    with pytest.raises(NixError, match="Is a directory$"):
        files.read_file(path + "/sub")
    with pytest.raises(NixError, match="Too many levels of symbolic links$"):
        files.read_file(path + "/link")
    with pytest.raises(NixError, match="Not a directory$"):
        files.read_dir(path + "/empty")
    with pytest.raises(NixError, match="Invalid argument$"):
        files.read_link(path + "/empty")


def test_files_and_links_as_paths(store: Store) -> None:
    plain = put_tree(store, "plain", dump_file(b"contents", True))
    assert store.files().open_file(plain).executable

    def dump_link(write: Write) -> None:
        from nix_compat.nar.writer import NarWriter

        NarWriter(write).symlink(b"", b"elsewhere")

    link = put_tree(store, "link", dump_link)
    assert store.files().read_link(link) == "elsewhere"


@pytest.mark.parametrize("algorithm", ["sha1", "sha512", "blake3"])
def test_other_hashes(store: Store, algorithm: str) -> None:
    path = put_tree(store, "tree", address=nar_address(dump_tree, algorithm))
    assert store.files().file_type(path) == "directory"


def test_flat_files(store: Store) -> None:
    path = put_tree(store, "flat", dump_file(b"flat"), address=flat_address(b"flat"))
    assert store.files().read_file(path) == b"flat"
    with pytest.raises(StoreError, match="must be a regular file"):
        put_tree(store, "tree", dump_tree, address=flat_address(b""))


@pytest.mark.parametrize("address", [flat_address(b"other"), nar_address(dump_file(b"other"))])
def test_contents_that_are_not_what_was_said(store: Store, address: ContentAddress) -> None:
    with pytest.raises(StoreError, match="^hash mismatch importing path"):
        put_tree(store, "flat", dump_file(b"flat"), address=address)
    assert store.path_info(STORE.content_addressed_path("flat", address)) is None


def test_no_archive(store: Store) -> None:
    def dump(write: Write) -> None:
        write(b"garbage" * 10)

    path = text_path("bad", b"")
    with pytest.raises(StoreError, match="doesn't look like a Nix archive"):
        store.put_tree(path, None, NOTHING, dump)
    assert store.path_info(path) is None


def test_what_has_no_content_address(store: Store) -> None:
    path, deriver = text_path("out", b"1"), text_path("out.drv", b"2")
    store.put_tree(path, None, frozenset([path]), dump_tree, deriver)
    info = store.path_info(path)
    assert info is not None
    assert (info.address, set(info.references), info.deriver) == (None, {path}, deriver)


def test_an_error_while_dumping(store: Store) -> None:
    def dump(write: Write) -> None:
        write(b"begun")
        raise NixError("no more")

    with pytest.raises(NixError, match="no more"):
        store.put_tree(text_path("tree", b""), nar_address(dump_tree), NOTHING, dump)
    assert store.path_info(text_path("tree", b"")) is None


def test_again(store: Store) -> None:
    def fail(write: Write) -> None:
        raise AssertionError

    path = put_text(store, "a", b"a")
    put_text(store, "a", b"a")
    tree = put_tree(store, "tree")
    store.put_tree(tree, nar_address(dump_tree), NOTHING, fail)
    assert store.files().read_file(path) == b"a"
