"""Parse all Nix files of a folder and bind their names: ``python bind_files.py FOLDER``.

Prints the CPU seconds that takes, the texts being in memory already: finding and opening
thousands of files is not what is measured (Nix is given the same texts in a few files).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tvix_eval.builtins.registry import impure_constants, io_builtins, pure_builtins
from tvix_eval.builtins.storeless import storeless_builtins
from tvix_eval.eval_io import StdIO
from tvix_eval.evaluation import Evaluator
from tvix_eval.settings import Settings


def main() -> None:
    io = StdIO()
    evaluation = Evaluator(
        lambda loader: [
            *pure_builtins(),
            *io_builtins(io, loader, []),
            *storeless_builtins(),
            *impure_constants("", 0),
        ],
        io,
        Settings(),
        lambda kind, text: None,
    )
    texts = [path.read_bytes() for path in sorted(Path(sys.argv[1]).rglob("*.nix")) if path.is_file()]
    print(evaluation.run(lambda: bind(evaluation, [text.decode("latin-1") for text in texts])))


def bind(evaluation: Evaluator, texts: list[str]) -> float:
    start = time.process_time()
    for text in texts:
        evaluation.front.parse_and_resolve(text, "file", 100_000)
    return time.process_time() - start


if __name__ == "__main__":
    main()
