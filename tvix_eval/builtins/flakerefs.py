from __future__ import annotations

from tvix_eval.vm.values import Builtin


def flake_reference_builtins() -> list[Builtin]:
    return []
