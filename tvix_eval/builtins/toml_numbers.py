"""The numbers, dates and times of TOML."""

from __future__ import annotations

import re

from tvix_eval.builtins.numbers import LARGEST, SMALLEST
from tvix_eval.builtins.toml_tables import Document, Place, TomlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_DIGITS: Final = 4000  # Python converts no more, and no such number fits into 64 bits, but for zeros
DECIMAL: Final = "[+-]?(?:0|[1-9](?:_?[0-9])*)"
DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
INTEGER: Final = re.compile(
    rf"0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*|{DECIMAL}"
)
FLOAT: Final = re.compile(
    rf"{DECIMAL}(?:\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[eE][+-]?[0-9](?:_?[0-9])*)"
    "|[+-]?(?:inf|nan)"
)
OFFSET_TIME: Final = re.compile(f"({DATE})[Tt ]({TIME})([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})")
DATE_TIME: Final = re.compile(f"({DATE})[Tt ]({TIME})")
ONLY_DATE: Final = re.compile(f"({DATE})")
ONLY_TIME: Final = re.compile(f"({TIME})")
PREFIXES: Final = {"x": "hex", "o": "oct", "b": "bin"}
NUMBER_HINTS: Final = (
    "Hint: valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, 0o755\nHint: invalid: _42, 1__000, 0123\n"
)
FLOAT_HINTS: Final = (
    "Hint: valid  : +1.0, -2e-2, 3.141_592_653_589, inf, nan\n"
    "Hint: invalid: .0, 1., _1.0, 1.0_, 1_.0, 1.0__0\n"
)
DATE_HINTS: Final = (
    "Hint: valid  : 1979-05-27T07:32:00-07:00, 1979-05-27 07:32:00.999999Z\n"
    "Hint: invalid: 1979-05-27T7:32:00-7:00, 1979-05-27 7:32-00:30"
)
TIME_HINTS: Final = (
    "Hint: valid  : 1979-05-27T07:32:00, 1979-05-27 07:32:00.999999\n"
    "Hint: invalid: 1979-05-27T7:32:00, 1979-05-27 17:32\n"
)
OFFSET_HINTS: Final = "Hint: valid  : +09:00, -05:30\nHint: invalid: +9:00,  -5:30\n"


class Moment:
    """A date or time, as it will be shown."""

    def __init__(self, text: str) -> None:
        self.text: Final = text


