"""The generated tables, and the grammar they are generated from."""

import subprocess
import sys
from pathlib import Path

from tvix_eval.grammar import GRAMMAR_FILE, Conventions, lark_parser
from tvix_eval.syntax import tables

ROOT = Path(__file__).parents[3]


def test_tables_are_what_the_generator_makes() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate_tables.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_every_terminal_has_a_name() -> None:
    conventions = Conventions(GRAMMAR_FILE.read_text(encoding="utf-8"))
    assert [terminal.name for terminal in lark_parser().terminals] == list(conventions.terminals)
    assert len(tables.NAMES) == len(tables.TERMINALS) == len(conventions.terminals) + 2


def test_terminals_are_named_as_they_are_written() -> None:
    named = dict(zip(tables.TERMINALS, tables.NAMES, strict=True))
    assert named["IN"] == "'in'"
    assert named["QUOTE"] == "'\"'"
    assert named["HOME_PATH"] == "'~/\xe2\x80\xa6' path"
    assert named["END"] == "end of file"


def test_valued_terminals_come_first() -> None:
    valued = ["ID", "STRING_TEXT", "INDENTED_TEXT", "INT", "FLOAT", "PATH", "HOME_PATH", "SEARCH_PATH", "URI"]
    assert all(getattr(tables, name) <= tables.URI for name in valued)
