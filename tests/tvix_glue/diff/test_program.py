"""``tvix-diff`` as a process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tvix_glue
from tvix_glue import FolderStore

from .comparing import BOTH, write_set

PACKAGES = str(Path(str(tvix_glue.__file__)).parent.parent)


class Stores:
    """Two versions of a package set, each in a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.left = write_set(FolderStore(str(folder / "left")))
        self.right = write_set(FolderStore(str(folder / "right")), BOTH)

    def file(self, side: str) -> str:
        return f"{self.folder}/{side}{self.left if side == 'left' else self.right}"


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return Stores(tmp_path_factory.mktemp("stores"))


def diff(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": PACKAGES, **variables}
    return subprocess.run(
        [sys.executable, "-m", "tvix_glue.diff.program", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_text(stores: Stores) -> None:
    done = diff(stores.file("left"), stores.file("right"))
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "--- " + stores.left
    assert lines[1] == "+++ " + stores.right
    assert lines[3] == "2 root causes; 105 more paths differ only because of inputs"
    assert [line for line in lines if re.match(r"\d\.", line)] == [
        "1. package-4-3-1.3 (derivation)",
        "2. bootstrap.tar.xz (derivation)",
    ]
    assert "   env.flags: -O2{+ -g+}" in lines
    assert "   everything → package-8-0-1.0 → stdenv-stage4 → bootstrap-tools → bootstrap.tar.xz" in lines
    assert "\x1b" not in done.stdout


def test_store_paths_and_stores(stores: Stores) -> None:
    done = diff(
        "--store",
        f"{stores.folder}/left",
        "--store",
        f"{stores.folder}/right/nix/store",
        stores.left,
        stores.right,
    )
    assert done.returncode == 1 and "2 root causes" in done.stdout


def test_the_same(stores: Stores) -> None:
    done = diff(stores.file("left"), stores.file("left"))
    assert (done.returncode, done.stdout) == (0, f"the same: {stores.left}\n")


def test_colours(stores: Stores) -> None:
    coloured = diff("--color", "always", stores.file("left"), stores.file("right"))
    assert "\x1b[32m -g\x1b[0m" in coloured.stdout and "{+" not in coloured.stdout
    plain = diff("--color", "never", stores.file("left"), stores.file("right"), FORCE_COLOR="1")
    assert "\x1b" not in plain.stdout


@pytest.mark.parametrize(
    ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colours_on_a_terminal(stores: Stores, variables: dict[str, str], coloured: bool) -> None:
    import pty

    master, slave = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": PACKAGES, "TERM": "xterm-256color", **variables}
    command = [sys.executable, "-m", "tvix_glue.diff.program", stores.file("left"), stores.file("right")]
    process = subprocess.Popen(command, env=environment, stdout=slave)
    os.close(slave)
    output = b""
    while True:
        try:
            block = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not block:
            break
        output += block
    os.close(master)
    assert process.wait() == 1
    assert (b"\x1b[32m" in output) == coloured
    assert (b"{+" in output) != coloured


def test_json(stores: Stores) -> None:
    done = diff("--json", stores.file("left"), stores.file("right"))
    found = json.loads(done.stdout)
    assert (found["left"], found["right"], found["same"]) == (stores.left, stores.right, False)
    first, second = found["causes"]
    assert first["name"] == "package-4-3-1.3"
    assert first["differences"] == [
        {
            "subject": "env.flags",
            "left": "-O2",
            "right": "-O2 -g",
            "segments": [["same", "-O2"], ["right", " -g"]],
        }
    ]
    assert second["hasEffect"] is True and second["chain"][0] == stores.left
    assert len(found["folded"]) == 105


def test_page(stores: Stores, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = diff("--html", str(page), stores.file("left"), stores.file("right"))
    assert done.returncode == 1
    text = page.read_text("utf-8")
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert match is not None
    data = json.loads(match.group(1))
    assert [data["nodes"][str(cause["node"])]["name"] for cause in data["causes"]] == [
        "package-4-3-1.3",
        "bootstrap.tar.xz",
    ]
    drawn = {node for layer in data["drawings"]["all"]["layers"] for node in layer if node >= 0}
    assert len(drawn) == 107
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), "nothing is loaded from elsewhere"


def test_nothing_in_a_page_is_taken_for_html(tmp_path: Path) -> None:
    from .comparing import differences

    summary = differences('make "x" { a = "</script><b>"; }', 'make "x" { a = "<!--"; }')
    from tvix_glue.diff.page import render_page

    page = render_page(summary)
    assert "</script><b>" not in page and "\\u003c/script>" in page


def test_text_that_would_control_a_terminal() -> None:
    from tvix_glue.diff.text import summary_lines

    from .comparing import differences

    summary = differences(
        'make "x" { a = "${fromJSON "\\"\\\\u001b[2J\\""}\\r"; }', 'make "x" { a = "\xe9"; }'
    )
    lines = [line.plain for line in summary_lines(summary, True)]
    assert lines[-1] == "   env.a: [-\\x1b[2J\\x0d-]{+\xe9+}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: A.drv, B.drv"),
        (["a", "b"], "'a' is not the name of a derivation: X.drv"),
        (["a.drv", "b.drv"], "'/nix/store/a.drv' is not a valid store path"),
        (["{0}-x.drv", "{0}-y.drv"], "is not in "),
        (["--store", "/absent", "{0}-x.drv", "{0}-y.drv"], "'/absent' is not a folder"),
        (["--html", "/absent/page", "LEFT", "RIGHT"], "error: /absent/page: No such file or directory"),
        (["--json", "--html", "x", "LEFT", "RIGHT"], "not allowed with argument"),
    ],
)
def test_trouble(stores: Stores, arguments: list[str], message: str) -> None:
    given = {"LEFT": stores.file("left"), "RIGHT": stores.file("right")}
    done = diff(*[given.get(each, each.format("a" * 32)) for each in arguments])
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away(stores: Stores) -> None:
    command = f"{sys.executable} -m tvix_glue.diff.program --json {stores.file('left')} {stores.file('right')} | head -c 1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": PACKAGES}
    )
    assert done.stderr == ""


def test_texts_of_several_lines() -> None:
    from tvix_glue.diff.text import summary_lines

    from .comparing import differences

    text = 'make "x" {{ script = "{}\\n\\necho {}\\n"; }}'
    lines = "\\n".join(str(number) for number in range(20))
    summary = differences(text.format(lines, "a"), text.format(lines, "b"))
    assert [line.plain for line in summary_lines(summary, True)][-6:] == [
        "   env.script:",
        "     [… 18 lines …]",
        "     18",
        "     19",
        "",
        "     echo [-a-]{+b+}",
    ]
