"""Source text to tokens.

In every mode of the lexer the longest match wins. Paths and URIs are what makes this hard:
they begin like identifiers, numbers and operators (``a/b``, ``1-2/3``, ``a:b``), so wherever
one of those is followed by a character that could continue a path, `Lexer.long_token` looks
ahead.
"""

from __future__ import annotations

from tvix_eval.errors import ParseError
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.characters import (
    BAR,
    BRACE,
    C_DIGIT,
    C_ID,
    C_LINE_STOP,
    C_PATH,
    C_SCHEME,
    C_URI,
    CLASS,
    COLON_SIGN,
    DASH,
    DOLLAR,
    EQUALS,
    GREATER_SIGN,
    NUL,
    PERIOD,
    PLUS_SIGN,
    S_AMPERSAND,
    S_APOSTROPHE,
    S_BANG,
    S_BAR,
    S_COMMENT,
    S_DIGIT,
    S_DOLLAR,
    S_DOT,
    S_EQUALS,
    S_GREATER,
    S_LBRACE,
    S_LETTER,
    S_MINUS,
    S_NUL,
    S_PLUS,
    S_QUOTE,
    S_RBRACE,
    S_SLASH,
    S_SPACE,
    S_TILDE,
    SLASH,
    STAR,
    START,
    ZERO,
)
from tvix_eval.syntax.literals import float_out_of_range, int_out_of_range
from tvix_eval.syntax.names import Name
from tvix_eval.syntax.scanner import EXPRESSION, IN_PATH, IN_PATH_SLASH, INDENTED, REPL, STRING, Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

FEW_NAMES: Final = 255  # slots for names, less one, in a source of less than LARGE bytes
MANY_NAMES: Final = 4095  # and in others
LARGE: Final = 100000
NO_NAME: Final = Name("")


