"""The REPL on a terminal: a user types, and sees the screens that were written down.

A file in ``screens`` has a line ``>>> KEYS`` before each screen. TVIX_WRITE_SCREENS=1 writes them anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from .terminal import Terminal

SCREENS = Path(__file__).parent / "screens"
MARK = ">>> "
HOME = "/tmp/repl-xxxxxxxx"
FILES = {
    "package.nix": """\
{
  /**
    Greets *somebody*, by name.

    ```nix
    greet "you"
    ```
  */
  greet = name: "Hello, ${name}!";

  numbers.one = 1;
  numbers.only = throw "never evaluated";
  numbers.two = 2;

  drv = derivation {
    name = "foo";
    system = "x86_64-linux";
    builder = "/bin/sh";
  };
}
""",
}


def read_steps(path: Path) -> list[tuple[str, str]]:
    """The keys, and the screen that each brings."""
    steps = []
    for part in ("\n" + path.read_text()).split("\n" + MARK)[1:]:
        keys, _, screen = part.partition("\n")
        steps.append((keys, screen.rstrip("\n")))
    return steps


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder whose path is always as long as `HOME`."""
    with TemporaryDirectory(prefix="repl-", dir="/tmp") as folder:
        assert len(folder) == len(HOME)
        for name, text in FILES.items():
            Path(folder, name).write_text(text)
        yield Path(folder)


@pytest.mark.parametrize("path", sorted(SCREENS.glob("*.txt")), ids=lambda path: path.stem)
def test_screens(path: Path, home: Path) -> None:
    writing = os.environ.get("TVIX_WRITE_SCREENS") == "1"
    seen = []
    with Terminal(home) as terminal:
        terminal.wait_for_text("nix-repl>")
        for keys, expected in read_steps(path):
            terminal.type(keys)
            if writing:
                seen.append(f"{MARK}{keys}\n{terminal.settled().replace(str(home), HOME)}\n")
            else:
                expected = expected.replace(HOME, str(home))
                assert terminal.wait_for(expected) == expected
    if writing:
        path.write_text("\n".join(seen))


def test_history_is_kept(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for_text("nix-repl>")
        terminal.type("answer = 42<Enter>")
        terminal.settled()
        terminal.type("<C-d>")
        terminal.process.wait(30)
    with Terminal(tmp_path, "repl") as terminal:
        terminal.wait_for_text("nix-repl>")
        terminal.type("<Up>")
        assert "nix-repl> answer = 42" in terminal.wait_for_text("42")
    assert "answer = 42" in (tmp_path / ".local/share/tvix/repl-history").read_text()


def test_without_a_place_for_history(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Terminal(tmp_path, XDG_DATA_HOME=str(tmp_path / "file")) as terminal:
        assert "warning: no history is kept" in terminal.wait_for_text("nix-repl>")
        terminal.type("1 + 1<Enter>")
        assert "\n2\n" in terminal.wait_for_text("\n2\n")


def test_values_have_colours(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for_text("nix-repl>")
        terminal.type("if true then 12 else 3<Enter>")
        terminal.wait_for_text("\n12\n")
        row = terminal.screen.display.index(terminal.shown().splitlines()[3].ljust(80))
        assert terminal.screen.buffer[row][0].fg == "cyan"
        assert terminal.screen.buffer[row - 1][len("nix-repl> ")].fg == "blue"  # the keyword


def test_files_of_the_command_line_that_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "wrong.nix").write_text("{ a = 1; b = }")
    with Terminal(tmp_path, "repl", "wrong.nix") as terminal:
        assert "error: syntax error" in terminal.wait_for_text("nix-repl>")
        (tmp_path / "wrong.nix").write_text("{ a = 1; b = 2; }")
        terminal.type(":r<Enter>")
        terminal.wait_for_text("Added 2 variables.")
        terminal.type("b<Enter>")
        assert "\n2\n" in terminal.wait_for_text("\n2\n")


def test_what_was_pasted_is_taken_line_by_line(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for_text("nix-repl>")
        terminal.type("\x1b[200~a = 1\nb = [\n  a\n]\nb ++ [ 2 ]\n\x1b[201~<Enter>")
        assert "[\n  1\n  2\n]" in terminal.wait_for_text("  2\n]")
