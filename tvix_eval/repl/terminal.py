"""The REPL on a terminal: editing, history, colours and completion by prompt_toolkit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from tvix_eval.errors import Interrupted, NixError
from tvix_eval.program import byte_text
from tvix_eval.repl import colouring
from tvix_eval.repl.commands import Quit
from tvix_eval.repl.completion import complete
from tvix_eval.repl.plain import CONTINUATION, PROMPT

if TYPE_CHECKING:
    from tvix_eval.repl.repl import Repl

STYLE: Final = Style.from_dict(
    {
        "prompt": "ansibrightblue bold",
        "command": "ansimagenta bold",
        "comment": "ansibrightblack italic",
        "keyword": "ansiblue bold",
        "builtin": "ansicyan",
        "number": "ansicyan",
        "string": "ansigreen",
        "path": "ansiyellow",
        "operator": "ansimagenta",
        "invalid": "ansired underline",
    }
)
OPENERS: Final = ("{", "[", "(", "let", "in", "=", ":", "then", "else")
CLOSERS: Final = ("}", "]", ")")
INDENT: Final = "  "


class NixLexer(Lexer):
    """Colours, by kinds of tokens."""

    def __init__(self, builtins: frozenset[str], colours: bool) -> None:
        self.builtins: Final = builtins
        self.colours: Final = colours

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        found = colouring.pieces(document.text, self.builtins) if self.colours else [("", document.text)]
        pieces: StyleAndTextTuples = [("class:" + kind if kind else "", text) for kind, text in found]
        lines = list(split_lines(pieces))
        return lambda number: lines[number] if number < len(lines) else []


class NixCompleter(Completer):
    def __init__(self, repl: Repl) -> None:
        self.repl: Final = repl

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        for each in complete(self.repl, to_bytes(document.text_before_cursor)):
            yield Completion(to_text(each.text), -each.replaced, display_meta=to_text(each.note))


def to_bytes(text: str) -> str:
    """Byte text of what was typed."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def to_text(text: str) -> str:
    """Byte text, to be shown."""
    return text.encode("latin-1").decode("utf-8", "replace")


def key_bindings(repl: Repl) -> KeyBindings:
    """Enter goes on to the next line as long as something is missing; with Alt, always."""
    bindings = KeyBindings()

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None
        elif repl.is_complete(to_bytes(buffer.text)):
            buffer.validate_and_handle()
        else:
            next_line(event)

    @bindings.add("escape", "enter")
    def next_line(event: KeyPressEvent) -> None:
        line = event.current_buffer.document.current_line_before_cursor
        margin = line[: len(line) - len(line.lstrip())]
        if line.rstrip().endswith(OPENERS) or line.count("''") % 2 and line.strip() != "''":
            margin += INDENT
        event.current_buffer.insert_text("\n" + margin)

    def close(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        line = buffer.document.current_line_before_cursor
        if line.endswith(INDENT) and not line.strip():
            buffer.delete_before_cursor(len(INDENT))
        buffer.insert_text(event.data)

    for bracket in CLOSERS:
        bindings.add(bracket)(close)

    return bindings


def open_history(repl: Repl) -> History:
    """The file that remembers what was entered, or just memory where there can be none."""
    environment = repl.environment
    folder = environment.get("XDG_DATA_HOME") or os.path.join(environment.get("HOME", ""), ".local/share")
    path = os.path.join(folder, "tvix", "repl-history")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "ab"):
            pass
    except OSError as error:
        repl.program.warn("no history is kept: " + byte_text(path + ": " + (error.strerror or "")))
        return InMemoryHistory()
    return FileHistory(path)


def start(repl: Repl) -> None:
    """Load what the command line says, and converse until the end of input."""
    try:
        repl.evaluator.run(repl.begin)
    except (NixError, Interrupted) as trouble:
        repl.complain(trouble)
    session: PromptSession[str] = PromptSession(
        [("class:prompt", PROMPT)],
        multiline=True,
        lexer=NixLexer(frozenset(repl.evaluator.globals.values), repl.colours),
        completer=NixCompleter(repl),
        complete_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
        enable_history_search=True,
        history=open_history(repl),
        key_bindings=key_bindings(repl),
        prompt_continuation=lambda width, line, wraps: "" if wraps else CONTINUATION,
        style=STYLE,
    )
    while True:
        try:
            text = session.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        try:
            for part in statements(repl, to_bytes(text)):
                repl.answer(part)
        except Quit:
            return


def statements(repl: Repl, text: str) -> list[str]:
    """What was entered at once: one thing mostly; if it was pasted, perhaps one after the other."""
    if repl.is_well_formed(text):
        return [text]
    found: list[str] = []
    begun = ""
    for line in text.split("\n"):
        begun += line + "\n"
        if repl.is_complete(begun):
            found.append(begun)
            begun = ""
    return [*found, begun] if begun.strip() else found
