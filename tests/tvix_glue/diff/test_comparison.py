"""What two graphs of derivations differ in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tvix_glue import FolderStore
from tvix_glue.diff.causes import summarise
from tvix_glue.diff.comparison import compare
from tvix_glue.diff.graph import FolderGraph, Joined, Unreadable

from .comparing import BOTH, PACKAGE_SET, Side, causes, differences, shown, write_set

LEAF = 'make "leaf" { a = "%s"; }'


def test_a_package_set_with_two_changes(tmp_path: Path) -> None:
    """Of some 200 derivations more than half differ, two of them in themselves."""
    stores = FolderStore(str(tmp_path / "one")), FolderStore(str(tmp_path / "other"))
    left, right = write_set(stores[0]), write_set(stores[1], BOTH)
    graphs = FolderGraph([str(tmp_path / "one")]), FolderGraph([str(tmp_path / "other")])
    summary = summarise(compare(graphs, left, right))
    assert len([path for path in stores[0].valid_paths() if path.endswith(".drv")]) > 200
    assert len(summary.folded) > 100
    assert [shown(cause) for cause in summary.causes] == [
        ("package-4-3-1.3", [("env.flags", "-O2", "-O2 -g")]),
        (
            "bootstrap.tar.xz",
            [
                (
                    "outputs.out.hash",
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    "0000004298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                )
            ],
        ),
    ]
    assert [node.name for node in summary.causes[1].chain] == [
        "everything",
        "package-8-0-1.0",
        "stdenv-stage4",
        "bootstrap-tools",
        "bootstrap.tar.xz",
    ]
    assert all(cause.has_effect for cause in summary.causes)


def test_the_same_in_memory() -> None:
    summary = differences(f"import {PACKAGE_SET} {{ }}", f"import {PACKAGE_SET} {BOTH}")
    assert [cause.node.name for cause in summary.causes] == ["package-4-3-1.3", "bootstrap.tar.xz"]


def test_no_difference() -> None:
    summary = differences(LEAF % 1, LEAF % 1)
    assert summary.same and summary.causes == []


def test_the_roots_alone() -> None:
    assert causes(LEAF % 1, LEAF % 2) == [("leaf", [("env.a", "1", "2")])]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ('{ system = "a"; }', '{ system = "b"; }', [("system", "a", "b")]),
        ('{ builder = "/a"; }', '{ builder = "/b"; }', [("builder", "/a", "/b")]),
        ('{ args = [ "a" "b" ]; }', '{ args = [ "a" "c" ]; }', [("args[1]", "b", "c")]),
        ('{ args = [ "a" "b" ]; }', '{ args = [ "b" ]; }', [("args[0]", "a", None)]),
        (
            '{ args = [ "b" ]; }',
            '{ args = [ "a" "b" "c" ]; }',
            [("args[0]", None, "a"), ("args[2]", None, "c")],
        ),
        ("{ a = 1; }", "{ }", [("env.a", "1", None)]),
        ("{ }", "{ a = 1; b = 2; }", [("env.a", None, "1"), ("env.b", None, "2")]),
        ('{ name = "y"; }', "{ }", [("name", "y", "x")]),
        (
            '{ outputs = [ "out" "dev" ]; }',
            "{ }",
            [("outputs", "dev out", "out"), ("env.dev", "${dev}", None)],
        ),
        (
            '{ __structuredAttrs = true; a.b = [ 1 { c = "x"; } ]; }',
            '{ __structuredAttrs = true; a.b = [ 1 { c = "y"; } ]; a.d = null; }',
            [("structuredAttrs.a.b[1].c", "x", "y"), ("structuredAttrs.a.d", None, "null")],
        ),
        (
            "{ __contentAddressed = true; }",
            '{ __contentAddressed = true; outputHashMode = "flat"; }',
            [("outputs.out.method", "floating r:sha256", "floating sha256")],
        ),
    ],
)
def test_fields(left: str, right: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    (cause,) = causes(f'make "x" ({left})', f'make "x" ({right})')
    assert cause == ("x" if "name" not in left else "y", expected)


def test_what_only_follows_from_an_input_is_folded() -> None:
    """Wherever it is: in texts, in arguments, in JSON, and in names of more than one output."""
    user = (
        'let leaf = make "leaf" { outputs = [ "out" "dev" ]; a = "%s"; }; '
        'middle = make "middle" { __structuredAttrs = true; x.y = [ "-I${leaf.dev}/include:${leaf}" ]; '
        'builder = "${leaf}/bin/sh"; args = [ "${leaf}" leaf.dev ]; }; '
        'in make "top" { inherit middle leaf; PATH = "${middle}/bin:${leaf.dev}:${placeholder "out"}"; }'
    )
    summary = differences(user % 1, user % 2)
    assert [shown(cause) for cause in summary.causes] == [("leaf", [("env.a", "1", "2")])]
    assert sorted(node.name for node in summary.folded) == ["middle", "top"]


def test_own_differences_beside_those_of_inputs() -> None:
    user = 'let leaf = make "leaf" { a = "%s"; }; in make "top" { text = "%s ${leaf}/bin"; }'
    assert causes(user % (1, "x"), user % (2, "y")) == [
        ("leaf", [("env.a", "1", "2")]),
        (
            "top",
            [
                (
                    "env.text",
                    "x /nix/store/\xe2\x80\xa6-leaf.drv^out/bin",
                    "y /nix/store/\xe2\x80\xa6-leaf.drv^out/bin",
                )
            ],
        ),
    ]


def test_inputs_that_come_and_go() -> None:
    user = 'make "top" { inputs = [ %s ]; }'
    one, other = 'make "one" { }', 'make "other" { }'
    (cause,) = causes(user % f"({one})", user % f"({one}) ({other})")
    assert cause[0] == "top"
    assert [subject for subject, _, _ in cause[1]] == ["env.inputs", "input other.drv"]


def test_outputs_that_are_used() -> None:
    user = 'let leaf = make "leaf" { outputs = [ "out" "dev" ]; a = "%s"; }; in make "top" { x = leaf.%s; }'
    found = dict(causes(user % (1, "out"), user % (2, "dev")))
    assert found["leaf"] == [("env.a", "1", "2")]
    assert ("outputs used of leaf.drv", "out", "dev") in found["top"]


def test_another_version_is_no_other_input() -> None:
    user = 'let leaf = make "leaf-%s" { version = "%s"; }; in make "top" { x = "${leaf}/bin"; }'
    assert causes(user % (1, 1), user % (2, 2)) == [
        ("leaf-1", [("name", "leaf-1", "leaf-2"), ("env.version", "1", "2")])
    ]


def test_another_name_in_the_same_place_is_no_other_input() -> None:
    user = 'let leaf = make "%s" { }; in make "top" { x = "${leaf}/bin"; }'
    assert causes(user % "one", user % "other") == [("one", [("name", "one", "other")])]


def test_inputs_of_one_name_are_told_apart() -> None:
    source = '(make "source" { url = "%s"; })'
    user = 'make "top" { a = ' + source + "; b = " + source + "; c = " + source + "; }"
    assert causes(user % (1, 2, 3), user % (1, 9, 3)) == [("source", [("env.url", "2", "9")])]
    same_place = 'make "top" { all = [ ' + source + source + " ]; }"
    assert causes(same_place % (1, 2), same_place % (1, 3)) == [("source", [("env.url", "2", "3")])]


FETCH = 'make "source" { url = "%s"; outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; }'


def test_another_way_to_the_same_download_has_no_effect() -> None:
    user = (
        'let leaf = make "leaf" { a = %d; }; in make "top" { src = '
        + FETCH.replace("%s", "%s${leaf}")
        + "; b = %d; }"
    )
    summary = differences(user % (1, "x", 1), user % (2, "y", 1))
    assert [(cause.node.name, cause.has_effect) for cause in summary.causes] == [
        ("leaf", False),
        ("source", False),
    ]
    summary = differences(user % (1, "x", 1), user % (2, "x", 2))
    assert [(cause.node.name, cause.has_effect) for cause in summary.causes] == [
        ("top", True),
        ("leaf", False),
    ]


def test_the_file_of_a_derivation_has_an_effect() -> None:
    """Where it is not what is downloaded that is used, but the derivation itself."""
    user = "let src = " + FETCH + '; in make "top" { file = unsafeDiscardOutputDependency src.drvPath; }'
    summary = differences(user % 1, user % 2)
    assert [(cause.node.name, cause.has_effect) for cause in summary.causes] == [("source", True)]


@pytest.mark.parametrize("kind", ["__contentAddressed", "__impure"])
def test_outputs_whose_paths_are_not_known(kind: str) -> None:
    user = (
        'let leaf = make "leaf" { %s = true; outputs = [ "out" "dev" ]; a = %d; }; '
        'in make "top" { x = leaf.dev; args = [ "${leaf}" ]; }'
    )
    assert causes(user % (kind, 1), user % (kind, 2)) == [("leaf", [("env.a", "1", "2")])]


def test_dynamic_derivations() -> None:
    user = (
        'let producer = make "p.drv" { __contentAddressed = true; outputHashMode = "text"; a = %d; }; '
        'in make "top" { x = outputOf (outputOf producer.outPath "out") "dev"; }'
    )
    assert causes(user % 1, user % 2) == [("p.drv", [("env.a", "1", "2")])]


def test_sources_are_compared_by_contents() -> None:
    """One text, used by many, is one cause; texts within texts are looked into."""
    user = (
        'let inner = toFile "inner" "%s\\n"; text = toFile "builder.sh" "a\\nsource ${inner}\\nb\\n"; '
        'in make "top" { args = [ text ]; middle = make "middle" { args = [ text ]; }; }'
    )
    summary = differences(user % 1, user % 2)
    assert [shown(cause) for cause in summary.causes] == [("inner", [("contents", "1\n", "2\n")])]
    assert sorted(node.name for node in summary.folded) == ["builder.sh", "middle", "top"]


def test_trees_are_compared_by_contents(tmp_path: Path) -> None:
    folders = []
    for side in ("left", "right"):
        folder = tmp_path / side / "tree"
        (folder / "sub").mkdir(parents=True)
        (folder / "same").write_text("same")
        (folder / "changed").write_text(f"in {side}\n")
        (folder / "sub" / side).write_text("")
        (folder / "link").symlink_to(side)
        (folder / "binary").write_bytes(b"\0" + side.encode())
        (folder / "sub" / "mode").write_text("")
        (folder / "sub" / "mode").chmod(0o755 if side == "left" else 0o644)
        folders.append(str(folder.parent))
    summary = differences(
        'make "x" { src = ./tree; }', 'make "x" { src = ./tree; }', (folders[0], folders[1])
    )
    (cause,) = summary.causes
    name, found = shown(cause)
    assert name == "tree"
    assert [subject for subject, _, _ in found] == [
        "file binary",
        "file changed",
        "file link",
        "file sub/left",
        "file sub/mode (executable)",
        "file sub/right",
    ]
    assert found[1] == ("file changed", "in left\n", "in right\n")
    assert found[2] == ("file link", "link to left", "link to right")
    assert found[3] == ("file sub/left", "a regular file", None)
    assert found[4] == ("file sub/mode (executable)", "True", "False")


def test_the_same_difference_in_many_is_said_once() -> None:
    user = 'make "top" { all = genList (n: make "p-${toString n}" { inherit n; flags = "%s"; }) 20; }'
    (cause,) = differences(user % "-O2", user % "-O3").causes
    assert shown(cause)[1] == [("env.flags", "-O2", "-O3")]
    assert len(cause.others) == 19


def test_paths_without_context() -> None:
    """They are no inputs, but they are those of derivations that are known otherwise."""
    user = (
        'let leaf = make "leaf" { a = %d; }; middle = make "middle" { inherit leaf; }; '
        'in make "top" { inherit middle; forbidden = unsafeDiscardStringContext leaf.outPath; }'
    )
    assert causes(user % 1, user % 2) == [("leaf", [("env.a", "1", "2")])]
    unknown = 'make "top" { x = "/nix/store/%s-x"; }'
    ((name, found),) = causes(unknown % ("a" * 32), unknown % ("b" * 32))
    assert (name, [subject for subject, _, _ in found]) == ("top", ["env.x"])


def test_deep_graphs() -> None:
    chain = (
        'foldl\' (below: n: let made = make "link-${toString n}" { inherit below; }; in seq made.drvPath made) '
        '(make "leaf" { a = %d; }) (genList (n: n) 3000)'
    )
    summary = differences(chain % 1, chain % 2)
    assert [shown(cause) for cause in summary.causes] == [("leaf", [("env.a", "1", "2")])]
    assert len(summary.causes[0].chain) == 3001


def test_derivations_that_can_not_be_read(tmp_path: Path) -> None:
    one, other = Side('make "top" { x = ' + LEAF % 1 + "; }"), Side('make "top" { x = ' + LEAF % 2 + "; }")
    for side in (one, other):
        (tmp_path / Path(side.path).name).write_bytes(side.graph.source(side.path)[0].read_file(side.path))  # type: ignore[index]
    graph = FolderGraph([str(tmp_path)])
    (cause,) = summarise(compare((graph, graph), one.path, other.path)).causes
    name, ((subject, left, right),) = shown(cause)
    assert (name, subject, left) == ("leaf", "derivation", "not readable")
    assert right is not None and right.startswith("derivation '/nix/store/") and "is not in " in right
    with pytest.raises(Unreadable, match="is not in "):
        compare((graph, graph), one.path, one.path[:-4] + "x.drv")


def test_output_paths_that_nothing_accounts_for(tmp_path: Path) -> None:
    """As when one side computes them wrongly."""
    side = Side('make "top" { }')
    text = side.graph.source(side.path)[0].read_file(side.path)  # type: ignore[index]
    output = side.graph.derivation(side.path).outputs["out"].path(side.graph.store, "top", "out")
    wrong = "/nix/store/" + "a" * 32 + "-top"
    (tmp_path / ("b" * 32 + "-top.drv")).write_bytes(text.replace(output.encode(), wrong.encode()))
    graph = FolderGraph([str(tmp_path)])
    found = compare((side.graph, graph), side.path, "/nix/store/" + "b" * 32 + "-top.drv")
    assert [shown(cause) for cause in summarise(found).causes] == [
        ("top", [("outputs.out.path", output, wrong)])
    ]


def test_one_graph_after_another() -> None:
    one, other = Side(LEAF % 1), Side(LEAF % 2)
    both = Joined([one.graph, other.graph])
    assert not summarise(compare((both, both), one.path, other.path)).same
    with pytest.raises(Unreadable, match="is not in the store"):
        both.derivation("/nix/store/" + "a" * 32 + "-x.drv")


def test_damaged_derivations(tmp_path: Path) -> None:
    path = "/nix/store/" + "a" * 32 + "-x.drv"
    (tmp_path / Path(path).name).write_text("Derive(")
    graph = FolderGraph([str(tmp_path)])
    with pytest.raises(Unreadable, match=f"error parsing derivation '{path}'"):
        graph.derivation(path)
