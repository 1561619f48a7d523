"""The builtins that need a store, for an evaluation that has none.

Programs may mention them; to call one is an error that says so. A host with a store gives
its own builtins of these names instead.
"""

from __future__ import annotations

from tvix_eval.errors import EvalError
from tvix_eval.vm.values import Builtin, Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

PARAMETERS: Final = {
    "derivation": ["attrs"],
    "derivationStrict": ["attrs"],
    "fetchGit": ["args"],
    "fetchMercurial": ["args"],
    "fetchTarball": ["args"],
    "fetchurl": ["arg"],
    "filterSource": ["predicate", "path"],
    "getFlake": ["args"],
    "path": ["args"],
    "storePath": ["path"],
    "toFile": ["name", "contents"],
}

# Those that an experimental feature brings, and which.
EXPERIMENTAL: Final = {
    "fetchClosure": ("fetch-closure",),
    "fetchTree": ("fetch-tree", "flakes"),
    "outputOf": ("dynamic-derivations",),
}


class NeedsStore(Primitive):
    def __init__(self, name: str) -> None:
        self.name: Final = name

    def call1(self, a: object) -> object:
        raise EvalError("'builtins." + self.name + "' needs a store, and this evaluation has none")

    def call2(self, a: object, b: object) -> object:
        return self.call1(a)


def storeless_builtins(features: Iterable[str] = ()) -> list[Builtin]:
    """`features`: the experimental features that are on."""
    enabled = set(features)
    names = [*PARAMETERS, *(name for name, wanted in EXPERIMENTAL.items() if enabled.intersection(wanted))]
    return [
        Builtin(name, PARAMETERS.get(name, ["args"]), NeedsStore(name), "Needs a store.") for name in names
    ]
