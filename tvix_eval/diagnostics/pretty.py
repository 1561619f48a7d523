"""A diagnostic as text for people: what is wrong and where, what led there, what may have been meant."""

from __future__ import annotations

from tvix_eval.diagnostics.excerpt import excerpt, painter
from tvix_eval.diagnostics.model import ERROR, Diagnostic, Entry, Label, Span, decoded
from tvix_eval.diagnostics.trace import Places, first_own
from tvix_eval.output.terminal import filter_text
from tvix_eval.vm.show import BLUE, CYAN, FAINT, MAGENTA, RED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BOLD: Final = "\x1b[1m"
FEW: Final = 6  # entries of a trace that are shown without --show-trace
FEW_OF_LIBRARY: Final = 2  # where all of them are in libraries
FEW_OF_CIRCLE: Final = 12
REST: Final = "--show-trace shows all"


def pretty_text(made: Diagnostic, places: Places, show_trace: bool, colours: bool) -> str:
    """Byte text of a diagnostic, with a line end."""
    writer = Writer(places, colours)
    writer.write(made, show_trace)
    return ("\n".join(writer.lines) + "\n").encode("utf-8", "surrogateescape").decode("latin-1")


class Writer:
    """Collects the lines, which are characters and not bytes."""

    def __init__(self, places: Places, colours: bool) -> None:
        self.places: Final = places
        self.paint: Final = painter(colours)
        self.colours: Final = colours
        self.lines: list[str] = []
        self.width = 1  # of the numbers of lines
        self.last: tuple[str, int] = ("", 0)  # name and number of the line that was shown last

    def write(self, made: Diagnostic, show_trace: bool) -> None:
        colour = RED if made.severity == ERROR else MAGENTA
        self.width = widest_number(made)
        self.header(made, colour)
        shown: Entry | None = None
        if made.library and not made.circle:
            shown = first_own(made.trace)
            if shown is not None and shown.span is not None:
                self.block(Label(shown.span, shown.text), "^", colour, "-->")
                self.lines.append(self.paint("in the library:", FAINT))
                self.last = ("", 0)
        if made.circle:
            self.circle(made.circle, colour)
        elif made.primary is not None:
            self.block(made.primary, "^", colour, "-->")
        for label in made.secondary:
            self.block(label, "-", CYAN, ":::")
        self.hints(made.hints)
        if show_trace or not made.circle:
            self.trace([entry for entry in made.trace if entry is not shown], show_trace, shown is not None)

    def header(self, made: Diagnostic, colour: str) -> None:
        name = "" if made.severity == ERROR or not made.code else f"[{made.code}]"
        text = decoded(filter_text(made.message, self.colours)).rstrip("\n")
        first, _, rest = text.partition("\n")
        self.lines.append(self.paint(made.severity + name + ":", colour) + " " + self.paint(first, BOLD))
        for line in rest.split("\n") if rest else []:
            self.lines.append(("  " + line).rstrip())

    def block(self, label: Label, mark: str, colour: str, arrow: str) -> None:
        """A place, with its line, unless that is just above."""
        margin = " " * self.width
        line = (label.span.source.name, label.span.line)
        drawn = excerpt(label, self.width, mark, colour, self.colours)
        if line == self.last and len(drawn) > 1:
            self.lines.append(drawn[1])
            return
        self.lines.append(self.paint(margin + arrow + " ", BLUE) + self.shown(label.span))
        if drawn:
            self.last = line
            self.lines.append(self.paint(margin + " |", BLUE))
            self.lines += drawn
        elif label.text:
            self.lines.append(margin + "    " + decoded(label.text))

    def shown(self, span: Span) -> str:
        return decoded(filter_text(self.places.shown(span), False))

    def circle(self, circle: list[Label], colour: str) -> None:
        """The values that need each other, the middle left out when they are many."""
        for index, label in enumerate(circle):
            if len(circle) > FEW_OF_CIRCLE and FEW_OF_CIRCLE // 2 <= index < len(circle) - FEW_OF_CIRCLE // 2:
                if index == FEW_OF_CIRCLE // 2:
                    self.lines.append(f"{len(circle) - FEW_OF_CIRCLE} more of this circle")
                continue
            last = index == len(circle) - 1
            self.block(label, "^" if last else "-", colour if last else CYAN, ":::" if index else "-->")

    def hints(self, hints: list[str]) -> None:
        for hint in hints:
            self.lines.append(" " * self.width + self.paint(" = hint: ", CYAN) + decoded(hint))

    # ---- The trace ------------------------------------------------------------------

    def trace(self, trace: list[Entry], show_trace: bool, begun: bool) -> None:
        """`begun`: one entry of code that was written here was shown already."""
        if not trace:
            return
        entries = trace if show_trace else chosen(trace)
        if not entries and not begun:
            entries = trace[:FEW_OF_LIBRARY]
        self.lines.append("")
        self.lines.append(self.paint("trace, the innermost first:", FAINT))
        skipped = 0
        for entry in trace:
            if entry not in entries:
                skipped += 1
                continue
            self.skipped(skipped)
            skipped = 0
            self.entry(entry)
        self.skipped(skipped)

    def skipped(self, count: int) -> None:
        if count:
            more = "1 more step" if count == 1 else f"{count} more steps"
            self.lines.append(self.paint(f"... {more} ({REST})", FAINT))

    def entry(self, entry: Entry) -> None:
        self.last = ("", 0)
        text = decoded(filter_text(entry.text, self.colours))
        if entry.defined is not None:
            text += self.paint(f" (defined at {self.shown(entry.defined)})", FAINT)
        self.lines.append("... " + text)
        if entry.span is not None:
            self.block(Label(entry.span), "-", CYAN, "-->")
        if entry.repeats:
            if entry.period == 1:
                note = f"{entry.repeats} more of the same"
            else:
                note = f"these {entry.period} steps {entry.repeats} more times"
            self.lines.append(self.paint("... " + note, MAGENTA))


def chosen(trace: list[Entry]) -> list[Entry]:
    """The entries that matter: in code that was written here, and what programs say of themselves."""
    own = [entry for entry in trace if entry.span is not None and not entry.library][:FEW]
    return [entry for entry in trace if entry in own or entry.always]


def widest_number(made: Diagnostic) -> int:
    spans = [label.span for label in [*made.secondary, *made.circle]]
    spans += [entry.span for entry in made.trace if entry.span is not None]
    if made.primary is not None:
        spans.append(made.primary.span)
    return max([len(str(span.line)) for span in spans], default=1)
