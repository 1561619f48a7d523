"""Markdown for a terminal: as much of it as documentation comments use."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import Final

NORMAL: Final = "\x1b[0m"
STRONG: Final = "\x1b[1m"
EMPHASIS: Final = "\x1b[3m"
CODE: Final = "\x1b[1;94m"
TITLE: Final = "\x1b[1;91m"
SUBTITLE: Final = "\x1b[1;36m"
MARK: Final = "\x1b[93m"
LINK: Final = "\x1b[4;32m"

LEAST_WIDTH: Final = 60
BAR: Final = "  │ "
BREAK: Final = "\v"  # a line that ends where its author wants it to

FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
HEADING: Final = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
ITEM: Final = re.compile(r"( {0,3})(?:([-*+])|(\d{1,9})[.)])(?: +|$)")
RULE: Final = re.compile(r" {0,3}([-*_])( *\1){2,}\s*$")
TABLE: Final = re.compile(r" {0,3}\|? *:?-+:? *(\| *:?-+:? *)*\|?\s*$")
DEFINITION: Final = re.compile(r"( {0,3}): +")
INLINE: Final = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\*\*(?P<strong>\S(?:.*?\S)?)\*\*"
    r"|\*(?P<star>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|\b_(?P<under>[^\s_](?:[^_]*[^\s_])?)_\b"
    r"|!?\[(?P<text>[^]]*)\]\((?P<url>[^)\s]*)\)"
    r"|<(?P<auto>[a-z][a-z+.-]*:[^<>\s]*)>"
    r"|(?P<entity>&(?:#\d+|#x[0-9a-fA-F]+|\w+);)",
    re.DOTALL,
)


class Renderer:
    """`width`: the longest line. `colours`: for a terminal; else plain text."""

    def __init__(self, width: int, colours: bool) -> None:
        self.width: Final = max(width, LEAST_WIDTH)
        self.colours: Final = colours

    def render(self, markdown: str) -> str:
        return "\n".join(self.blocks(markdown.expandtabs(4).split("\n"), self.width))

    def style(self, text: str, style: str) -> str:
        return f"{style}{text}{NORMAL}" if self.colours and text else text

    def blocks(self, lines: list[str], width: int) -> list[str]:
        """The lines of blocks, with an empty one between two blocks."""
        made: list[list[str]] = []
        at = 0
        while at < len(lines):
            line = lines[at]
            end = at + 1
            if not line.strip():
                at = end
                continue
            if fence := FENCE.match(line):
                while end < len(lines) and not lines[end].lstrip().startswith(fence[1]):
                    end += 1
                made.append(self.code(without_margin(lines[at + 1 : end])))
                end += 1
            elif line.startswith("    "):
                while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                    end += 1
                made.append(self.code(without_margin(lines[at:end])))
            elif heading := HEADING.match(line):
                made.append([self.heading(len(heading[1]), heading[2])])
            elif RULE.match(line):
                made.append([self.style("─" * width, MARK)])
            elif line.lstrip().startswith(">"):
                while end < len(lines) and lines[end].lstrip().startswith(">"):
                    end += 1
                inner = [re.sub(r"^ *> ?", "", each) for each in lines[at:end]]
                bar = self.style(BAR, MARK)
                made.append([bar + each for each in self.blocks(inner, width - len(BAR))])
            elif ITEM.match(line):
                follows = at > 0 and bool(lines[at - 1].strip()) and bool(made)
                end, items = self.items(lines, at, width)
                if follows:  # its item begins with the paragraph that it belongs to
                    made[-1] += items
                else:
                    made.append(items)
            elif "|" in line and end < len(lines) and TABLE.match(lines[end]) and "|" in lines[end]:
                while end < len(lines) and "|" in lines[end]:
                    end += 1
                made.append(self.table([lines[at], *lines[at + 2 : end]]))
            elif definition := DEFINITION.match(line):
                end = self.end_of_item(lines, at, len(definition[0]))
                made.append(self.item(lines[at:end], len(definition[0]), "  : ", width))
            else:
                while end < len(lines) and lines[end].strip() and not self.interrupts(lines[end]):
                    end += 1
                made.append(self.paragraph(lines[at:end], width))
            at = end
        result: list[str] = []
        for block in made:
            if result:
                result.append("")
            result += block
        return result

    def interrupts(self, line: str) -> bool:
        """Whether a paragraph ends before a line."""
        return bool(FENCE.match(line) or HEADING.match(line) or ITEM.match(line) or DEFINITION.match(line))

    def heading(self, level: int, text: str) -> str:
        shown = self.inline(text)
        if level == 1:
            return self.style(shown, TITLE)
        return self.style("#" * level + " ", SUBTITLE) + self.style(shown, SUBTITLE)

    def code(self, lines: list[str]) -> list[str]:
        while lines and not lines[-1].strip():
            lines.pop()
        return [(self.style(BAR, CODE) + self.style(line, STRONG)).rstrip() for line in lines]

    def table(self, lines: list[str]) -> list[str]:
        """A table, of which the first line is the heading."""
        rows = [[self.inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines]
        size = max(len(row) for row in rows)
        rows = [row + [""] * (size - len(row)) for row in rows]
        widths = [max(columns(row[at]) for row in rows) for at in range(size)]
        bar = self.style(" │ ", MARK)
        shown = [
            bar.join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        shown.insert(1, self.style("─┼─".join("─" * width for width in widths), MARK))
        return [line.rstrip() for line in shown]

    def items(self, lines: list[str], at: int, width: int) -> tuple[int, list[str]]:
        """A list: where it ends, and its lines."""
        made: list[str] = []
        number = 0
        first = ITEM.match(lines[at])
        assert first is not None
        while at < len(lines) and (mark := ITEM.match(lines[at])) and mark[2] == first[2]:
            number = number + 1 if number else int(mark[3] or 0)
            end = self.end_of_item(lines, at, len(mark[0]))
            shown = "  · " if mark[2] else f"{number:2}. "
            made += self.item(lines[at:end], len(mark[0]), shown, width)
            at = end
        return at, made

    def end_of_item(self, lines: list[str], at: int, indent: int) -> int:
        """The line after those that belong to the item that begins at a line."""
        end = at + 1
        while end < len(lines):
            line = lines[end]
            if line.strip():
                inside = len(line) - len(line.lstrip()) >= min(indent, 2)
                if not inside and (not lines[end - 1].strip() or self.interrupts(line)):
                    break
            end += 1
        return end

    def item(self, lines: list[str], indent: int, mark: str, width: int) -> list[str]:
        inner = [lines[0][indent:], *without_margin(lines[1:])]
        shown = self.blocks(inner, width - len(mark))
        if not shown:
            return [self.style(mark, MARK).rstrip()]
        margin = " " * len(mark)
        return [self.style(mark, MARK) + shown[0], *((margin + line).rstrip() for line in shown[1:])]

    def paragraph(self, lines: list[str], width: int) -> list[str]:
        text = ""
        for line in lines:
            hard = line.endswith("\\") or line.endswith("  ")
            text += line.strip().removesuffix("\\" if hard else "") + (BREAK if hard else "\n")
        shown = self.inline(text.strip())
        return [line for part in shown.split(BREAK) for line in wrapped(part.split(), width)]

    def inline(self, text: str) -> str:
        return INLINE.sub(self.span, text)

    def span(self, match: re.Match[str]) -> str:
        """A piece of a line that is not mere text."""
        if match["escaped"]:
            return match["escaped"]
        if match["entity"]:
            return unescape(match["entity"])
        if match["code"]:
            return self.style(match["code"].strip(), CODE)
        if match["strong"]:
            return self.style(self.inline(match["strong"]), STRONG)
        if match["star"] or match["under"]:
            return self.style(self.inline(match["star"] or match["under"]), EMPHASIS)
        if match["auto"]:
            return self.style(match["auto"], LINK)
        url = match["url"]
        text = self.inline(match["text"])
        if "://" not in url:  # it leads to somewhere in a manual that nobody has at hand
            return text
        return f"{text} {self.style(url, LINK)}" if text else self.style(url, LINK)


def wrapped(words: list[str], width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words:
        if line and columns(line) + 1 + columns(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def columns(text: str) -> int:
    """How wide a text is on a terminal."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in plain)


def without_margin(lines: list[str]) -> list[str]:
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]
