"""What a golden test is, and the finding of them in a folder.

A case is a run of ``nix-instantiate``: words, input, environment, folder; and what it must come
to. Cases are written as files of their own, named as Nix names its language tests, or many in
one table (see `tables`).

================================  =====================================================
``eval-okay-NAME.nix``            evaluated strictly: ``.exp`` on stdout, ``.err.exp`` on stderr
``lazy-okay-NAME.nix``            the same, without ``--strict``
``eval-fail-NAME.nix``            fails: ``.err.exp`` on stderr
``parse-okay-NAME.nix``           the tree printed by ``--parse``, read from stdin
``parse-fail-NAME.nix``           a syntax error, read from stdin
``NAME.cases``                    a table
================================  =====================================================

Beside ``STEM.nix`` there may be ``STEM.exp``, ``STEM.err.exp`` (when missing, stderr must be
empty), ``STEM.exp.xml`` (the value as XML, in place of ``.exp``), ``STEM.flags`` (words of the
command line), ``STEM.exp-disabled`` (do not run), and ``STEM.xfail`` (why it fails today). A
first line ``# needs: CATEGORY`` says what the test needs.

Text is byte text: one latin-1 character for each byte.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

CATEGORIES: Final = ("pure", "files", "environment", "store", "network")

KINDS: Final = ("eval-okay", "lazy-okay", "eval-fail", "parse-okay", "parse-fail")

# The environment of every run; a table may add to it.
ENVIRONMENT: Final = {"HOME": "/fake-home", "TEST_VAR": "foo"}


@attrs.frozen
class Expectation:
    """What a run must come to. What is None is not looked at.

    `message` is the message of the error alone, without its frames and positions.
    """

    fails: bool
    stdout: str | None = None
    stderr: str | None = None
    message: str | None = None


@attrs.frozen
class Case:
    """One run of ``nix-instantiate``, and what it must come to.

    `words` does not name the input: that is `text`, an expression read from stdin (or given as
    a word, if `words` has ``-E``), or else the file `argument`, relative to `folder`, which is
    where the run happens. What it prints has ``/pwd`` in place of `base`.
    """

    name: str
    path: Path
    line: int
    words: tuple[str, ...]
    folder: Path
    base: Path
    expected: Expectation | None
    text: str | None = None
    argument: str | None = None
    environment: Mapping[str, str] = ENVIRONMENT
    needs: str = "pure"
    xfail: str | None = None

    @property
    def command_line(self) -> list[str]:
        """The words with the input."""
        if self.text is None:
            return [*self.words, str(self.argument)]
        return [*self.words, self.text if "-E" in self.words else "-"]

    @property
    def stdin(self) -> str:
        return "" if self.text is None or "-E" in self.words else self.text


@attrs.frozen
class Outcome:
    """What a run came to."""

    code: int
    stdout: str
    stderr: str


@attrs.frozen
class Layout:
    """How the tests of a folder are run. Files are arguments relative to `folder`, that of `root`."""

    root: Path
    folder: Path
    fail_words: tuple[str, ...] = ("--eval", "--strict", "--show-trace")
    environment: Mapping[str, str] = ENVIRONMENT
    okay_environment: Mapping[str, str] = ENVIRONMENT


class CaseError(Exception):
    """A test that is not written as it must be."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


def layout_of(root: Path) -> Layout:
    """Of a folder of tests: they run beside it, as Nix's own do."""
    root = Path(os.path.realpath(root))
    return Layout(root, root.parent)


def kind_of(path: Path) -> str | None:
    """The kind of test that a file holds; None when it holds none."""
    if path.suffix == ".cases":
        return "table"
    if path.suffix == ".nix":
        for kind in KINDS:
            if path.name.startswith(kind + "-"):
                return kind
    return None


def find_test_files(root: Path) -> Iterator[Path]:
    """The files below `root` that hold tests, in order of their paths."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(folder) / name
            if kind_of(path) is not None:
                yield path


def read_bytes(path: Path) -> str:
    return path.read_bytes().decode("latin-1")


def sibling(path: Path, suffix: str) -> Path:
    """``STEM.suffix`` beside ``STEM.nix``."""
    return path.with_name(path.stem + suffix)


def optional_text(path: Path, otherwise: str) -> str:
    return read_bytes(path) if path.exists() else otherwise


def words_of_flags(path: Path) -> tuple[str, ...] | None:
    """The words of a ``.flags`` file, without its comments; None when there is no such file."""
    if not path.exists():
        return None
    return tuple(re.sub(r"#.*", "", read_bytes(path)).split())


def case_of_file(path: Path, layout: Layout) -> Case | None:
    """The test in ``KIND-NAME.nix``; None when it is disabled."""
    kind = kind_of(path)
    assert kind is not None and kind != "table"
    if sibling(path, ".exp-disabled").exists():
        return None
    flags = words_of_flags(sibling(path, ".flags"))
    fails = kind.endswith("fail")
    parses = kind.startswith("parse")
    as_xml = sibling(path, ".exp.xml").exists()
    words: tuple[str, ...]
    if parses:
        words = (*(flags or ()), "--parse")
    elif fails:
        words = layout.fail_words if flags is None else flags
    elif as_xml:
        words = ("--eval", "--xml", "--no-location", "--strict")
    else:
        words = (*(flags or ()), "--eval", *(["--strict"] if kind == "eval-okay" else []))
    text = read_bytes(path)
    reason = sibling(path, ".xfail")
    return Case(
        name=path.stem,
        path=path,
        line=1,
        words=words,
        folder=layout.folder,
        base=layout.folder,
        expected=expectation_of_file(path, fails, as_xml),
        text=text if parses else None,
        argument=None if parses else os.path.relpath(os.path.realpath(path), layout.folder),
        environment=layout.environment if fails or parses or as_xml else layout.okay_environment,
        needs=category_in(path, text),
        xfail=read_bytes(reason).strip() if reason.exists() else None,
    )


def expectation_of_file(path: Path, fails: bool, as_xml: bool) -> Expectation | None:
    """None when nobody has written down yet what is expected."""
    errors = optional_text(sibling(path, ".err.exp"), "")
    if fails:
        return Expectation(True, stderr=errors) if errors else None
    if as_xml:
        return Expectation(False, stdout=read_bytes(sibling(path, ".exp.xml")))
    values = sibling(path, ".exp")
    return Expectation(False, stdout=read_bytes(values), stderr=errors) if values.exists() else None


def category_in(path: Path, text: str) -> str:
    found = re.match(r"# needs: *(\S+)", text)
    if found is None:
        return "pure"
    if found[1] not in CATEGORIES:
        raise CaseError(path, 1, f"no such category: {found[1]!r}, there are {', '.join(CATEGORIES)}")
    return found[1]
