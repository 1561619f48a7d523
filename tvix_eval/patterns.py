"""Regular expressions of ours that are compiled when first used.

Importing `re` and compiling takes longer than evaluating most expressions.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Final


class LazyPattern:
    """A pattern of `re`; `dotall` as its flag."""

    def __init__(self, text: str, dotall: bool = False) -> None:
        self.text: Final = text
        self.dotall: Final = dotall
        self.compiled: re.Pattern[str] | None = None

    def get(self) -> re.Pattern[str]:
        compiled = self.compiled
        if compiled is None:
            import re

            compiled = re.compile(self.text, re.DOTALL if self.dotall else 0)
            self.compiled = compiled
        return compiled
