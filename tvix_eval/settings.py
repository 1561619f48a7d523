"""What a host decides about an evaluation."""

from __future__ import annotations

from tvix_eval.vm.machine import DEFAULT_MAX_CALL_DEPTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final


class Settings:
    """The names are Nix's settings.

    `experimental_features`: names of Nix's. `code_cache`: the folder of compiled code, or
    None for none. `home`: what ``~/`` in a path stands for. `timeout` (seconds) and
    `max_memory` (bytes of the process) bound each run; 0 for no bound. `colours`: values that
    messages quote are shown in colours, for a terminal.
    """

    def __init__(
        self,
        *,
        max_call_depth: int = DEFAULT_MAX_CALL_DEPTH,
        show_trace: bool = False,
        trace_verbose: bool = False,
        abort_on_warn: bool = False,
        pure_eval: bool = False,
        experimental_features: Iterable[str] = (),
        lint_url_literals: str = "ignore",
        lint_short_path_literals: str = "ignore",
        lint_absolute_path_literals: str = "ignore",
        code_cache: str | None = None,
        home: str = "/homeless-shelter",
        timeout: float = 0,
        max_memory: int = 0,
        colours: bool = False,
    ) -> None:
        self.max_call_depth: Final = max_call_depth
        self.show_trace: Final = show_trace
        self.trace_verbose: Final = trace_verbose
        self.abort_on_warn: Final = abort_on_warn
        self.pure_eval: Final = pure_eval
        self.experimental_features: Final = frozenset(experimental_features)
        self.lint_url_literals: Final = lint_url_literals
        self.lint_short_path_literals: Final = lint_short_path_literals
        self.lint_absolute_path_literals: Final = lint_absolute_path_literals
        self.code_cache: Final = code_cache
        self.home: Final = home
        self.timeout: Final = timeout
        self.max_memory: Final = max_memory
        self.colours: Final = colours