class NumberReader:
    """Reads one value that begins like a number, or is no value at all. `at` is what comes next."""

    def __init__(self, document: Document, at: int) -> None:
        self.document: Final = document
        self.text: Final = document.text
        self.at = at

    def error(self, title: str, at: int, note: str, hints: str = "") -> TomlError:
        return self.document.error(title, Place(at, at + 1), note, hints)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def read(self) -> object:
        text = self.text
        begin = self.at
        for pattern in (OFFSET_TIME, DATE_TIME, ONLY_DATE, ONLY_TIME):
            moment = pattern.match(text, begin)
            if moment is not None:
                return self.read_moment(pattern, moment)
        found = FLOAT.match(text, begin)
        if found is not None:
            self.at = found.end()
            if self.peek() == "_":
                title = "bad float: `_` must be surrounded by digits"
                raise self.error(title, self.at, "invalid underscore", FLOAT_HINTS)
            value = float(found[0].replace("_", ""))
            if value in (float("inf"), float("-inf")) and "n" not in found[0]:
                title = "toml::parse_floating: failed to read floating point value from stream"
                raise self.error(title, self.at, "here")
            return value
        found = INTEGER.match(text, begin)
        if found is None:
            character = self.peek()
            if character == ".":
                title = "bad float: integer part is required before decimal point"
                raise self.error(title, begin, "missing integer part", FLOAT_HINTS)
            if character == "_":
                title = "bad number: `_` must be surrounded by digits"
                raise self.error(title, begin, "digits required before `_`", NUMBER_HINTS)
            raise self.error("bad format: unknown value appeared", begin, "here")
        self.at = found.end()
        self.check_after_integer(begin)
        return self.integer(found[0])

    def check_after_integer(self, begin: int) -> None:
        at = self.at
        character = self.peek()
        sign = 1 if self.text[begin] in "+-" else 0
        if character == "_":
            if self.text[begin + sign : at] == "0":
                title = "bad integer: leading zero is not allowed in decimal int"
                raise self.error(title, at, "leading zero", NUMBER_HINTS)
            title = "bad integer: `_` must be surrounded by digits"
            raise self.error(title, at, "invalid underscore", NUMBER_HINTS)
        if character == "0":
            raise self.error("bad integer: leading zero", at - 1, "leading zero is not allowed", NUMBER_HINTS)
        if "1" <= character <= "9":
            title = "bad integer: invalid digit after an integer"
            raise self.error(title, at, "this digit is not allowed", NUMBER_HINTS)
        if character == ":" or character == "-":
            raise self.error("bad datetime: invalid format", at, "here", DATE_HINTS)
        if character != "" and character in ".eE":
            raise self.error("bad float: invalid format", at, "here", FLOAT_HINTS)
        kind = PREFIXES.get(character)
        if kind is not None and self.text[begin + sign : at] == "0":
            examples = {"hex": "0xC0FFEE, 0xdead_beef", "oct": "0o775, 0o04_44", "bin": "0b0101, 0b1111_0000"}
            digits = {"hex": "hex [0-9a-fA-F]", "oct": "from `0` to `7`", "bin": "0 or 1"}
            title = f"toml::parse_{kind}_integer: invalid integer: {kind}_int must be like: {examples[kind]}"
            if sign:
                raise self.error(title, begin, "expected 0" + character)
            raise self.error(title, at + 1, "expected " + digits[kind])

    def integer(self, text: str) -> int:
        kind = PREFIXES.get(text[1:2], "dec")
        digits = text.replace("_", "")
        value = int(digits, 10 if kind == "dec" else 0) if len(digits) < MOST_DIGITS else LARGEST + 1
        if not SMALLEST <= value <= LARGEST:
            what = "digits" if kind == "dec" else "value"
            title = f"toml::parse_{kind}_integer: too large integer: current max {what} = 2^63"
            raise self.error(title, self.at, "must be < 2^63")
        return value

    def read_moment(self, pattern: re.Pattern[str], found: re.Match[str]) -> object:
        begin = self.at
        self.at = found.end()
        character = self.peek()
        if pattern is DATE_TIME and (character == "+" or character == "-"):
            raise self.error(
                "bad offset: must be [+-]HH:MM or Z", self.at, "expected [0-2] or digit [0-9]", OFFSET_HINTS
            )
        if pattern is ONLY_DATE:
            follows = self.text[self.at + 1 : self.at + 2]
            if character == "T" or character == "t" or (character == " " and "0" <= follows <= "9"):
                title = "bad time: must be HH:MM:SS.subsec"
                raise self.error(title, *self.bad_time(self.at + 1), TIME_HINTS)
            if "0" <= character <= "9":
                title = "bad datetime: missing T or space"
                raise self.error(title, self.at, "expected T or t or  ", TIME_HINTS)
        text = found[1]
        if pattern is not ONLY_TIME:
            self.check_date(text, begin)
        if pattern is ONLY_TIME:
            text = self.clock(text, begin)
        elif pattern is not ONLY_DATE:
            text += "T" + self.clock(found[2], found.start(2))
        if pattern is OFFSET_TIME:
            text += self.offset(found[3], begin)
        return Moment(text)

    def bad_time(self, at: int) -> tuple[int, str]:
        """Where a time goes wrong, and what is expected there."""
        for wanted in "00:00:00":
            character = self.text[at : at + 1]
            if wanted == "0" and not "0" <= character <= "9":
                return at, "expected digit [0-9]"
            if wanted == ":" and character != ":":
                return at, "expected :"
            at += 1
        return at, "expected digit [0-9]"

    def check_date(self, text: str, begin: int) -> None:
        year = int(text[:4])
        month = int(text[5:7])
        day = int(text[8:])
        days = 31
        if month in (4, 6, 9, 11):
            days = 30
        elif month == 2:
            days = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
        if not 1 <= month <= 12 or not 1 <= day <= days:
            note = "month must be 01-12, day must be any of 01-28,29,30,31 depending on the month/year."
            raise self.error("toml::parse_local_date: invalid date.", begin, note)

    def clock(self, text: str, begin: int) -> str:
        """A time, with three, six or nine digits of a second."""
        title = "toml::parse_local_time: invalid time."
        if int(text[:2]) > 23 or int(text[3:5]) > 59:
            raise self.error(title, begin, "hour must be 00-23, minute must be 00-59.")
        if int(text[6:8]) > 60:
            raise self.error(title, begin, "second must be 00-60.")
        fraction = text[9:18].ljust(9, "0")
        while fraction.endswith("000"):
            fraction = fraction[:-3]
        return text[:8] + "." + fraction if fraction else text[:8]

    def offset(self, text: str, begin: int) -> str:
        if text in ("Z", "z"):
            return "Z"
        if int(text[1:3]) > 24 or int(text[4:]) > 60:
            title = "toml::parse_offset_datetime: too large offset: |hour| <= 24, |minute| <= 60"
            raise self.document.error(title, Place(begin, self.at), "here")
        return "Z" if text[1:] == "00:00" else text
