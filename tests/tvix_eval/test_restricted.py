"""Restricted and pure evaluation as what they are: a boundary that programs try to cross."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tvix_eval import Evaluation
from tvix_eval.errors import NixError, RestrictedPathError
from tvix_eval.eval_io import DIRECTORY, REGULAR, SYMLINK
from tvix_eval.restricted import PURE, RESTRICTED, NoFollowIO, RestrictedIO


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder to be shown, `open`, one that is not, `closed`, and links between them."""
    root = tmp_path.resolve()
    for folder in ("open/inner", "closed"):
        (root / folder).mkdir(parents=True)
    (root / "open" / "one.nix").write_text("1")
    (root / "open" / "inner" / "default.nix").write_text('"inner"')
    (root / "open" / "climb.nix").write_text("import ../closed/secret.nix")
    (root / "closed" / "secret.nix").write_text('"secret"')
    (root / "closed" / "default.nix").write_text('"secret"')
    (root / "opener").write_text("beside")
    links = {
        "open/to-folder": "../closed",
        "open/to-file": "../closed/secret.nix",
        "open/absolute": str(root / "closed" / "secret.nix"),
        "open/up": "..",
        "open/loop": "loop",
        "open/dangling": "nowhere",
        "open/to-link": "../link",
        "link": "closed/secret.nix",
        "open/inside": "inner",
        "open/home-again": "../open/one.nix",
        "alias": "open",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    return root


def restricted(*allowed: Path, mode: str = RESTRICTED) -> RestrictedIO:
    return RestrictedIO(NoFollowIO(), [str(path) for path in allowed], mode)


def value(io: RestrictedIO, expression: str) -> object:
    return Evaluation(io=io).evaluate(expression)


def refusal(path: object, mode: str = RESTRICTED) -> str:
    return f"access to absolute path '{path}' is forbidden {mode}"


# Ways from the open folder, and where each ends.
WAYS_OUT = {
    "/open/to-folder/secret.nix": "/closed/secret.nix",
    "/open/to-file": "/closed/secret.nix",
    "/open/absolute": "/closed/secret.nix",
    "/open/up/closed/secret.nix": "/closed/secret.nix",
    "/open/inside/../to-file": "/closed/secret.nix",
    "/open/../closed/secret.nix": "/closed/secret.nix",
    "/open/inner/../../closed/secret.nix": "/closed/secret.nix",
    "/open/up/open/up/closed/secret.nix": "/closed/secret.nix",
    "/opener": "/opener",
}
READERS = ["import", "builtins.readFile", 'builtins.hashFile "md5"', "scopedImport { }"]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_leads_out(place: Path, reader: str, way: str) -> None:
    with pytest.raises(RestrictedPathError) as refused:
        value(restricted(place / "open"), f'{reader} "{place}{way}"')
    assert str(refused.value).startswith("access to absolute path '" + str(place))


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_refusal_names_what_was_reached(place: Path, way: str) -> None:
    with pytest.raises(RestrictedPathError) as refused:
        value(restricted(place / "open"), f'builtins.readFile "{place}{way}"')
    assert str(refused.value) == refusal(f"{place}{WAYS_OUT[way]}")


def test_a_link_outside_is_not_read(place: Path) -> None:
    """Where it leads is a secret, too."""
    with pytest.raises(RestrictedPathError) as refused:
        value(restricted(place / "open"), f"builtins.readFile {place}/open/to-link")
    assert str(refused.value) == refusal(f"{place}/link")


@pytest.mark.parametrize(
    "way", [*WAYS_OUT, "/closed", "/nowhere", "/open/nowhere", "/open/to-folder/nowhere"]
)
def test_what_is_forbidden_does_not_exist(place: Path, way: str) -> None:
    io = restricted(place / "open")
    if not (place / way[1:]).is_symlink():  # the links themselves do: they are in the open
        assert value(io, f'builtins.pathExists "{place}{way}"') is False
    assert value(io, f'builtins.pathExists "{place}{way}/"') is False


def test_what_is_allowed_is_there(place: Path) -> None:
    io = restricted(place / "open")
    assert value(io, f"import {place}/open/one.nix") == 1
    assert value(io, f"import {place}/open/inside") == "inner"
    assert value(io, f"import {place}/open/home-again") == 1
    assert value(io, f'import ("{place}/open/" + "/one.nix")') == 1
    assert value(io, f"import {place}/open/up/open/one.nix") == 1
    assert value(io, f"map builtins.pathExists [ {place}/open/to-file {place}/open/dangling {place} ]") == [
        True,
        True,
        True,
    ]
    assert value(io, f"builtins.readFileType {place}/open/to-file") == SYMLINK


def test_imported_files_are_bound_too(place: Path) -> None:
    with pytest.raises(RestrictedPathError):
        value(restricted(place / "open"), f"import {place}/open/climb.nix")


def test_an_alias_allows_only_itself(place: Path) -> None:
    """What is allowed is a path; what a link in it leads to must be allowed as well."""
    with pytest.raises(RestrictedPathError):
        value(restricted(place / "alias"), f"import {place}/alias/one.nix")
    assert value(restricted(place / "alias", place / "open"), f"import {place}/alias/one.nix") == 1


def test_folders_above_show_the_way_down_only(place: Path) -> None:
    io = restricted(place / "open")
    assert value(io, f"builtins.readDir {place}") == {"open": DIRECTORY}
    assert value(io, f"builtins.readDir {place}/open/up") == {"open": DIRECTORY}
    assert len(io.read_dir("/")) == 1
    with pytest.raises(RestrictedPathError):
        io.read_dir(f"{place}/closed")


def test_read_dir_shows_links_as_they_are(place: Path) -> None:
    entries = restricted(place / "open").read_dir(f"{place}/open")
    assert (entries["to-file"], entries["one.nix"], entries["inner"]) == (SYMLINK, REGULAR, DIRECTORY)


def test_find_file(place: Path) -> None:
    io = restricted(place / "open")

    def found(entry: str, name: str) -> object:
        search = f'[ {{ prefix = ""; path = "{entry}"; }} ]'
        return value(io, f'toString (builtins.findFile {search} "{name}")')

    assert found(f"{place}/open", "one.nix") == f"{place}/open/one.nix"
    assert found(f"{place}/open", "../../one.nix") == f"{place}/open/one.nix"  # no way above an entry
    for entry, name in ((f"{place}/closed", "secret.nix"), (f"{place}/open", "to-folder/secret.nix")):
        with pytest.raises(RestrictedPathError):
            found(entry, name)


def test_paths_spelled_by_the_program(place: Path) -> None:
    io = restricted(place / "open")
    for path in (f'({place}/open + "/../closed/secret.nix")', f'{place}/open/${{"../closed"}}/secret.nix'):
        with pytest.raises(RestrictedPathError):
            value(io, f"builtins.readFile {path}")
    assert value(io, f"toString {place}/closed") == f"{place}/closed"  # a name gives nothing away


def test_endless_links(place: Path) -> None:
    with pytest.raises(NixError, match="infinite symlink recursion"):
        value(restricted(place / "open"), f"builtins.readFile {place}/open/loop")


def test_a_prefix_is_whole_components(place: Path) -> None:
    assert not restricted(place / "open").is_allowed(f"{place}/opener")
    assert not restricted(place / "open").is_allowed(f"{place}/ope")
    assert restricted(place / "open").is_allowed(f"{place}/open/x/y")
    assert restricted(Path("/")).is_allowed("/etc/passwd")


def test_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    assert value(restricted(), 'builtins.getEnv "SECRET"') == ""


def test_pure_evaluation_sees_nothing(place: Path) -> None:
    io = restricted(mode=PURE)
    for expression in (f"import {place}/open/one.nix", 'builtins.readDir (/. + "")'):
        with pytest.raises(RestrictedPathError, match="in pure evaluation mode"):
            value(io, expression)
    assert value(io, f"builtins.pathExists {place}") is False


def test_the_files_of_the_language_are_always_there() -> None:
    assert value(restricted(mode=PURE), "builtins.typeOf (import <nix/fetchurl.nix>)") == "lambda"


class Exchange(NoFollowIO):
    """A file system in which a file becomes a link to another after it has been looked at."""

    def __init__(self, path: Path, target: Path) -> None:
        super().__init__()
        self.path = path
        self.target = target

    def file_type(self, path: str) -> str | None:
        kind = super().file_type(path)
        if path == str(self.path) and not self.path.is_symlink():
            self.path.rename(self.path.with_name("was-here"))
            self.path.symlink_to(self.target)
        return kind


def test_a_file_that_becomes_a_link_after_the_check(place: Path) -> None:
    world = Exchange(place / "open" / "one.nix", place / "closed" / "secret.nix")
    with pytest.raises(NixError) as refused:
        RestrictedIO(world, [str(place / "open")]).read_file(f"{place}/open/one.nix")
    assert "Too many levels of symbolic links" in str(refused.value)


@pytest.mark.parametrize("reading", [RestrictedIO.read_file, RestrictedIO.read_dir])
def test_a_folder_that_becomes_a_link_after_the_check(
    place: Path, reading: Callable[[RestrictedIO, str], object]
) -> None:
    (place / "closed" / "sub").mkdir()
    world = Exchange(place / "open" / "inner", place / "closed")
    io = RestrictedIO(world, [str(place / "open")])
    with pytest.raises(NixError, match="does not exist"):
        reading(io, f"{place}/open/inner/sub")
    assert io.file_type(f"{place}/open/inner/sub") is None


@pytest.mark.parametrize(
    ("uri", "prefix", "allowed"),
    [
        ("https://example.org", "https://example.org", True),
        ("https://example.org/a", "https://example.org", True),
        ("https://example.org/a", "https://example.org/", True),
        ("https://example.organic", "https://example.org", False),
        ("https://example.org", "https:", True),
        ("https://example.org", "https", False),
        ("http://example.org", "https:", False),
        ("github:a/b", "github:", True),
        ("github:a/b", "", False),
    ],
)
def test_allowed_uris(uri: str, prefix: str, allowed: bool) -> None:
    io = RestrictedIO(NoFollowIO(), (), RESTRICTED, [prefix])
    if allowed:
        io.check_uri(uri)
    else:
        with pytest.raises(RestrictedPathError) as refused:
            io.check_uri(uri)
        assert str(refused.value) == f"access to URI '{uri}' is forbidden in restricted mode"


def test_file_uris_are_paths(place: Path) -> None:
    io = RestrictedIO(NoFollowIO(), [str(place / "open")], RESTRICTED, [])
    io.check_uri(f"file://{place}/open/one.nix")
    for uri in (f"file://{place}/closed", f"file://{place}/open/to-file", f"{place}/open/../closed"):
        with pytest.raises(RestrictedPathError):
            io.check_uri(uri)


def test_nothing_is_left_open(place: Path) -> None:
    io = restricted(place / "open")
    handles = Path("/proc/self/fd")
    if not handles.exists():
        pytest.skip("the system does not tell what is open")
    before = len(list(handles.iterdir()))
    for _ in range(20):
        io.read_dir(f"{place}/open")
        io.read_file(f"{place}/open/one.nix")
        io.file_type(f"{place}/open/nowhere/x")
        for path in ("inner", "nowhere", "nowhere/x", "one.nix/x", "loop"):
            with pytest.raises(NixError):
                io.read_file(f"{place}/open/{path}")
    assert len(list(handles.iterdir())) == before
