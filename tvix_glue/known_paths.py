"""What this evaluation has instantiated, and can produce."""

from __future__ import annotations

from nix_compat.derivation import Derivation
from nix_compat.store_path import StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class KnownPaths:
    """Derivations by the path of their file, and which derivation makes an output path.

    `observe(path, derivation)` is called for each derivation when it is first instantiated: inputs
    come before what needs them, so builds can start while evaluation goes on.
    """

    def __init__(self, store: StoreDir, observe: Callable[[str, Derivation], None] | None = None) -> None:
        self.store: Final = store
        self.observe: Final = observe
        self.derivations: Final[dict[str, Derivation]] = {}
        self.producers: Final[dict[str, tuple[str, str]]] = {}

    def add(self, path: str, derivation: Derivation) -> bool:
        """Whether it is new."""
        if path in self.derivations:
            return False
        self.derivations[path] = derivation
        for name, output in derivation.outputs.items():
            made = output.path(self.store, derivation.name, name)
            if made:
                self.producers.setdefault(made, (path, name))
        if self.observe is not None:
            self.observe(path, derivation)
        return True

    def derivation(self, path: str) -> Derivation | None:
        return self.derivations.get(path)

    def producer(self, output_path: str) -> tuple[str, str] | None:
        """The derivation that makes a path, and the name of the output; None when none is known."""
        return self.producers.get(output_path)
