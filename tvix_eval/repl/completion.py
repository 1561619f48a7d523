"""What a text can go on with: variables, attributes, files, commands.

To complete ``a.b.`` its set must be evaluated. As in C++ Nix, that happens when somebody asks for it (by
Tab), for plain attribute paths only, and here it has to be done in a moment and says nothing: whatever
else happens, there are just no completions. What the attributes are is told of those alone that were
evaluated before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tvix_eval.errors import Interrupted, NixError
from tvix_eval.eval_io import DIRECTORY, join
from tvix_eval.repl import commands
from tvix_eval.repl.scope import IncompleteInput
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.force import force
from tvix_eval.vm.show import show_name, show_type
from tvix_eval.vm.values import MISSING, Thunk

if TYPE_CHECKING:
    from tvix_eval.repl.repl import Repl

MOMENT: Final = 2.0  # seconds
KEYWORDS: Final = ("assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with")
WORD: Final = re.compile(r"""(?:[\w.'/~<-]|"[^"\s]*"?)*$""")
SUBJECT: Final = re.compile(r"""[A-Za-z_][\w'-]*(?:\.(?:[A-Za-z_][\w'-]*|"[^"$\\]*"))*""")


class Candidate:
    """`text` would replace as many characters before the cursor as `replaced`. `note`: what it is."""

    def __init__(self, text: str, replaced: int, note: str = "") -> None:
        self.text: Final = text
        self.replaced: Final = replaced
        self.note: Final = note


def complete(repl: Repl, text: str) -> list[Candidate]:
    """What `text`, all before the cursor as byte text, can go on with."""
    if text.startswith(":"):
        name, blank, rest = text.partition(" ")
        if not blank:
            return [
                Candidate(each, len(text), command.help)
                for each, command in sorted(repl.commands.items())
                if each.startswith(text)
            ]
        command = repl.commands.get(name)
        argument = command.argument if command is not None else commands.EXPRESSION
        if argument in (commands.FILE, commands.FLAKE):
            return files(repl, rest.lstrip())
        if argument == commands.SWITCH:
            return [Candidate(word, len(rest), "") for word in ("true", "false") if word.startswith(rest)]
        if argument == commands.NOTHING:
            return []
        text = rest
    found = WORD.search(text)
    word = found[0] if found is not None else ""
    if word.startswith("<"):
        return lookup_names(repl, word)
    if "/" in word:
        return files(repl, word)
    subject, dot, start = split_last(word)
    if dot:
        return attributes(repl, subject, start)
    return variables(repl, word)


def split_last(word: str) -> tuple[str, str, str]:
    """At the last point outside of quotes."""
    at = word.rfind(".")
    if word.count('"') % 2:
        at = word.rfind(".", 0, word.rfind('"'))
    return (word[:at], ".", word[at + 1 :]) if at >= 0 else ("", "", word)


def variables(repl: Repl, start: str) -> list[Candidate]:
    places = {**repl.evaluator.globals.values, **repl.scope.variables}
    found = [
        Candidate(name, len(start), note_of(place))
        for name, place in sorted(places.items())
        if name.startswith(start) and (start.startswith("_") or not name.startswith("__"))
    ]
    keywords = [word for word in KEYWORDS if start and word.startswith(start) and word not in places]
    return found + [Candidate(word, len(start), "keyword") for word in keywords]


def attributes(repl: Repl, subject: str, start: str) -> list[Candidate]:
    if not SUBJECT.fullmatch(subject):
        return []
    attrs = quietly_evaluated(repl, subject)
    if attrs is None:
        return []
    wanted = start.removeprefix('"')
    return [
        Candidate(show_name(name), len(start), note_of(attrs.place(name)))
        for name in attrs.names()
        if name.startswith(wanted)
    ]


def quietly_evaluated(repl: Repl, text: str) -> Attrs | None:
    """The set that a text means, if that can be found out in a moment."""
    if repl.is_busy():
        return None
    interrupt = repl.evaluator.interrupt
    limit = interrupt.seconds
    interrupt.seconds = MOMENT
    quiet = repl.quiet
    repl.quiet = True
    try:
        value = repl.evaluator.run(lambda: force(repl.scope.evaluate(text), 0))
    except (NixError, Interrupted, IncompleteInput, OSError, MemoryError):
        return None
    finally:
        repl.quiet = quiet
        interrupt.seconds = limit
    return value if isinstance(value, Attrs) else None


def note_of(place: object) -> str:
    """The type of what a place holds, if it was evaluated."""
    if place is MISSING or (isinstance(place, Thunk) and place.op is not None):
        return ""
    return show_type(place)


def files(repl: Repl, start: str) -> list[Candidate]:
    """Files by the beginning of a path; hidden ones when it begins with a point."""
    slash = start.rfind("/") + 1
    folder, name = start[:slash], start[slash:]
    io = repl.evaluator.io
    where = folder
    if where.startswith("~/"):
        where = repl.evaluator.settings.home + where[1:]
    try:
        entries = io.read_dir(io.resolve_symlinks(join(repl.scope.folder, where)))
    except (NixError, OSError):
        return []
    return [
        Candidate(each + ("/" if kind == DIRECTORY else ""), len(name), "folder" if kind == DIRECTORY else "")
        for each, kind in sorted(entries.items())
        if each.startswith(name) and (name.startswith(".") or not each.startswith("."))
    ]


def lookup_names(repl: Repl, word: str) -> list[Candidate]:
    """``<name>`` for what the lookup path names."""
    names = {entry.prefix for entry in repl.host.entries if entry.prefix}
    return [Candidate("<" + name + ">", len(word)) for name in sorted(names) if name.startswith(word[1:])]
