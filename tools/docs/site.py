"""The documentation as HTML: files that need nothing else, neither a server nor the network."""

from __future__ import annotations

import html
import posixpath
import re
import shutil
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from .generated import builtins_page, command_lines, slug
from .programs import manuals

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
GENERATED = {"docs/cli.md": lambda: command_lines(manuals()), "docs/builtins.md": builtins_page}

# All pages, as the sidebar has them: titles of groups, and files.
PAGES = {
    "Begin": ["README.md", "docs/tutorial.md"],
    "Use": [
        *("docs/repl.md", "docs/errors.md", "docs/lints.md", "docs/debugger.md", "docs/profiling.md"),
        *("docs/instantiate.md", "docs/stores.md", "docs/compare.md"),
    ],
    "In Python": ["docs/embedding.md", "docs/source.md", "docs/testing.md"],
    "Reference": ["docs/builtins.md", "docs/cli.md", "docs/compatibility.md", "docs/comparison.md"],
    "Inside": ["ARCHITECTURE.md", "docs/glue.md", "docs/bytecode.md", "docs/performance.md", "CHANGELOG.md"],
}
TITLES = {"README.md": "Overview", "ARCHITECTURE.md": "Architecture"}
LEXERS = {"nix-repl": "text", "sh": "bash"}


def pages() -> list[str]:
    return [page for group in PAGES.values() for page in group]


def target(page: str) -> str:
    """The file of the site that a page becomes."""
    return "index.html" if page == "README.md" else Path(page).stem.lower() + ".html"


def source(page: str) -> str:
    """The Markdown of a page."""
    made = GENERATED.get(page)
    return made() if made is not None else (ROOT / page).read_text()


def title(page: str, text: str) -> str:
    found = re.search(r"^# (.*)$", text, re.MULTILINE)
    return TITLES.get(page) or (found[1].replace("`", "") if found else Path(page).stem)


def code(text: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(LEXERS.get(language, language) or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return str(highlight(text, lexer, HtmlFormatter(cssclass="code")))


class Renderer:
    """Turns pages into HTML. `missing`: links that lead nowhere, as they were written, after the page."""

    def __init__(self, titles: dict[str, str]) -> None:
        self.titles = titles
        self.markdown = MarkdownIt(
            "commonmark", {"highlight": lambda text, language, _: code(text, language)}
        )
        self.markdown.enable("table")
        self.missing: list[tuple[str, str]] = []
        self.images: set[str] = set()

    def render(self, page: str, text: str) -> str:
        """The inside of a page."""
        tokens = self.markdown.parse(text)
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                token.attrSet("id", slug(tokens[at + 1].content.replace("`", "")))
            for child in token.children or []:
                self.child(page, child)
            if token.type == "inline":
                token.children = without_dead_links(token.children or [])
                self.name_links(token.children)
        made: str = self.markdown.renderer.render(tokens, self.markdown.options, {})
        made = re.sub(
            r"<pre><code[^>]*>(<div class=\"code\">.*?</div>\n)</code></pre>", r"\1", made, flags=re.DOTALL
        )
        return made.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")

    def name_links(self, tokens: list[Token]) -> None:
        """Links that are called as the file is get the title of the page."""
        for link, text in zip(tokens, tokens[1:], strict=False):
            if "page" in link.meta and text.content.endswith(".md"):
                text.content = self.titles[link.meta["page"]]

    def child(self, page: str, token: Token) -> None:
        """Change where a link or an image leads."""
        if token.type == "image":
            path = resolved(page, str(token.attrGet("src")))
            self.images.add(path)
            token.attrSet("src", Path(path).name)
        if token.type != "link_open":
            return
        link = str(token.attrGet("href"))
        if re.match(r"[a-z]+:|#", link):
            return
        path, hash_, anchor = resolved(page, link.partition("#")[0]), *link.partition("#")[1:]
        if path in pages():
            token.attrSet("href", target(path) + hash_ + anchor)
            token.meta["page"] = path
        elif path == "docs/README.md" or path == "docs":
            token.attrSet("href", "index.html")
        else:  # to a file that is not part of the site
            token.attrSet("href", "")
            if not (ROOT / path).exists():
                self.missing.append((page, link))


def resolved(page: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), link))


def without_dead_links(tokens: list[Token]) -> list[Token]:
    """Links to what is not on the site become text."""
    kept: list[Token] = []
    dead = False
    for token in tokens:
        if token.type == "link_open" and token.attrGet("href") == "":
            dead = True
        elif token.type == "link_close" and dead:
            dead = False
        else:
            kept.append(token)
    return kept


def sidebar(current: str, titles: dict[str, str]) -> str:
    lines = []
    for group, members in PAGES.items():
        lines.append(f"<h2>{group}</h2>\n<ul>")
        for page in members:
            mark = ' aria-current="page"' if page == current else ""
            lines.append(f'<li><a href="{target(page)}"{mark}>{html.escape(titles[page])}</a></li>')
        lines.append("</ul>")
    return "\n".join(lines)


def build(folder: Path) -> list[tuple[str, str]]:
    """Write the site into a folder. Returns the links that lead nowhere."""
    folder.mkdir(parents=True, exist_ok=True)
    template = (HERE / "page.html").read_text()
    texts: dict[str, Any] = {page: source(page) for page in pages()}
    titles = {page: title(page, text) for page, text in texts.items()}
    renderer = Renderer(titles)
    for page, text in texts.items():
        made = template
        for name, value in (
            ("title", html.escape(titles[page])),
            ("sidebar", sidebar(page, titles)),
            ("body", renderer.render(page, text)),
        ):
            made = made.replace("{{" + name + "}}", value)
        (folder / target(page)).write_text(made)
    for image in renderer.images:
        shutil.copy(ROOT / image, folder)
    light = HtmlFormatter(style="default", cssclass="code").get_style_defs(".code")
    dark = HtmlFormatter(style="github-dark", cssclass="code").get_style_defs(".code")
    style = (HERE / "style.css").read_text()
    (folder / "style.css").write_text(f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{style}")
    return renderer.missing
