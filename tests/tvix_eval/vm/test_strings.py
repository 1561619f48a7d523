"""Contexts are interned, and strings without one pay nothing for them."""

from __future__ import annotations

from tvix_eval.vm.strings import (
    BUILT,
    DRV_DEEP,
    OPAQUE,
    ContextBuilder,
    NixString,
    context_of,
    decode,
    element,
    single,
    union,
)


def test_elements_and_sets_of_them_are_one_object() -> None:
    assert element(OPAQUE, "/nix/store/a") is element(OPAQUE, "/nix/store/a")
    assert decode("!out!/nix/store/a.drv") is element(BUILT, "/nix/store/a.drv", "out")
    assert decode("=/nix/store/a.drv") is element(DRV_DEEP, "/nix/store/a.drv")
    assert context_of(frozenset(["/a", "/b"])) is context_of(frozenset(["/b", "/a"]))


def test_unions_are_remembered_and_reuse_what_is_there() -> None:
    a, b = single(element(OPAQUE, "/a")), single(element(OPAQUE, "/b"))
    both = union(a, b)
    assert union(b, a) is both
    assert union(both, a) is both
    assert union(a, both) is both
    assert [each.path for each in both.elements] == ["/a", "/b"]


def test_a_built_string_is_plain_without_context() -> None:
    builder = ContextBuilder()
    assert builder.string("x") == "x"
    builder.add_element(element(OPAQUE, "/a"))
    string = builder.string("x")
    assert isinstance(string, NixString)
    assert string.context is single(element(OPAQUE, "/a"))


def test_how_elements_are_shown() -> None:
    assert element(BUILT, "/a.drv", "out").display() == "/a.drv^out"
    assert element(BUILT, "!x!/a.drv", "out").display() == "/a.drv^x^out"
    assert element(DRV_DEEP, "/a.drv").display() == "/a.drv"
