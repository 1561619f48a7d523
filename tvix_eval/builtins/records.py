"""What a host composes an evaluation's builtins of: `Builtin`, `Constant`, `SourceBuiltin`."""

from __future__ import annotations

from tvix_eval.vm.values import Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Constant:
    """A value that is always there."""

    def __init__(self, name: str, value: object, doc: str) -> None:
        self.name: Final = name
        self.value: Final = value
        self.doc: Final = doc


class SourceBuiltin:
    """A builtin given as a Nix expression, evaluated when it is first needed.

    `source_name` is what positions in it call it.
    """

    def __init__(self, name: str, text: str, source_name: str, doc: str) -> None:
        self.name: Final = name
        self.text: Final = text
        self.source_name: Final = source_name
        self.doc: Final = doc


if TYPE_CHECKING:
    Record = Builtin | Constant | SourceBuiltin
