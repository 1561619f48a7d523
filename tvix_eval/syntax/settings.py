"""What a caller says about parsing, and what it is told beside the tree."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

# The levels of a lint.
IGNORE: Final = "ignore"
WARN: Final = "warn"
FATAL: Final = "fatal"


class ParseSettings:
    """The settings of Nix that parsing depends on.

    `pipe_operators`: that experimental feature. `pure_eval`: paths in the home directory
    are refused. `lint_*`: what to do about a literal of that kind.
    """

    def __init__(
        self,
        pipe_operators: bool = False,
        pure_eval: bool = False,
        lint_url_literals: str = IGNORE,
        lint_short_path_literals: str = IGNORE,
        lint_absolute_path_literals: str = IGNORE,
    ) -> None:
        self.pipe_operators: Final = pipe_operators
        self.pure_eval: Final = pure_eval
        self.lint_url_literals: Final = lint_url_literals
        self.lint_short_path_literals: Final = lint_short_path_literals
        self.lint_absolute_path_literals: Final = lint_absolute_path_literals


class ParseWarning:
    """What Nix prints after ``warning: ``. `pos` is the offset of which the position and an
    excerpt follow, or `NO_POS` when the text says it all."""

    def __init__(self, pos: i64, text: str) -> None:
        self.pos: Final[i64] = pos
        self.text: Final = text
