"""``tvix-eval`` with the store double: ``python evaluate_with_double.py ARGUMENT…``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from store_double import StoreDouble  # noqa: E402

from tvix_eval.cli import Command  # noqa: E402

if __name__ == "__main__":
    os._exit(Command(sys.argv[1:], dict(os.environ), StoreDouble()).run())
