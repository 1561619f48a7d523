from pathlib import Path

import pytest

from tvix_eval.eval_io import NoIO
from tvix_eval.search_path import Entry, parse_nix_path
from tvix_eval.settings import Settings

from ..evaluating import Program, message, show, trace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("text")
    (tmp_path / "value.nix").write_text("{ x = 1; }")
    (tmp_path / "scoped.nix").write_text("[ a map ]")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "default.nix").write_text("import ../value.nix")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


class TestFiles:
    def test_read(self, folder: Path) -> None:
        assert show(f"builtins.readFile {folder}/link") == '"text"'
        assert show(f'builtins.readFile "{folder}/sub/../file"') == '"text"'
        assert show(f'builtins.hashFile "md5" {folder}/file') == '"1cb251ec0d568de6a929b520c4aed8d1"'

    def test_read_dir(self, folder: Path) -> None:
        expected = (
            '{ broken = "symlink"; file = "regular"; link = "symlink"; loop = "symlink"; '
            '"scoped.nix" = "regular"; sub = "directory"; "value.nix" = "regular"; }'
        )
        assert show(f"builtins.readDir {folder}") == expected

    @pytest.mark.parametrize(
        ("path", "exists"),
        [
            ("file", True),
            ("file/", False),
            ("sub/", True),
            ("sub/.", True),
            ("broken", True),
            ("nope", False),
        ],
    )
    def test_exists(self, folder: Path, path: str, exists: bool) -> None:
        assert show(f'builtins.pathExists "{folder}/{path}"') == ("true" if exists else "false")

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            ("builtins.readFile {}/nope", "path '{}/nope' does not exist"),
            ("builtins.readFile {}/sub", "read of 4096 bytes: Is a directory"),
            ("builtins.readFile {}/loop", "infinite symlink recursion in path '{}/loop'"),
            ("builtins.readDir {}/file", 'cannot read directory "{}/file": Not a directory'),
            ("builtins.readFileType {}/nope", "path '{}/nope' does not exist"),
            ("import {}/nope", "path '{}/nope' does not exist"),
            ("import {}/loop", "too many symbolic links encountered while traversing the path '{}/loop'"),
        ],
    )
    def test_error(self, folder: Path, call: str, expected: str) -> None:
        assert message(call.replace("{}", str(folder))) == expected.replace("{}", str(folder))

    def test_null_bytes(self, folder: Path) -> None:
        (folder / "null").write_bytes(b"a\0b")
        assert "cannot be represented as a Nix string" in message(f"builtins.readFile {folder}/null")

    def test_relative_path(self) -> None:
        assert trace('builtins.readFile "x"')[-1] == "while realising the context of a path"


class TestImport:
    def test_directory(self, folder: Path) -> None:
        assert show(f"(import {folder}/sub).x") == "1"

    def test_files_are_evaluated_once(self, folder: Path) -> None:
        (folder / "loud.nix").write_text('builtins.trace "loud" 1')
        program = Program()
        assert program.show(f"import {folder}/loud.nix + import {folder}/loud.nix") == "2"
        assert program.said == [("trace", "loud")]

    def test_scoped(self, folder: Path) -> None:
        assert show(f"builtins.scopedImport {{ a = 1; map = 2; }} {folder}/scoped.nix") == "[ 1 2 ]"


class TestLookupPath:
    def test_entries(self, folder: Path) -> None:
        entries = [Entry("", str(folder / "missing")), Entry("p", str(folder)), Entry("", str(folder))]
        program = Program(search_path=entries)
        assert (
            program.show("[ <p/link> <sub> <value.nix> ]")
            == f"[ {folder}/file {folder}/sub {folder}/value.nix ]"
        )
        warning = f"Nix search path entry '{folder}/missing' does not exist, ignoring"
        assert program.said == [("warning", warning)]

    def test_nothing_found(self) -> None:
        expected = "file 'x/y' was not found in the Nix search path (add it using $NIX_PATH or -I)"
        assert message("<x/y>") == expected

    def test_internal_files(self) -> None:
        assert show("<nix/fetchurl.nix>") == "<nix/fetchurl.nix>"
        assert show("builtins.substring 0 1 (builtins.readFile <nix/fetchurl.nix>)") == '"#"'

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a=b:c", [("a", "b"), ("", "c")]),
            ("x=https://a/b:c", [("x", "https://a/b"), ("", "c")]),
            ("channel:a:b", [("", "channel:a"), ("", "b")]),
            ("", []),
        ],
    )
    def test_nix_path(self, text: str, expected: list[tuple[str, str]]) -> None:
        assert [(entry.prefix, entry.path) for entry in parse_nix_path(text)] == expected


class TestEnvironment:
    def test_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TVIX_TEST", "é")
        assert show('builtins.getEnv "TVIX_TEST"') == '"é"'
        assert show('builtins.getEnv "TVIX_TEST_NOT_SET"') == '""'
        assert Program(Settings(pure_eval=True)).show('builtins.getEnv "TVIX_TEST"') == '""'


def test_a_world_without_files() -> None:
    program = Program(io=NoIO())
    assert program.show("builtins.pathExists /etc") == "false"
    assert program.error("builtins.readFile /etc/passwd").endswith("path '/etc/passwd' does not exist")
