"""Builds the documentation.

    python -m tools.docs [FOLDER]     the site, by default in build/docs
    python -m tools.docs --share      the manual pages and completion scripts in share/, which wheels install

Needs what ``pip install '.[docs]'`` brings.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .share import write
from .site import ROOT, build


def main(arguments: list[str]) -> int:
    if any(word.startswith("-") and word != "--share" for word in arguments) or len(arguments) > 1:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    if "--share" in arguments:
        for path in write(ROOT / "share"):
            print(path.relative_to(ROOT))
        return 0
    folder = Path(arguments[0]) if arguments else ROOT / "build" / "docs"
    missing = build(folder)
    for page, link in missing:
        print(f"{page}: {link} leads nowhere", file=sys.stderr)
    print(folder / "index.html")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
