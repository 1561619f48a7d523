"""Builtins about flake references. What is behind them is imported by the first call."""

from __future__ import annotations

from tvix_eval.builtins.primitive import Function1
from tvix_eval.vm.values import Builtin


def parse(a: object) -> object:
    from tvix_eval.builtins.flakerefs import parse_flake_ref

    return parse_flake_ref(a)


def show(a: object) -> object:
    from tvix_eval.builtins.flakerefs import flake_ref_to_string

    return flake_ref_to_string(a)


def flake_reference_builtins() -> list[Builtin]:
    return [
        Builtin(
            "parseFlakeRef",
            ["flake-ref"],
            Function1(parse),
            "The attributes of a flake reference that is written as a URL or a path.",
        ),
        Builtin(
            "flakeRefToString",
            ["attrs"],
            Function1(show),
            "The URL of a flake reference that is given as attributes.",
        ),
    ]
