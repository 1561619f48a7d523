"""Hashes of derivations, and the paths of outputs and of derivations themselves."""

from __future__ import annotations

import pytest

from nix_compat.content_address import NAR, ContentAddress
from nix_compat.derivation import Deferred, Derivation, Fixed, Floating, InputAddressed
from nix_compat.errors import BadStorePath, InvalidDerivation
from nix_compat.hash_modulo import DerivationHashes
from nix_compat.hashes import Hash

from .reference import FILES, STORE, path_of, read


def hashes() -> DerivationHashes:
    return DerivationHashes(STORE, read)


def unfinished(path: str) -> Derivation:
    """A derivation before the paths of its outputs were computed."""
    drv = read(path)
    for name, output in drv.outputs.items():
        if isinstance(output, InputAddressed):
            drv.outputs[name] = Deferred()
            drv.env[name] = ""
    return drv


@pytest.mark.parametrize("path", sorted(FILES))
def test_paths_of_nix(path: str) -> None:
    made = hashes().instantiate(read(path))
    assert (made.path, made.text) == (path, FILES[path])


@pytest.mark.parametrize("path", sorted(FILES))
def test_output_paths_of_nix(path: str) -> None:
    for complete in (False, True):
        all_hashes = hashes()
        drv = unfinished(path)
        if complete:
            made = all_hashes.complete(drv)
        else:
            all_hashes.fill_in_outputs(drv)
            made = all_hashes.instantiate(drv)
        assert (made.path, made.text) == (path, FILES[path])
        found = hashes().of_path(path)
        assert all_hashes.known[path].outputs == found.outputs
        assert all_hashes.known[path].known == found.known


def test_variables_may_be_absent_where_outputs_are_not_deferred() -> None:
    path = path_of("fixed")
    drv = read(path)
    del drv.env["out"]
    assert hashes().complete(drv).text == FILES[path]


def test_each_derivation_is_read_once() -> None:
    asked: list[str] = []

    def reader(path: str) -> Derivation:
        asked.append(path)
        return read(path)

    all_hashes = DerivationHashes(STORE, reader)
    found = all_hashes.of_path(path_of("top"))
    assert not found.known
    assert len(asked) == len(set(asked)) > 5
    assert all_hashes.of_path(path_of("top")) is found
    assert all_hashes.of_path(path_of("several")).known
    # What a fixed output is made of does not matter.
    all_hashes.known.clear()
    asked.clear()
    all_hashes.of_path(path_of("fixed"))
    assert asked == [path_of("fixed")]


def test_all_kinds_of_paths_are_right() -> None:
    warnings: list[str] = []
    for path in FILES:
        hashes().check(read(path), warnings.append)
    assert warnings == []


def simple(outputs: int = 1) -> Derivation:
    drv = Derivation("foo")
    drv.platform = "a"
    drv.builder = "b"
    for name in ["out", "lib"][:outputs]:
        drv.outputs[name] = Deferred()
        drv.env[name] = ""
    return drv


def check(drv: Derivation) -> str:
    """What is wrong with a derivation."""
    with pytest.raises(InvalidDerivation) as caught:
        hashes().check(drv, lambda message: None)
    return caught.value.message


def test_a_deferred_output_that_need_not_be() -> None:
    drv = simple()
    drv.env.clear()
    path = "/nix/store/8gppkq3fsbzamvkfg8chljzj0cpw718r-foo"
    told: list[str] = []
    with pytest.raises(InvalidDerivation) as caught:
        hashes().check(drv, told.append)
    assert caught.value.message == (
        f"derivation has missing environment variable 'out', should be '{path}' but is not present"
    )
    drv.env["out"] = "x"
    assert check(drv).startswith(
        "derivation has incorrect environment variable 'out', should be '/nix/store/"
    )
    drv = simple()
    hashes().fill_in_outputs(drv)
    settled = drv.env["out"]
    drv.outputs["out"] = Deferred()
    hashes().check(drv, told.append)
    assert told == [
        f"derivation has incorrect deferred output, should be '{settled}'.\nThis will be an error in future"
        " versions of Nix; compatibility of CA derivations will be broken."
    ]


def test_wrong_paths() -> None:
    drv = simple()
    drv.env.clear()
    wrong = "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x"
    drv.outputs["out"] = InputAddressed(wrong)
    assert check(drv) == (
        f"derivation has incorrect output '{wrong}',"
        " should be '/nix/store/8gppkq3fsbzamvkfg8chljzj0cpw718r-foo'"
    )
    drv.add_input(path_of("floating"), "out")
    assert check(drv) == f"derivation has incorrect output '{wrong}', should be deferred"
    drv = simple()
    drv.outputs["out"] = Fixed(ContentAddress(NAR, Hash("sha1", bytes(20))))
    drv.env["out"] = wrong
    assert check(drv).endswith(f"but is actually '{wrong}'")


def test_outputs_that_an_input_does_not_have() -> None:
    drv = simple()
    drv.add_input(path_of("several"), "doc")
    with pytest.raises(InvalidDerivation, match="^no hash for output 'doc' of derivation 'foo'$"):
        hashes().complete(drv)


def test_a_cycle() -> None:
    one, two = ("/nix/store/" + letter * 32 + "-x.drv" for letter in "12")
    drv = simple()
    drv.add_input(one, "out")
    other = simple()
    other.add_input(two, "out")
    with pytest.raises(InvalidDerivation, match="is an input of itself$"):
        DerivationHashes(STORE, {one: other, two: drv}.__getitem__).of_path(one)


def test_a_long_chain() -> None:
    """As long as no recursion could follow."""
    all_hashes = hashes()
    made: dict[str, Derivation] = {}
    last = ""
    for _ in range(20_000):
        drv = simple()
        if last:
            drv.add_input(last, "out")
        last = all_hashes.complete(drv).path
        made[last] = drv
    afresh = DerivationHashes(STORE, made.__getitem__)
    assert afresh.of_path(last).outputs == all_hashes.known[last].outputs


def test_what_variables_and_arguments_say_is_not_taken_for_outputs() -> None:
    """Completing puts paths into text that was already written."""
    drv = simple(2)
    drv.builder = '("out","")'
    drv.args = ['("out",""', "(", "out", "", '("lib","")']
    drv.env |= {"a": '("out","")', "(": "out", "zout": "", "": ""}
    other = simple(2)
    other.builder, other.args, other.env = drv.builder, drv.args, dict(drv.env)
    all_hashes = hashes()
    all_hashes.fill_in_outputs(other)
    assert hashes().complete(drv).text == all_hashes.instantiate(other).text
    assert drv.env == other.env


def test_names_that_are_too_long() -> None:
    drv = simple()
    drv.name = "a" * 208
    with pytest.raises(BadStorePath, match="must be no longer than 211 characters$"):
        hashes().complete(drv)


def test_floating_outputs_make_hashes_unknown() -> None:
    drv = simple()
    drv.outputs["out"] = Floating(NAR, "sha256")
    assert not hashes().of(drv, True).known
    assert hashes().of(simple(), True).known
