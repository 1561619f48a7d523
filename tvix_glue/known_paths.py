"""What this evaluation has instantiated, and can produce."""

from __future__ import annotations

from nix_compat.derivation import Derivation
from nix_compat.store_path import StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class KnownPaths:
    """The outputs of each derivation, and which derivation makes an output path.

    `observe(path, derivation)` is called for each derivation when it is first instantiated: inputs
    come before what needs them, so builds can start while evaluation goes on. The derivations
    themselves are not kept here: the store has them.
    """

    def __init__(self, store: StoreDir, observe: Callable[[str, Derivation], None] | None = None) -> None:
        self.store: Final = store
        self.observe: Final = observe
        self.derivations: Final[dict[str, dict[str, str]]] = {}  # of each the paths of its outputs, by name
        self.producers: Final[dict[str, str]] = {}

    def add(self, path: str, derivation: Derivation) -> bool:
        """Whether it is new."""
        if path in self.derivations:
            return False
        outputs: dict[str, str] = {}
        for name, output in derivation.outputs.items():
            made = output.path(self.store, derivation.name, name)
            outputs[name] = made
            if made:
                self.producers.setdefault(made, path)
        self.derivations[path] = outputs
        observe = self.observe
        if observe is not None:
            observe(path, derivation)
        return True

    def outputs(self, path: str) -> dict[str, str] | None:
        """The paths of a derivation's outputs, "" for those not known yet; None for an unknown derivation."""
        return self.derivations.get(path)

    def producer(self, output_path: str) -> str | None:
        """A derivation that makes a path; None when none is known."""
        return self.producers.get(output_path)