class Lexer(Scanner):
    """`next` gives the kind of the next token, `END` at the end. `name` is an identifier.

    `docs` has the documentation comments (``/** … */``): offset of the token that follows
    one -> where the comment begins and ends.

    `pipe_operators`: the experimental feature is enabled. `repl`: bindings of a REPL follow.

    Raises `ParseError`, or `NixError` for a string with a NUL in it.
    """

    def __init__(self, source: str, pipe_operators: bool, repl: bool) -> None:
        super().__init__(source, REPL if repl else EXPRESSION)
        self.pipe_operators: Final = pipe_operators
        self.names_mask: Final[i64] = FEW_NAMES if self.size < LARGE else MANY_NAMES
        self.names = [NO_NAME] * (self.names_mask + 1)  # identifiers, each in the slot of its hash
        self.name = NO_NAME
        self.docs: dict[int, tuple[int, int]] = {}
        self.run_end: i64 = 0  # the end of the latest run of characters of a path
        self.plain: i64 = 0  # no path or URI begins before this offset
        self.before_path: i64 = 0  # `begin` and `end` of what precedes the latest part of a path
        self.before_path_end: i64 = 0

    def next(self) -> i64:
        mode = self.mode
        if mode == EXPRESSION:
            return self.in_expression()
        if mode == STRING:
            return self.in_string()
        if mode == INDENTED:
            return self.in_indented()
        if mode == REPL:
            self.mode = EXPRESSION
            return t.REPL_BINDINGS if self.size > 0 else t.END
        return self.in_path()

    # ---- Expressions ----------------------------------------------------------------

    def in_expression(self) -> i64:
        data = self.data
        i = self.at
        previous = self.begin
        previous_end = self.end
        doc: i64 = -1
        doc_end: i64 = 0
        while True:
            start: i64 = START[data[i]]
            if start == S_SPACE:
                previous = i
                i += 1
                while START[data[i]] == S_SPACE:
                    i += 1
                previous_end = i
            elif start == S_COMMENT:
                previous = i
                i = self.line_end(i)
                previous_end = i
            elif start == S_SLASH and data[i + 1] == STAR:
                end = self.comment_end(i)
                if end == 0:
                    return self.single(i, t.DIVIDE)
                if data[i + 2] == STAR and data[i + 3] != STAR and data[i + 3] != SLASH:
                    doc = i
                    doc_end = end
                previous = i
                i = end
                previous_end = i
            else:
                break
        if doc >= 0 and start != S_NUL:
            self.docs[int(i)] = (int(doc), int(doc_end))
        if start < S_LETTER:
            return self.single(i, start)
        if start == S_LETTER:
            j = i + 1
            spread: i64 = data[i]
            mask = self.names_mask
            while CLASS[data[j]] & C_ID:
                spread = (spread * 31 + data[j]) & mask
                j += 1
            following: i64 = data[j]
            if (
                following == PERIOD or following == SLASH or following == COLON_SIGN or following == PLUS_SIGN
            ) and i >= self.plain:
                kind = self.long_token(i, previous, previous_end)
                if kind != 0:
                    return kind
            kind = t.ID if j > i + 7 else self.keyword(i, j - i)
            if kind == t.ID:
                self.name = self.identifier(i, j, spread & mask)
            self.begin = i
            self.end = j
            self.at = j
            return kind
        if start == S_LBRACE:
            self.braces += 1
            return self.single(i, t.LBRACE)
        if start == S_RBRACE:
            if self.braces > 0:
                self.braces -= 1
            elif self.modes:
                self.pop()
            return self.single(i, t.RBRACE)
        if start == S_EQUALS:
            return self.single_or(i, EQUALS, t.EQ, t.ASSIGN)
        if start == S_QUOTE:
            self.push(STRING)
            return self.single(i, t.QUOTE)
        if start == S_NUL:
            # A NUL reads as the end of the file, wherever it is.
            if i >= self.size:
                self.begin = previous
                self.end = previous_end
                self.at = i
                return t.END
            return self.single(i, t.END)
        if start == S_APOSTROPHE:
            return self.indented_open(i)
        if start == S_DOLLAR:
            if data[i + 1] != BRACE:
                return self.single(i, t.INVALID)
            self.braces += 1
            return self.double(i, t.INTERPOLATION)
        if start == S_TILDE:
            return self.home_path(i, previous, previous_end)
        # The others can begin a path.
        if i >= self.plain and (CLASS[data[i + 1]] & C_PATH or data[i + 1] == SLASH or start == S_SLASH):
            kind = self.long_token(i, previous, previous_end)
            if kind != 0:
                return kind
        if start == S_DIGIT:
            return self.number(i)
        return self.operator(i, start)

    def operator(self, i: i64, start: i64) -> i64:
        data = self.data
        following: i64 = data[i + 1]
        if start == S_DOT:
            if following == PERIOD and data[i + 2] == PERIOD:
                self.begin = i
                self.end = i + 3
                self.at = i + 3
                return t.ELLIPSIS
            if CLASS[following] & C_DIGIT:
                return self.number(i)
            return self.single(i, t.DOT)
        if start == S_SLASH:
            return self.single_or(i, SLASH, t.UPDATE, t.DIVIDE)
        if start == S_PLUS:
            return self.single_or(i, PLUS_SIGN, t.CONCAT, t.PLUS)
        if start == S_MINUS:
            return self.single_or(i, GREATER_SIGN, t.IMPL, t.MINUS)
        if start == S_BANG:
            return self.single_or(i, EQUALS, t.NEQ, t.BANG)
        if start == S_GREATER:
            return self.single_or(i, EQUALS, t.GEQ, t.GREATER)
        if start == S_AMPERSAND:
            return self.single_or(i, 38, t.AND, t.INVALID)
        if start == S_BAR:
            if following == GREATER_SIGN:
                return self.pipe(i, t.PIPE_INTO)
            return self.single_or(i, BAR, t.OR, t.INVALID)
        # "<"
        end = i + 1
        while True:
            if not CLASS[data[end]] & C_PATH:
                break
            end += 1
            while CLASS[data[end]] & C_PATH:
                end += 1
            if data[end] == GREATER_SIGN:
                return self.slice(i, end + 1, t.SEARCH_PATH)
            if data[end] != SLASH:
                break
            end += 1
        if following == BAR:
            return self.pipe(i, t.PIPE_FROM)
        return self.single_or(i, EQUALS, t.LEQ, t.LESS)

    def pipe(self, i: i64, kind: i64) -> i64:
        if not self.pipe_operators:
            raise ParseError(
                "experimental Nix feature 'pipe-operators' is disabled; "
                "add '--extra-experimental-features pipe-operators' to enable it",
                i + 1,
            )
        return self.double(i, kind)

    def keyword(self, i: i64, size: i64) -> i64:
        """The kind of an identifier of at most seven bytes."""
        data = self.data
        first: i64 = data[i]
        second: i64 = data[i + 1]
        if size == 2:
            if first == 105:  # i
                if second == 110:  # n
                    return t.IN
                if second == 102:  # f
                    return t.IF
            elif first == 111 and second == 114:  # or
                return t.OR_KEYWORD
        elif size == 3:
            if first == 108 and second == 101 and data[i + 2] == 116:  # let
                return t.LET
            if first == 114 and second == 101 and data[i + 2] == 99:  # rec
                return t.REC
        elif size == 4:
            if first == 119 or first == 116 or first == 101:
                word = self.source[i : i + 4]
                if word == "with":
                    return t.WITH
                if word == "then":
                    return t.THEN
                if word == "else":
                    return t.ELSE
        elif size == 6:
            if first == 97 and self.source[i : i + 6] == "assert":
                return t.ASSERT
        elif size == 7:
            if first == 105 and self.source[i : i + 7] == "inherit":
                return t.INHERIT
        return t.ID

    def identifier(self, begin: i64, end: i64, slot: i64) -> Name:
        """An identifier: the one before in its slot, if equal, so that most are made once."""
        name = self.names[slot]
        text = name.text
        size = end - begin
        if len(text) == size:
            data = self.data
            at: i64 = 0
            while at < size and ord(text[at]) == data[begin + at]:
                at += 1
            if at == size:
                return name
        name = Name(self.source[begin:end])
        self.names[slot] = name
        return name

    def line_end(self, i: i64) -> i64:
        """Where the line of `i` ends."""
        data = self.data
        while True:
            while not CLASS[data[i]] & C_LINE_STOP:
                i += 1
            if data[i] != NUL or i >= self.size:
                return i
            i += 1

    def comment_end(self, i: i64) -> i64:
        """The end of the ``/*`` comment at `i`, or 0 when it has none."""
        end = self.source.find("*/", int(i + 2))
        return 0 if end < 0 else end + 2

    # ---- Numbers --------------------------------------------------------------------

    def number(self, i: i64) -> i64:
        data = self.data
        end = i
        while CLASS[data[end]] & C_DIGIT:
            end += 1
        whole = end - i
        # A fraction needs digits before the point that do not begin with a zero, or none or
        # one zero and digits after it: "1.", ".5", "0.5"; but "00.5" is two tokens.
        if data[end] == PERIOD and (
            (whole > 0 and data[i] != ZERO) or (whole <= 1 and CLASS[data[end + 1]] & C_DIGIT)
        ):
            end += 1
            while CLASS[data[end]] & C_DIGIT:
                end += 1
            if data[end] | 32 == 101:  # e, E
                exponent = end + 1
                if data[exponent] == PLUS_SIGN or data[exponent] == DASH:
                    exponent += 1
                if CLASS[data[exponent]] & C_DIGIT:
                    end = exponent
                    while CLASS[data[end]] & C_DIGIT:
                        end += 1
            self.slice(i, end, t.FLOAT)
            if float_out_of_range(self.text):
                raise ParseError("invalid float '" + self.text + "'", i + 1)
            return t.FLOAT
        self.slice(i, end, t.INT)
        if whole > 18 and int_out_of_range(self.text):
            raise ParseError("invalid integer '" + self.text + "'", i + 1)
        return t.INT

    # ---- Paths and URIs -------------------------------------------------------------

    def long_token(self, i: i64, previous: i64, previous_end: i64) -> i64:
        """The path or URI that begins at `i`; 0 when none does.

        What it is depends on what stops the run of characters of a path. The run is
        remembered, and whether it is `plain`, so that ``a.b.c.d`` is scanned once.
        """
        data = self.data
        end = self.run_end
        if i >= end:
            end = i
            while CLASS[data[end]] & C_PATH:
                end += 1
            self.run_end = end
        stop: i64 = data[end]
        following: i64 = data[end + 1]
        if stop == SLASH and CLASS[following] & C_PATH:
            return self.path(i, self.path_parts(end), t.PATH, previous, previous_end)
        if stop == SLASH and following == DOLLAR and data[end + 2] == BRACE:
            return self.path(i, end + 1, t.PATH, previous, previous_end)
        if stop == COLON_SIGN and CLASS[following] & C_URI:
            if START[data[i]] != S_LETTER:
                return 0
            scheme = i
            while CLASS[data[scheme]] & C_SCHEME:
                scheme += 1
            if scheme < end:
                return 0
            end += 1
            while CLASS[data[end]] & C_URI:
                end += 1
            return self.slice(i, end, t.URI)
        self.plain = end
        return 0

    def path_parts(self, end: i64) -> i64:
        """The end of ``(/part)+/?`` at `end`, of which the first two bytes are known."""
        data = self.data
        while data[end] == SLASH:
            end += 1
            if not CLASS[data[end]] & C_PATH:
                break
            while CLASS[data[end]] & C_PATH:
                end += 1
        return end

    def home_path(self, i: i64, previous: i64, previous_end: i64) -> i64:
        data = self.data
        if data[i + 1] == SLASH:
            if CLASS[data[i + 2]] & C_PATH:
                return self.path(i, self.path_parts(i + 1), t.HOME_PATH, previous, previous_end)
            if data[i + 2] == DOLLAR and data[i + 3] == BRACE:
                return self.path(i, i + 2, t.HOME_PATH, previous, previous_end)
        return self.single(i, t.INVALID)

    def path(self, i: i64, end: i64, kind: i64, previous: i64, previous_end: i64) -> i64:
        """The first part of a path. `previous`: where the token or blank before it lies."""
        self.push(IN_PATH)
        return self.path_part(i, end, kind, previous, previous_end)

    def path_part(self, i: i64, end: i64, kind: i64, previous: i64, previous_end: i64) -> i64:
        self.mode = IN_PATH_SLASH if self.data[end - 1] == SLASH else IN_PATH
        self.before_path = previous
        self.before_path_end = previous_end
        return self.slice(i, end, kind)

    def in_path(self) -> i64:
        """After a part of a path: another part, an interpolation, or the end.

        The end of a path is no text. Nix gives it the place of the part before it; at the
        end of the file, the place of what precedes that part.
        """
        data = self.data
        i = self.at
        if data[i] == DOLLAR and data[i + 1] == BRACE:
            self.mode = IN_PATH
            self.push(EXPRESSION)
            return self.double(i, t.INTERPOLATION)
        end = i
        while CLASS[data[end]] & C_PATH:
            end += 1
        if data[end] == SLASH:
            end = self.path_parts(end) if CLASS[data[end + 1]] & C_PATH else end + 1
        if end > i:
            return self.path_part(i, end, t.STRING_TEXT, self.begin, self.end)
        if self.mode == IN_PATH_SLASH:
            raise ParseError("path has a trailing slash", (self.begin if i >= self.size else i) + 1)
        if i >= self.size:
            self.begin = self.before_path
            self.end = self.before_path_end
        self.pop()
        return t.PATH_END
