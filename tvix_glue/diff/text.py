"""A comparison as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from tvix_glue.diff.causes import Cause, Summary
from tvix_glue.diff.records import Difference, Node
from tvix_glue.diff.words import LEFT, RIGHT, SKIPPED, Segment, segments
from tvix_glue.reports import is_marked

STYLES: Final = {LEFT: "red", RIGHT: "green", SKIPPED: "dim"}
MARKS: Final = {LEFT: ("[-", "-]"), RIGHT: ("{+", "+}"), SKIPPED: ("[… ", " …]")}
MOST_NAMES: Final = 8


def unicode(text: str) -> str:
    """Byte text for people: what is not UTF-8, or would control a terminal, is escaped."""
    shown = text.encode("latin-1").decode("utf-8", "backslashreplace")
    return "".join(
        each if each >= " " and each != "\x7f" or each in "\n\t" else f"\\x{ord(each):02x}" for each in shown
    )


def print_summary(summary: Summary, console: Console) -> None:
    for line in summary_lines(summary, is_marked(console)):
        console.print(line, soft_wrap=True)


def summary_lines(summary: Summary, marked: bool) -> Iterator[Text]:
    """`marked`: without colours, so that signs must tell the sides apart."""
    (root,) = summary.comparison.roots
    if summary.same:
        yield Text("the same: " + unicode(root.left))
        return
    yield Text("--- " + unicode(root.left), "bold red")
    yield Text("+++ " + unicode(root.right), "bold green")
    yield Text("")
    yield from causes_lines(summary, marked)


def causes_lines(summary: Summary, marked: bool, notes: Sequence[str] = ()) -> Iterator[Text]:
    """`notes`: for each cause a line to be shown with it."""
    effective = [cause for cause in summary.causes if cause.has_effect]
    yield Text(counted(summary, effective), "bold")
    for at, cause in enumerate(summary.causes):
        if at == len(effective):
            yield Text("")
            yield Text("Without effect on what is built:", "bold")
        yield Text("")
        yield from cause_lines(cause, at + 1, marked, notes[at] if notes else "")


def counted(summary: Summary, effective: list[Cause]) -> str:
    causes = plural(len(effective), "root cause")
    if not summary.folded:
        return causes
    folded = len(summary.folded)
    verb = "differs" if folded == 1 else "differ"
    return f"{causes}; {plural(folded, 'more path')} {verb} only because of inputs"


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def cause_lines(cause: Cause, number: int, marked: bool, note: str) -> Iterator[Text]:
    node = cause.node
    yield Text(f"{number}. {unicode(node.name)}", "bold") + Text(f" ({node.kind})", "not bold")
    yield Text("   - " + unicode(node.pair.left), STYLES[LEFT])
    yield Text("   + " + unicode(node.pair.right), STYLES[RIGHT])
    if len(cause.chain) > 1:
        yield Text("   " + chain_text(cause.chain), "dim")
    if note:
        yield Text("   " + note)
    if cause.others:
        names = ", ".join(unicode(each.name) for each in cause.others[:MOST_NAMES])
        more = len(cause.others) - MOST_NAMES
        yield Text(f"   and {len(cause.others)} more in the same way: {names}" + (" …" if more > 0 else ""))
    for difference in node.differences:
        yield from difference_lines(difference, marked)


def chain_text(chain: list[Node]) -> str:
    names = [unicode(node.name) for node in chain]
    if len(names) > MOST_NAMES:
        half = MOST_NAMES // 2
        names = [*names[:half], f"({len(names) - 2 * half} more)", *names[-half:]]
    return " → ".join(names)


def difference_lines(difference: Difference, marked: bool) -> Iterator[Text]:
    line = Text("   ")
    line.append(unicode(difference.subject), "cyan")
    value = Text()
    for part in difference_segments(difference):
        before, after = MARKS.get(part.kind, ("", "")) if marked or part.kind == SKIPPED else ("", "")
        text = unicode(part.text)
        if part.kind == SKIPPED and text.endswith("\n"):
            text, after = text[:-1], after + "\n"
        value.append(before + text + after, STYLES.get(part.kind, ""))
    if "\n" not in value.plain:
        yield line + ": " + value
        return
    yield line + ":"
    for each in value.split("\n"):
        yield Text("     ") + each if each else Text()


def difference_segments(difference: Difference) -> list[Segment]:
    if difference.left is None:
        return [Segment(RIGHT, difference.right or "")]
    if difference.right is None:
        return [Segment(LEFT, difference.left)]
    return segments(difference.left, difference.right)
