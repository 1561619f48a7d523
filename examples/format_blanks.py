"""A formatter of blanks: takes Nix files and rewrites those that it can make tidier.

    python examples/format_blanks.py [--check] FILE…

- no blanks at the ends of lines, or empty lines at the beginning and end of a file; never two empty lines in a row
- one blank between the names of an ``inherit`` that is on one line, and none before its semicolon

Strings and block comments stay as they are. The parse tree is the same before and after.
Exit code: with --check, 1 when a file is not tidy; 2 when a file is not right.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tvix_eval.source import Document, Node, Token


def formatted(document: Document) -> str:
    """The text of a document, tidied up. It must have no problems."""
    assert document.tree is not None and not document.problems
    before = inherit_blanks(document.tree)
    parts = []
    for token in document.tokens:
        leading = "".join(
            each.text.rstrip() if each.kind == "line_comment" else each.text for each in token.leading
        )
        if token.begin in before and not leading.strip() and "\n" not in leading:
            leading = before[token.begin]
        else:
            leading = tidy(leading, is_first=token is document.tokens[0])
        parts.append(leading + token.text)
    text = "".join(parts).rstrip()
    return text + "\n"


def tidy(blanks: str, is_first: bool) -> str:
    """What is between two tokens. The inside of comments is left as it is, but for ends of lines with ``#``."""
    pieces = re.split(r"(/\*.*?\*/|#[^\n]*)", blanks, flags=re.DOTALL)
    for at in range(0, len(pieces), 2):
        piece = re.sub(r"[ \t\r]+\n", "\n", pieces[at])
        pieces[at] = re.sub(r"\n{3,}", "\n\n", piece)
    return "".join(pieces).lstrip() if is_first else "".join(pieces)


def inherit_blanks(tree: Node) -> dict[int, str]:
    """Where tokens begin that an ``inherit`` wants something certain before."""
    wanted: dict[int, str] = {}
    for node in tree.walk():
        if node.kind in ("inherit", "inherit_from"):
            names = node.node("names")
            for name in names.children:
                wanted[name.begin] = " "
            semicolon = node.children[-1]
            assert isinstance(semicolon, Token)
            wanted[semicolon.begin] = ""
    return wanted


def main(arguments: list[str]) -> int:
    names = [word for word in arguments if word != "--check"]
    if not names or any(name.startswith("-") for name in names):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    codes = [handle(Path(name), "--check" in arguments) for name in names]
    return max(codes)


def handle(path: Path, check: bool) -> int:
    """Format one file, or see whether it is. The exit code."""
    try:
        document = Document(path.read_bytes(), str(path))
        if document.problems:
            problem = document.problems[0]
            line, column = document.lines.to_characters(problem.begin)
            print(f"{path}:{line}:{column}: {problem.message}", file=sys.stderr)
            return 2
        text = formatted(document).encode("utf-8", "surrogateescape")
        if text == document.data:
            return 0
        print(path)
        if not check:
            path.write_bytes(text)
        return int(check)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
