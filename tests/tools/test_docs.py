"""The site, the manual pages, and the examples of pages that are only run here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tvix_eval.instantiate_options import SHARED
from tvix_eval.options import FLAGS

from ..importing import ROOT
from ..pages import blocks, check_console_examples, check_repl_session
from ..tvix_eval.running import environment

sys.path.insert(0, str(ROOT / "tools"))

from docs.generated import records, slug  # noqa: E402
from docs.programs import manuals  # noqa: E402
from docs.share import files  # noqa: E402
from docs.site import GENERATED, build, pages, target  # noqa: E402


class Page(HTMLParser):
    """The links of a page, and what can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sources: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "id" in values:
            self.ids.add(values["id"] or "")
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag in ("img", "script", "link"):
            self.sources.append(values.get("src") or values.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert build(folder) == []
    return folder


def test_all_pages_are_there(site: Path) -> None:
    documents = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} - {"docs/README.md"}
    assert documents - set(pages()) == set()
    assert {path.name for path in site.glob("*.html")} == {target(page) for page in pages()}


def test_links(site: Path) -> None:
    found = {path.name: Page(path.read_text()) for path in site.glob("*.html")}
    wrong = []
    for name, page in found.items():
        for link in page.links:
            if re.match("[a-z]+:", link):
                continue
            file, _, anchor = link.partition("#")
            other = found.get(file or name)
            if other is None or (anchor and anchor not in other.ids):
                wrong.append((name, link))
        wrong += [(name, source) for source in page.sources if not (site / source).is_file()]
    assert wrong == []


def test_builtins(site: Path) -> None:
    page = Page((site / "builtins.html").read_text())
    assert {slug(name) for name in records(())} <= page.ids


def test_all_flags_are_in_the_manuals() -> None:
    found = {
        manual.name: {name for group in manual.groups for option in group.options for name in option.names}
        for manual in manuals()
    }
    assert {name for flag in FLAGS for name in flag.names} <= found["tvix-eval"]
    assert {"--" + name for name in SHARED} <= found["tvix-instantiate"]
    text = (ROOT / "tvix_eval" / "instantiate_options.py").read_text()
    own = text[text.index("def own(") : text.index("def skip(")]
    assert (
        set(re.findall(r'"(--[a-z-]+)"', own)) - {"--eval-only", "--parse-only"} <= found["tvix-instantiate"]
    )
    assert {"--nix", "--resume"} <= found["tvix-compare"]
    assert {"--html", "--store"} <= found["tvix-diff"]


def test_share_is_what_the_tables_say() -> None:
    """`python -m tools.docs --share` writes it again."""
    there = {
        path.relative_to(ROOT / "share").as_posix(): path.read_text()
        for path in (ROOT / "share").rglob("*")
        if path.is_file()
    }
    assert there == files()


@pytest.mark.parametrize("name", [name for name in files() if name.startswith("man/")])
def test_manual_pages_can_be_shown(name: str) -> None:
    program = shutil.which("mandoc") or shutil.which("groff")
    if program is None:
        pytest.skip("nothing that shows manual pages")
    command = [program, "-T", "utf8", *(["-man", "-ww"] if program.endswith("groff") else ["-W", "error"])]
    made = subprocess.run([*command, str(ROOT / "share" / name)], capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (0, "")
    assert "SYNOPSIS" in re.sub(".\x08", "", made.stdout)


def test_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.docs"]
    surroundings = {**os.environ, "PYTHONPATH": environment(tmp_path)["PYTHONPATH"]}
    made = subprocess.run(
        [*command, str(tmp_path / "site")], cwd=ROOT, env=surroundings, capture_output=True, text=True
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "site" / "index.html").is_file()
    assert (
        subprocess.run([*command, "--nope"], cwd=ROOT, env=surroundings, capture_output=True).returncode == 2
    )


@pytest.mark.parametrize("page", ["docs/tutorial.md", "docs/instantiate.md"])
def test_console_examples(tmp_path: Path, page: str) -> None:
    check_console_examples(page, tmp_path)


def test_the_session_of_the_tutorial(tmp_path: Path) -> None:
    check_repl_session("docs/tutorial.md", tmp_path)


@pytest.mark.parametrize("page", ["docs/tutorial.md", "docs/glue.md", "docs/instantiate.md"])
def test_python_examples(page: str) -> None:
    found = blocks(page, "python")
    assert found
    for block in found:
        exec(block, {"__name__": "example"})


def test_generated_pages_are_no_files() -> None:
    assert [page for page in GENERATED if (ROOT / page).exists()] == []
