"""Placeholders, as derivations made by Nix 2.34.8 have them."""

from __future__ import annotations

from nix_compat import placeholders

from .reference import STORE, path_of, read


def test_own_outputs() -> None:
    assert placeholders.hash_placeholder("out") == "/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"
    assert placeholders.hash_placeholder("dev") == "/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz"
    assert read(path_of("floating")).env["lib"] == placeholders.hash_placeholder("lib")


def test_outputs_of_others() -> None:
    placeholder = placeholders.unknown_output(STORE, path_of("floating"), "out")
    assert read(path_of("deferred")).env["floating"] == placeholder.render()


def test_outputs_of_derivations_that_are_outputs() -> None:
    env = read(path_of("dynamic")).env
    producer = placeholders.unknown_output(STORE, path_of("produced.drv"), "out")
    produced = placeholders.unknown_derivation(producer, "out")
    assert env["produced"] == produced.render()
    assert env["lib"] == placeholders.unknown_derivation(produced, "lib").render()
