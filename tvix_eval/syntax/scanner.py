"""The state of the lexer, and how it goes through strings.

The lexer has a stack of modes, since what a character means depends on what it is in: an
expression, a string, an indented string, a path. ``${`` puts an expression on top of the
others, and the ``}`` that belongs to it takes it off. Within one expression, braces are
only counted.

Text is `str` with one character for each byte; it is scanned as `bytes` that end in NULs,
so that looking ahead needs no bounds checks.
"""

from __future__ import annotations

from tvix_eval.syntax import tables as t
from tvix_eval.syntax.characters import (
    APOSTROPHE,
    BACKSLASH,
    BRACE,
    C_INDENTED_STOP,
    C_STRING_STOP,
    CLASS,
    DOLLAR,
    DOUBLE_QUOTE,
    NEWLINE,
    NUL,
    RETURN,
    SPACE,
)
from tvix_eval.syntax.literals import null_byte, unescape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

# Modes.
EXPRESSION: Final = 0
STRING: Final = 1
INDENTED: Final = 2
IN_PATH: Final = 3
IN_PATH_SLASH: Final = 4  # the same, after a "/": the path cannot end here
REPL: Final = 5  # before the first token of the bindings of a REPL


class Scanner:
    """Where the lexer is. A token is what sets `begin`, `end` and, for the kinds up to `URI`
    but identifiers, `text`: what was written, or the characters that a part of a string means.

    `end` is what errors at the end of the file take for it, which is not always `at`, where
    the next token is looked for: see `Lexer.in_path`.
    """

    def __init__(self, source: str, mode: i64) -> None:
        self.source: Final = source
        self.data: Final = source.encode("latin-1") + b"\0\0\0\0"
        self.size: Final[i64] = len(source)
        self.at: i64 = 0
        self.begin: i64 = 0
        self.end: i64 = 0
        self.text = ""
        self.mode: i64 = mode
        self.braces: i64 = 0  # open in the current expression
        self.modes: list[int] = []  # those below: mode | braces << 3

    def push(self, mode: i64) -> None:
        self.modes.append(int(self.mode | self.braces << 3))
        self.mode = mode
        self.braces = 0

    def pop(self) -> None:
        saved: i64 = self.modes.pop()
        self.mode = saved & 7
        self.braces = saved >> 3

    def single(self, i: i64, kind: i64) -> i64:
        """A token of one byte."""
        self.begin = i
        self.end = i + 1
        self.at = i + 1
        return kind

    def double(self, i: i64, kind: i64) -> i64:
        """A token of two bytes."""
        self.begin = i
        self.end = i + 2
        self.at = i + 2
        return kind

    def single_or(self, i: i64, second: i64, double: i64, single: i64) -> i64:
        """`double` when the byte after the first is `second`, else `single`."""
        return self.double(i, double) if self.data[i + 1] == second else self.single(i, single)

    def slice(self, i: i64, end: i64, kind: i64) -> i64:
        """A token whose text is what was written."""
        self.begin = i
        self.end = end
        self.at = end
        self.text = self.source[i:end]
        return kind

    # ---- Strings --------------------------------------------------------------------

    def in_string(self) -> i64:
        data = self.data
        begin = self.at
        i = begin
        escapes = False
        nul = False
        while True:
            while not CLASS[data[i]] & C_STRING_STOP:
                i += 1
            stop: i64 = data[i]
            if stop == DOUBLE_QUOTE:
                break
            if stop == DOLLAR:
                # "$" and the next byte are one unit, unless that begins something.
                second: i64 = data[i + 1]
                if second == BRACE or i + 1 >= self.size:
                    break
                if second == DOUBLE_QUOTE:
                    i += 1
                    break
                if second == BACKSLASH:
                    if i + 2 >= self.size:
                        break
                    escapes = True
                    i += 3
                else:
                    if second == RETURN:
                        escapes = True
                    elif second == NUL:
                        nul = True
                    i += 2
            elif stop == BACKSLASH:
                if i + 1 >= self.size:
                    break
                escapes = True
                i += 2
            elif stop == RETURN:
                escapes = True
                i += 1
            elif i >= self.size:
                break
            else:
                nul = True
                i += 1
        if i > begin:
            self.slice(begin, i, t.STRING_TEXT)
            if escapes:
                self.text = unescape(self.text)
            if nul:
                raise null_byte(self.text, begin)
            return t.STRING_TEXT
        if data[i] == DOUBLE_QUOTE:
            self.pop()
            return self.single(i, t.QUOTE)
        if data[i] == DOLLAR and data[i + 1] == BRACE:
            self.push(EXPRESSION)
            return self.double(i, t.INTERPOLATION)
        # The end of the file, perhaps in an escape.
        self.end = self.size
        return t.END

    def indented_open(self, i: i64) -> i64:
        """``''`` with the rest of its line, if that is blank."""
        data = self.data
        if data[i + 1] != APOSTROPHE:
            return self.single(i, t.INVALID)
        end = i + 2
        while data[end] == SPACE:
            end += 1
        end = end + 1 if data[end] == NEWLINE else i + 2
        self.push(INDENTED)
        self.begin = i
        self.end = end
        self.at = end
        return t.INDENTED_OPEN

    def in_indented(self) -> i64:
        data = self.data
        begin = self.at
        i = begin
        nul = False
        while True:
            while not CLASS[data[i]] & C_INDENTED_STOP:
                i += 1
            stop: i64 = data[i]
            second: i64 = data[i + 1]
            if stop == NUL:
                if i >= self.size:
                    break
                nul = True
                i += 1
            else:
                # "$" or "'" and the next byte are one unit, unless they begin something.
                if second == APOSTROPHE or i + 1 >= self.size:
                    break
                if second == (BRACE if stop == DOLLAR else DOLLAR):
                    break
                if second == NUL:
                    nul = True
                i += 2
        if i > begin:
            self.slice(begin, i, t.INDENTED_TEXT)
            if nul:
                raise null_byte(self.text, begin)
            return t.INDENTED_TEXT
        if i >= self.size:
            return t.END
        if stop == DOLLAR:
            if second == BRACE:
                self.push(EXPRESSION)
                return self.double(i, t.INTERPOLATION)
            return self.slice(i, i + 1, t.INDENTED_TEXT)
        if second != APOSTROPHE:
            return self.slice(i, i + 1, t.INDENTED_TEXT)
        return self.after_apostrophes(i)

    def after_apostrophes(self, i: i64) -> i64:
        """``''`` in an indented string: an escape, or its end."""
        third: i64 = self.data[i + 2]
        if third == DOLLAR:
            self.slice(i, i + 3, t.INDENTED_TEXT)
            self.text = "$"
            return t.INDENTED_TEXT
        if third == APOSTROPHE:
            self.slice(i, i + 3, t.INDENTED_TEXT)
            self.text = "''"
            return t.INDENTED_TEXT
        if third == BACKSLASH and i + 3 < self.size:
            self.slice(i, i + 4, t.INDENTED_TEXT)
            self.text = unescape(self.text[2:])
            return t.INDENTED_TEXT
        self.pop()
        return self.double(i, t.INDENTED_CLOSE)
