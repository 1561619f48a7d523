"""The process that texts are tried in: reads them from stdin, says on stdout how each ended.

A text is its length in bytes, on a line, and then its bytes. The answer is a line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Final

ADDRESS_SPACE: Final = 7 << 30  # of which the biggest stack that fits takes a good part


def main() -> None:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    sys.path.append(str(Path(__file__).resolve().parent.parent.parent))
    from fuzz.trial import Trial
    from tvix_eval.deep import COMPILED

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(COMPILED), flush=True)
    given = sys.stdin.buffer
    for line in given:
        text = given.read(int(line)).decode("latin-1")
        print(json.dumps(Trial(text).run()), flush=True)


if __name__ == "__main__":
    main()
