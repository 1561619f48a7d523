"""Derivations as files: read, written, and refused as Nix 2.34.8 does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_compat import aterm, aterm_reader
from nix_compat.content_address import FLAT, GIT, NAR, TEXT, ContentAddress
from nix_compat.derivation import (
    Deferred,
    Derivation,
    Fixed,
    Floating,
    Impure,
    InputAddressed,
    InputNode,
    Output,
)
from nix_compat.errors import FormatError, InvalidDerivation
from nix_compat.hashes import Hash

from .reference import FILES, STORE, byte_text, names, path_of, read


def parse(text: str, name: str = "a") -> Derivation:
    return aterm_reader.read_derivation(text, name, STORE)


@pytest.mark.parametrize("path", sorted(FILES))
def test_files_of_nix(path: str) -> None:
    assert aterm.write_derivation(read(path), STORE) == FILES[path]


def test_parts() -> None:
    drv = read(path_of("several"))
    assert (drv.name, drv.platform, drv.builder) == ("several", "x86_64-linux", "/bin/sh")
    assert drv.args == ["-c", 'echo "hi"\n\t$out \\ \r']
    assert drv.env["accented"] == "é".encode().decode("latin-1")
    assert sorted(drv.outputs) == ["bin", "dev", "out"]
    assert {path: node.outputs for path, node in drv.input_drvs.items()} == {
        path_of("fixed"): {"out"},
        path_of("fixed-nar"): {"out"},
    }
    assert drv.input_srcs == {drv.env["src"]}
    assert drv.references() == {drv.env["src"], path_of("fixed"), path_of("fixed-nar")}
    assert not drv.is_builtin()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("fixed", "fixed"),
        ("several", "input-addressed"),
        ("floating", "floating"),
        ("deferred", "deferred"),
        ("dynamic", "deferred"),
        ("impure", "impure"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert read(path_of(name)).kind() == kind


def test_dynamic_inputs() -> None:
    drv = read(path_of("dynamic"))
    node = drv.input_drvs[path_of("produced.drv")]
    assert node.outputs == set()
    assert node.dynamic["out"].outputs == {"out"}
    assert node.dynamic["out"].dynamic["out"].outputs == {"lib"}
    assert drv.has_dynamic_inputs() and not read(path_of("several")).has_dynamic_inputs()


def test_structured_attributes() -> None:
    drv = read(path_of("structured"))
    assert drv.structured_attrs is not None and drv.structured_attrs.startswith('{"builder":"/bin/sh",')
    assert "__json" not in drv.env
    drv.env["__json"] = "{}"
    with pytest.raises(InvalidDerivation, match="^Cannot have an environment variable named '__json'"):
        aterm.write_derivation(drv, STORE)


REST = ',[],[],"a","b",[],[])'
PATH = "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x"
SHA256 = "00" * 32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected string 'D'"),
        ("X", "expected string 'D'"),
        ("Dx", "derivation does not start with 'Derive' or 'DrvWithVersion'"),
        ("Derive(x", "expected string '['"),
        ('DrvWithVersion("a",', "Unknown derivation ATerm format version 'a'"),
        ('Derive([("out', "unterminated string in derivation"),
        ('Derive([("out\\"', "unterminated string in derivation"),
        ('Derive([("out","rel","","")', "bad path 'rel' in derivation"),
        ('Derive([("out","/foo/bar","","")', 'path "/foo/bar" is not in the Nix store'),
        ('Derive([("out","","sha256","impure"', "expected string ')'"),
        (
            f'Derive([("out","{PATH}","sha256","impure")',
            "impure derivation output should not specify output path",
        ),
        (
            'Derive([("out","/x","r:sha256","")',
            "content-addressing derivation output should not specify output path",
        ),
        (
            'Derive([("out","x","sha257","aa")',
            "unknown hash algorithm 'sha257', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'",
        ),
        ('Derive([("out","/x","sha256","aa")', "hash 'aa' has wrong length for hash algorithm 'sha256'"),
        ('Derive([("out","x","sha256","aa")', "bad path 'x' in derivation"),
        ('Derive([("out","/nix/store/aaa","","")', "'aaa' is too short to be a valid store path"),
        (f'DrvWithVersion("xp-dyn-drv",[],[("{PATH}.drv",x', "invalid inputDrvs entry in derivation"),
        ('DrvWithVersion("xp-dyn-drv",[],[("rel",x', "bad path 'rel' in derivation"),
        (f'Derive([],[("{PATH}.drv",([],[]))]', "expected string '['"),
        ('Derive([],[],["rel"]', "bad path 'rel' in derivation"),
        ('Derive([],[],["/x""rel"]', "bad path 'rel' in derivation"),
        ('Derive([],[],["/x"]', 'path "/x" is not in the Nix store'),
        ('Derive([],[],[],"a","b",x[])', "expected string ',['"),
        ('Derive([],[],[],"a","b",["a""b",],[])', "expected string '\"'"),
        (
            'Derive([],[],[],"a","b",[],[("__json","[1]")])',
            "cannot process __json attribute: [json.exception.type_error.302] type must be object,"
            " but is array",
        ),
    ],
)
def test_messages(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert caught.value.message == message
    assert 0 <= caught.value.offset <= len(text)


def test_the_offset_is_where_reading_stopped() -> None:
    with pytest.raises(FormatError) as caught:
        parse('Derive([],[],[],"a"x')
    assert caught.value.offset == len('Derive([],[],[],"a"')


def test_what_nix_tolerates() -> None:
    drv = parse(
        'Derive([,("out","","sha256","")("out","","sha1","")],[],[],"a","b",["a""b"],'
        '[("x","1\\q\\"")("x","2\\\\")])TRAIL'
    )
    assert drv.args == ["a", "b"]
    assert drv.env == {"x": "2\\"}
    output = drv.outputs["out"]
    assert isinstance(output, Floating) and output.algorithm == "sha256"


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ("", "must have at least one output"),
        ('("a","","sha256",""),("b","","","")', "can't mix derivation output types"),
        (
            '("a","","sha256",""),("b","","sha1","")',
            "all floating outputs must use the same hash algorithm",
        ),
        (f'("a","/x","sha256","{SHA256}")', 'single fixed output must be named "out"'),
    ],
)
def test_outputs_that_do_not_go_together(outputs: str, message: str) -> None:
    drv = parse("Derive([" + outputs + "]" + REST)
    with pytest.raises(InvalidDerivation) as caught:
        drv.kind()
    assert caught.value.message == message


def test_only_one_fixed_output() -> None:
    drv = parse(f'Derive([("out","/x","sha256","{SHA256}"),("x","/x","sha256","{SHA256}")]' + REST)
    with pytest.raises(InvalidDerivation, match="^only one fixed output is allowed for now$"):
        drv.kind()


def test_depth() -> None:
    depth = 20_000
    node = '([],[("out",' * depth + '["x"]' + ")])" * depth
    text = f'DrvWithVersion("xp-dyn-drv",[("out","","","")],[("{PATH}.drv",{node})]' + REST.removeprefix(
        ",[]"
    )
    drv = parse(text)
    assert aterm.write_derivation(drv, STORE) == text
    with pytest.raises(FormatError):
        parse(text[: len(text) // 4])


def paths(suffix: str) -> st.SearchStrategy[str]:
    return names.map(lambda name: STORE.text_path(name + suffix, bytes(32), []))


def nodes() -> st.SearchStrategy[InputNode]:
    def make(outputs: set[str], dynamic: dict[str, InputNode]) -> InputNode:
        node = InputNode()
        node.outputs = outputs
        node.dynamic = dynamic
        return node

    plain = st.sets(names).map(lambda outputs: make(outputs, {}))
    return st.recursive(plain, lambda inner: st.builds(make, st.sets(names), st.dictionaries(names, inner)))


methods = st.sampled_from([FLAT, NAR, GIT, TEXT])
sha256s = st.binary(min_size=32, max_size=32).map(lambda digest: Hash("sha256", digest))
outputs: st.SearchStrategy[Output] = st.one_of(
    paths("").map(InputAddressed),
    st.builds(Deferred),
    st.builds(ContentAddress, methods, sha256s).map(Fixed),
    st.builds(Floating, methods, st.sampled_from(["sha1", "sha256"])),
    st.builds(Impure, methods, st.just("sha256")),
)


@st.composite
def derivations(draw: st.DrawFn) -> Derivation:
    drv = Derivation(draw(names))
    drv.outputs = draw(st.dictionaries(names, outputs))
    drv.input_drvs = draw(st.dictionaries(paths(".drv"), nodes(), max_size=3))
    drv.input_srcs = draw(st.sets(paths("")))
    drv.platform = draw(names)
    drv.builder = draw(byte_text)
    drv.args = draw(st.lists(byte_text))
    drv.env = draw(st.dictionaries(byte_text.filter(lambda name: name != "__json"), byte_text))
    drv.structured_attrs = draw(st.sampled_from([None, "{}", '{"a":[1,"\\n"]}']))
    return drv


@given(derivations())
def test_round_trip(drv: Derivation) -> None:
    text = aterm.write_derivation(drv, STORE)
    again = parse(text, drv.name)
    assert aterm.write_derivation(again, STORE) == text
    assert (again.args, again.env, again.builder) == (drv.args, drv.env, drv.builder)
    assert again.structured_attrs == drv.structured_attrs
    assert {name: output.kind() for name, output in again.outputs.items()} == {
        name: output.kind() for name, output in drv.outputs.items()
    }


@given(byte_text | st.text('"\\()[],Derive/', max_size=60))
def test_any_text(text: str) -> None:
    for start in ("", "Derive([", 'Derive([],[],[],"a","b",[],[', 'DrvWithVersion("xp-dyn-drv",[],[('):
        try:
            assert aterm.write_derivation(parse(start + text), STORE)
        except FormatError as error:
            assert error.offset <= len(start + text)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_files_with_a_mistake(path: str, data: st.DataObject) -> None:
    text = FILES[path]
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(at + 3, len(text))))
    changed = text[:at] + data.draw(st.text('"\\()[],x', max_size=3)) + text[end:]
    try:
        assert aterm.write_derivation(parse(changed), STORE)
    except FormatError as error:
        assert error.offset <= len(changed)
