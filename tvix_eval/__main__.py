"""The programs ``tvix-eval``, also ``python -m tvix_eval``, and ``tvix-instantiate``."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    leave(evaluate)


def instantiate() -> None:
    leave(instantiate_or_evaluate)


def evaluate() -> int:
    from tvix_eval.cli import main as run

    return run()


def instantiate_or_evaluate() -> int:
    from tvix_eval.instantiate import main as run

    return run()


def leave(run: Callable[[], int]) -> None:
    """Run, and leave at once: tearing down the values of a big evaluation takes longer than making them."""
    try:
        import _signal  # type: ignore[import-not-found]  # `signal` would load enum

        _signal.signal(_signal.SIGPIPE, _signal.SIG_DFL)
        code = run()
    except KeyboardInterrupt:
        code = 1
        os.write(2, b"error: interrupted by the user\n")
    if sys.stdout is not None:  # it is None when the file is closed
        sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
