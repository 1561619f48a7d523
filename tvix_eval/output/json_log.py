"""Messages for programs that read them: ``--log-format internal-json``."""

from __future__ import annotations

from tvix_eval.errors import CLOSE, OPEN, NixError
from tvix_eval.output.emphasis import emphasised_message
from tvix_eval.output.json import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

NOWHERE: Final = OPEN + "none" + CLOSE + ":0"


def log_line(level: int, text: str) -> str:
    """A message. `text` is byte text as it would be shown in colours."""
    return '@nix {"action":"msg","level":' + str(level) + ',"msg":' + quote(text) + "}\n"


def log_error(level: int, error: NixError, text: str) -> str:
    """An error or a warning with its position. `text`: all of it, as it would be shown in colours."""
    position = None if error.sources is None else error.sources.find(error.pos)
    column, file, line = "null", "null", "null"
    if position is not None:
        column = str(position.column)
        line = str(position.line)
        file = quote(f"{position.source.name}:{position.line}:{position.column}")
    return located(level, text, emphasised_message(error), column, file, line)


def log_program_warning(text: str, message: str) -> str:
    """A warning that a program gives (``builtins.warn``)."""
    return located(1, text, message, "0", quote(NOWHERE), "0")


def located(level: int, text: str, message: str, column: str, file: str, line: str) -> str:
    return (
        '@nix {"action":"msg","column":'
        + column
        + ',"file":'
        + file
        + f',"level":{level},"line":'
        + line
        + ',"msg":'
        + quote(text)
        + ',"raw_msg":'
        + quote(message)
        + "}\n"
    )
