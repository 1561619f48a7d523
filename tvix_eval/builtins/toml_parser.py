"""TOML to values, by the parser of the standard library."""

from __future__ import annotations

import datetime

from tvix_eval.builtins.json_parser import null_bytes
from tvix_eval.errors import EvalError, NixError
from tvix_eval.vm.attrs import from_sorted, from_table
from tvix_eval.vm.machine import session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DEEPEST: Final = 150  # tables and arrays in each other


def failure(why: str) -> NixError:
    return EvalError("while parsing TOML: " + why)


def parse_toml(text: str, with_times: bool) -> object:
    """The value of a TOML 1.0 document. Raises EvalError.

    `with_times`: a date or time becomes the set ``{ _type = "timestamp"; value = "…"; }``;
    otherwise it is an error.
    """
    import tomllib

    try:
        document = tomllib.loads(text.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError as error:
        raise failure("invalid UTF-8 at byte " + str(error.start)) from None
    except tomllib.TOMLDecodeError as error:
        raise failure(str(error).encode("utf-8", "replace").decode("latin-1")) from None
    except RecursionError:
        raise failure("nested too deep") from None
    return TomlConverter(with_times).convert(document, 0)


class TomlConverter:
    def __init__(self, with_times: bool) -> None:
        self.with_times: Final = with_times

    def convert(self, value: object, depth: int) -> object:
        if depth > DEEPEST:
            raise failure("nested too deep")
        if isinstance(value, dict):
            symbols = session().symbols
            table: dict[str, object] = {}
            for key, item in value.items():
                name = byte_text(key)
                symbols.number(name)
                table[name] = self.convert(item, depth + 1)
            return from_table(table)
        if isinstance(value, list):
            return [self.convert(item, depth + 1) for item in value]
        if isinstance(value, str):
            return byte_text(value)
        if isinstance(value, bool) or isinstance(value, float):
            return value
        if isinstance(value, int):
            if not -(1 << 63) <= value < 1 << 63:
                raise failure(f"the integer {value} does not fit into 64 bits")
            return value
        if not self.with_times:
            raise failure("Dates and times are not supported")
        return from_sorted(["_type", "value"], ["timestamp", show_time(value)])


def byte_text(text: str) -> str:
    if "\0" in text:
        raise null_bytes(text.encode("utf-8").decode("latin-1"))
    return text if text.isascii() else text.encode("utf-8").decode("latin-1")


def show_time(value: object) -> str:
    """A date or time in the form of RFC 3339, with as many digits of a second as mean something."""
    if isinstance(value, datetime.datetime):
        text = value.date().isoformat() + "T" + show_clock(value.time())
        offset = value.utcoffset()
        if offset is None:
            return text
        minutes = int(offset.total_seconds()) // 60
        if minutes == 0:
            return text + "Z"
        sign = "-" if minutes < 0 else "+"
        return f"{text}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    if isinstance(value, datetime.time):
        return show_clock(value)
    assert isinstance(value, datetime.date)
    return value.isoformat()


def show_clock(time: datetime.time) -> str:
    text = time.strftime("%H:%M:%S")
    if time.microsecond == 0:
        return text
    if time.microsecond % 1000 == 0:
        return f"{text}.{time.microsecond // 1000:03d}"
    return f"{text}.{time.microsecond:06d}"
