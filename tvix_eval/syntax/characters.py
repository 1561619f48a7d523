"""What a byte can be a part of, as tables that the lexer indexes."""

from __future__ import annotations

from tvix_eval.syntax import tables as t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS: Final = b"0123456789"
SPACES: Final = b" \t\r\n"
PATH_CHARACTERS: Final = LETTERS + DIGITS + b"._-+"
URI_CHARACTERS: Final = LETTERS + DIGITS + b"%/?:@&=+$,-_.!~*'"

# Bits of CLASS[byte]. What stops a scan of a string is in bits of its own; so is NUL, at
# which every scan stops to see whether it is the end.
C_ID: Final = 1
C_PATH: Final = 2
C_URI: Final = 4
C_SCHEME: Final = 8
C_DIGIT: Final = 16
C_STRING_STOP: Final = 32
C_INDENTED_STOP: Final = 64
C_LINE_STOP: Final = 128

# What START[byte] says of a byte with which a token can begin: the kind of the token when
# nothing can follow that changes it, or one of these.
S_LETTER: Final = 128
S_DIGIT: Final = 129
S_SPACE: Final = 130
S_COMMENT: Final = 131
S_SLASH: Final = 132
S_DOT: Final = 133
S_PLUS: Final = 134
S_MINUS: Final = 135
S_LBRACE: Final = 136
S_RBRACE: Final = 137
S_QUOTE: Final = 138
S_APOSTROPHE: Final = 139
S_DOLLAR: Final = 140
S_EQUALS: Final = 141
S_BANG: Final = 142
S_LESS: Final = 143
S_GREATER: Final = 144
S_AMPERSAND: Final = 145
S_BAR: Final = 146
S_TILDE: Final = 147
S_NUL: Final = 148

NUL: Final = 0
NEWLINE: Final = 10
RETURN: Final = 13
SPACE: Final = 32
DOUBLE_QUOTE: Final = 34
DOLLAR: Final = 36
APOSTROPHE: Final = 39
STAR: Final = 42
PLUS_SIGN: Final = 43
DASH: Final = 45
PERIOD: Final = 46
SLASH: Final = 47
ZERO: Final = 48
COLON_SIGN: Final = 58
LESS_SIGN: Final = 60
EQUALS: Final = 61
GREATER_SIGN: Final = 62
BACKSLASH: Final = 92
BRACE: Final = 123
BAR: Final = 124


def classes() -> bytes:
    table = [0] * 256
    for characters, bit in (
        (LETTERS + DIGITS + b"_'-", C_ID),
        (PATH_CHARACTERS, C_PATH),
        (URI_CHARACTERS, C_URI),
        (LETTERS + DIGITS + b"+-.", C_SCHEME),
        (DIGITS, C_DIGIT),
        (b'"$\\\r\0', C_STRING_STOP),
        (b"'$\0", C_INDENTED_STOP),
        (b"\r\n\0", C_LINE_STOP),
    ):
        for character in characters:
            table[character] |= bit
    return bytes(table)


def starts() -> bytes:
    table = [t.INVALID] * 256
    for characters, start in (
        (LETTERS + b"_", S_LETTER),
        (DIGITS, S_DIGIT),
        (SPACES, S_SPACE),
        (b"#", S_COMMENT),
        (b"/", S_SLASH),
        (b".", S_DOT),
        (b"+", S_PLUS),
        (b"-", S_MINUS),
        (b"{", S_LBRACE),
        (b"}", S_RBRACE),
        (b'"', S_QUOTE),
        (b"'", S_APOSTROPHE),
        (b"$", S_DOLLAR),
        (b"=", S_EQUALS),
        (b"!", S_BANG),
        (b"<", S_LESS),
        (b">", S_GREATER),
        (b"&", S_AMPERSAND),
        (b"|", S_BAR),
        (b"~", S_TILDE),
        (b"\0", S_NUL),
        (b":", t.COLON),
        (b"@", t.AT),
        (b";", t.SEMICOLON),
        (b"?", t.QUESTION),
        (b"*", t.TIMES),
        (b"(", t.LPAREN),
        (b")", t.RPAREN),
        (b"[", t.LBRACKET),
        (b"]", t.RBRACKET),
        (b",", t.COMMA),
    ):
        for character in characters:
            table[character] = start
    return bytes(table)


CLASS: Final = classes()
START: Final = starts()
