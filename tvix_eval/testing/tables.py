r"""Tables: many small cases in one file of text.

::

    # What is written here, before a case, is a comment.
    @needs files                      a directive for the whole file

    --- counts bytes                  a heading: what the cases below it show
    @run --eval --strict              a directive for the cases under the heading

    builtins.stringLength "é"         an expression, on one line or many,
    => 2                              and what it prints

    builtins.stringLength 1
    !! expected a string…             the message of its error

Result lines say what the run comes to, and no others are needed: ``=>`` a line of stdout, ``!!``
a line of the error's message, ``2>`` a line of stderr. With ``!!`` only the message is compared;
with ``2>`` lines and no ``=>`` the run must fail, and all of stderr is compared; with ``=>`` the
run must succeed and say on stderr what ``2>`` lines say, or nothing.

Directives: ``@run WORDS`` (the command line, ``--eval --strict`` by default), ``@env NAME=VALUE``,
``@needs CATEGORY``, ``@xfail REASON``, ``@full`` (record errors with their whole text), and
``@escapes`` (in expressions and results, ``\n \r \t \v \f \0 \xNN`` are bytes and ``\\`` a
backslash). They stand before the first heading, under a heading, or before a case, and hold for
the file, the cases under the heading, or the case.

An expression has no empty line in it. It is read from stdin, in the folder of the table.
Byte text has no line ends but ``\n``. A missing last newline is not told from one that is there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import attrs

from tvix_eval.testing.cases import CATEGORIES, Case, CaseError, Expectation, Layout, read_bytes

VALUE: Final = "=>"
MESSAGE: Final = "!!"
STDERR: Final = "2>"
MARKS: Final = (VALUE, MESSAGE, STDERR)

DEFAULT_WORDS: Final = ("--eval", "--strict")

ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "f": "\f", "0": "\0", "\\": "\\"}
SPELLED: Final = {value: "\\" + letter for letter, value in ESCAPES.items()}


@attrs.frozen
class Directives:
    """What directives say, for a file, for the cases of a heading, or for a case."""

    words: tuple[str, ...] = DEFAULT_WORDS
    environment: dict[str, str] = attrs.field(factory=dict)
    needs: str = "pure"
    xfail: str | None = None
    full: bool = False
    escapes: bool = False


@attrs.frozen
class Entry:
    """A case in a table: its expression is the lines from `start`, its results those from
    `results` to `end`, counted from 0."""

    title: str
    directives: Directives
    start: int
    results: int
    end: int


@attrs.frozen
class Table:
    path: Path
    layout: Layout
    lines: list[str]
    entries: list[Entry]

    def cases(self) -> list[Case]:
        return [self.case(entry) for entry in self.entries]

    def case(self, entry: Entry) -> Case:
        directives = entry.directives
        text = "\n".join(self.lines[entry.start : entry.results]).rstrip("\n") + "\n"
        if "-E" in directives.words:
            text = text[:-1]
        return Case(
            name=entry.title,
            path=self.path,
            line=entry.start + 1,
            words=directives.words,
            folder=Path(os.path.realpath(self.path.parent)),
            base=self.layout.folder,
            expected=self.expectation(entry),
            text=decoded(text) if directives.escapes else text,
            environment={**self.layout.environment, **directives.environment},
            needs=directives.needs,
            xfail=directives.xfail,
        )

    def expectation(self, entry: Entry) -> Expectation | None:
        found: dict[str, str] = {}
        for line in self.lines[entry.results : entry.end]:
            content = line[3:]
            if entry.directives.escapes:
                content = decoded(content)
            found[line[:2]] = found.get(line[:2], "") + content + "\n"
        if not found:
            return None
        if MESSAGE in found:
            if len(found) > 1:
                raise CaseError(self.path, entry.results + 1, f"{MESSAGE} stands alone")
            return Expectation(True, message=found[MESSAGE])
        if VALUE in found:
            return Expectation(False, stdout=found[VALUE], stderr=found.get(STDERR, ""))
        return Expectation(True, stderr=found[STDERR])

    def rewrite(self, expectations: dict[str, Expectation]) -> None:
        """Write the file anew, with other results for the cases named."""
        lines = list(self.lines)
        for entry in reversed(self.entries):
            expected = expectations.get(entry.title)
            if expected is not None:
                lines[entry.results : entry.end] = result_lines(expected, entry.directives.escapes)
        self.path.write_bytes("\n".join(lines).encode("latin-1"))


def result_lines(expected: Expectation, escapes: bool) -> list[str]:
    parts = [(VALUE, expected.stdout), (MESSAGE, expected.message), (STDERR, expected.stderr)]
    lines: list[str] = []
    for mark, text in parts:
        if text is None or (not text and mark == STDERR):
            continue
        for line in text.removesuffix("\n").split("\n"):
            lines.append(f"{mark} {encoded(line) if escapes else line}" if line else mark)
    return lines


def decoded(text: str) -> str:
    """Text whose escapes are replaced by what they stand for."""
    return re.sub(
        r"\\(?:x([0-9a-f]{2})|([nrtvf0\\]))",
        lambda found: chr(int(found[1], 16)) if found[1] else ESCAPES[found[2]],
        text,
    )


def encoded(text: str) -> str:
    """The inverse of `decoded`; UTF-8 stays as it is."""
    shown = text.encode("latin-1").decode("utf-8", "surrogateescape")
    parts: list[str] = []
    for char in shown:
        if char in SPELLED:
            parts.append(SPELLED[char])
        elif char < " " or char == "\x7f":
            parts.append(f"\\x{ord(char):02x}")
        elif "\udc80" <= char <= "\udcff":
            parts.append(f"\\x{ord(char) - 0xDC00:02x}")
        else:
            parts.append(char)
    return "".join(parts).encode("utf-8").decode("latin-1")


def read_table(path: Path, layout: Layout) -> Table:
    """Raises CaseError."""
    table = Table(path, layout, read_bytes(path).split("\n"), [])
    TableReader(table).read()
    return table


class TableReader:
    """Reads the lines of a table into its entries.

    Directives gather in `pending` until it is known what they stand before.
    """

    def __init__(self, table: Table) -> None:
        self.table: Final = table
        self.lines: Final = table.lines
        self.for_file = Directives()
        self.for_heading = self.for_file
        self.pending: Directives | None = None
        self.heading: str | None = None
        self.entries_under_heading: list[tuple[Directives, int, int, int]] = []
        self.headings: set[str] = set()

    def fail(self, at: int, message: str) -> CaseError:
        return CaseError(self.table.path, at + 1, message)

    def read(self) -> None:
        at = 0
        after_heading = False
        while at < len(self.lines):
            line = self.lines[at]
            if line.startswith("--- "):
                self.begin_heading(at, line[4:].strip())
                after_heading = True
                at += 1
            elif line.startswith("@"):
                self.directive(at, line, after_heading)
                at += 1
            elif line.startswith("#") or not line.strip():
                after_heading = after_heading and line.startswith("#")
                at += 1
            elif line[:2] in MARKS:
                raise self.fail(at, "a result without an expression")
            else:
                after_heading = False
                at = self.entry(at)
        self.finish_heading()

    def begin_heading(self, at: int, title: str) -> None:
        self.finish_heading()
        if title in self.headings:
            raise self.fail(at, f"there is another {title!r}")
        self.headings.add(title)
        self.heading = title
        self.for_heading = self.for_file
        self.pending = None

    def finish_heading(self) -> None:
        found = self.entries_under_heading
        for number, (directives, start, results, end) in enumerate(found, 1):
            title = str(self.heading) if len(found) == 1 else f"{self.heading} ({number})"
            self.table.entries.append(Entry(title, directives, start, results, end))
        self.entries_under_heading = []

    def directive(self, at: int, line: str, after_heading: bool) -> None:
        if self.heading is None:
            self.for_file = self.changed(self.for_file, at, line)
        elif after_heading:
            self.for_heading = self.changed(self.for_heading, at, line)
        else:
            self.pending = self.changed(self.pending or self.for_heading, at, line)

    def changed(self, directives: Directives, at: int, line: str) -> Directives:
        name, _, rest = line[1:].partition(" ")
        rest = rest.strip()
        if name == "run":
            return attrs.evolve(directives, words=tuple(rest.split()))
        if name == "env" and "=" in rest:
            variable, _, value = rest.partition("=")
            return attrs.evolve(directives, environment={**directives.environment, variable: value})
        if name == "needs" and rest in CATEGORIES:
            return attrs.evolve(directives, needs=rest)
        if name == "xfail" and rest:
            return attrs.evolve(directives, xfail=rest)
        if name == "full" and not rest:
            return attrs.evolve(directives, full=True)
        if name == "escapes" and not rest:
            return attrs.evolve(directives, escapes=True)
        raise self.fail(at, f"not a directive: {line}")

    def entry(self, start: int) -> int:
        """Read a case; the line after it."""
        if self.heading is None:
            raise self.fail(start, "a case before the first heading")
        lines = self.lines
        at = start
        while at < len(lines) and lines[at].strip() and lines[at][:2] not in MARKS:
            at += 1
        results = at
        while at < len(lines) and lines[at][:2] in MARKS:
            at += 1
        self.entries_under_heading.append((self.pending or self.for_heading, start, results, at))
        self.pending = None
        return at
