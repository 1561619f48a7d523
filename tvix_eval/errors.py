"""Errors, the frames around them, and positions in sources: what both wings raise and show.

Texts are *byte text*: a `str` with one latin-1 character for each byte, as Nix strings are
held, so that a message can quote any value. They are encoded with latin-1 when written.
A message that needs a character outside ASCII spells its UTF-8 bytes (see `GUILLEMETS`).

A position is an `i64`: the number of its `Source` in `Sources` in the upper half, the byte
offset plus one in the lower; 0 is no position. Line and column are computed when shown.
"""

from __future__ import annotations

from tvix_eval.hints import i64, mypyc_attr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

NO_POSITION: Final = 0
OPEN: Final = "\xc2\xab"  # « in UTF-8
CLOSE: Final = "\xc2\xbb"  # »


class Source:
    """A text that was parsed. `name` is how positions call it: a path, ``«string»``, …

    `is_file`: positions in it can be told to Nix code (``__curPos`` is null otherwise).
    A subclass may leave `text` empty and fill it in `read`, which is called before the text
    is needed: a file whose compiled code came from the cache is read only for an excerpt.
    """

    def __init__(self, name: str, text: str, is_file: bool) -> None:
        self.name: Final = name
        self.text = text
        self.is_file: Final = is_file
        self.line_starts: list[int] = []

    def read(self) -> None:
        """See to it that `text` is there."""

    def line_and_column(self, offset: i64) -> tuple[int, int]:
        """1-based line, and column in bytes. Lines end at LF, CR LF or CR, as Nix counts."""
        starts = self.starts()
        low = 0
        high = len(starts)
        target = int(offset)
        while high - low > 1:
            middle = (low + high) // 2
            if starts[middle] <= target:
                low = middle
            else:
                high = middle
        return low + 1, target - starts[low] + 1

    def line(self, number: int) -> str | None:
        """The text of a line without its end, or None when there is no such line."""
        starts = self.starts()
        if number < 1 or number > len(starts) or not self.text:
            return None
        begin = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[begin:end].rstrip("\r\n")

    def starts(self) -> list[int]:
        starts = self.line_starts
        if not starts:
            self.read()
            starts = [0]
            if not self.is_file:
                self.text = self.text.split("\0", 1)[0]  # where Nix's copy ends, for excerpts
            text = self.text
            at = 0
            size = len(text)
            while at < size:
                newline = text.find("\n", at)
                if newline < 0:
                    newline = size
                carriage = text.find("\r", at, newline)
                if carriage >= 0:
                    at = carriage + (2 if text[carriage + 1 : carriage + 2] == "\n" else 1)
                elif newline < size:
                    at = newline + 1
                else:
                    break
                starts.append(at)
            self.line_starts = starts
        return starts


class Position:
    """A position made readable."""

    def __init__(self, source: Source, line: int, column: int) -> None:
        self.source: Final = source
        self.line: Final = line
        self.column: Final = column


class Sources:
    """All sources of an evaluation; what gives positions their meaning."""

    def __init__(self) -> None:
        self.all: list[Source] = []

    def add(self, source: Source) -> i64:
        """Number a source. The position of its byte `n` is the result plus ``n + 1``."""
        self.all.append(source)
        return (len(self.all) - 1) << 32

    def source(self, pos: i64) -> Source:
        """The source that a position (not 0) lies in."""
        return self.all[pos >> 32]

    def find(self, pos: i64) -> Position | None:
        if pos == NO_POSITION:
            return None
        source = self.source(pos)
        line, column = source.line_and_column((pos & 0xFFFFFFFF) - 1)
        return Position(source, line, column)

    def describe(self, pos: i64) -> str:
        """``name:line:column``, as messages quote a position."""
        found = self.find(pos)
        if found is None:
            return OPEN + "none" + CLOSE
        return found.source.name + ":" + str(found.line) + ":" + str(found.column)


class Frame:
    """What was being done when an error passed: a line of the trace.

    `always`: shown even where the trace is cut short (``addErrorContext``).
    """

    def __init__(self, pos: i64, text: str, always: bool) -> None:
        self.pos: Final[i64] = pos
        self.text: Final = text
        self.always: Final = always


class TvixError(Exception):
    """The base of what this package raises on purpose."""


@mypyc_attr(native_class=True)
class NixError(TvixError):
    """An error of the Nix program or its input, with Nix's text.

    `frames` has the innermost first. `wanted_name` and `known_names`: a name that was not
    found, and where; whoever shows the error looks for what may have been meant.
    `sources` is set when the error leaves its evaluation, so that it can be shown.
    """

    def __init__(self, message: str, pos: i64 = NO_POSITION) -> None:
        super().__init__(message)
        self.message = message
        self.pos: i64 = pos
        self.frames: list[Frame] = []
        self.wanted_name = ""
        self.known_names: list[str] = []
        self.sources: Sources | None = None
        self.unsettled = False
        self.exit_status = 1

    def __str__(self) -> str:
        return self.message.encode("latin-1", "replace").decode("utf-8", "replace")

    def kind(self) -> str:
        """The name of the class in C++ Nix."""
        return type(self).__name__

    def ends_verbatim(self) -> bool:
        """Whether a line end at the end of the message is shown, too."""
        return False

    def copy(self) -> NixError:
        """The same error, to be raised and given frames a second time."""
        other = type(self)(self.message, self.pos)
        other.frames = self.frames.copy()
        other.wanted_name = self.wanted_name
        other.known_names = self.known_names
        other.exit_status = self.exit_status
        return other

    def add_frame(self, pos: i64, text: str) -> None:
        self.frames.append(Frame(pos, text, False))

    def with_frame(self, pos: i64, text: str) -> NixError:
        self.frames.append(Frame(pos, text, False))
        return self


class ParseError(NixError):
    """The source is not an expression."""


class EvalError(NixError):
    """Evaluation failed; the base of the classes below but `StackOverflowError`."""


class TypeError_(EvalError):
    """A value of the wrong type. (Nix: TypeError.)"""

    def kind(self) -> str:
        return "TypeError"


class UndefinedVarError(EvalError):
    pass


class MissingArgumentError(EvalError):
    """A function could not be called for the command line: an argument has no value."""


class InfiniteRecursionError(EvalError):
    """A value needs itself. `unsettled` until an activation has been left on its account:
    so long, whoever asked for the value may give a better position.

    `askers`: who asked for each value of the circle, the innermost first; all of the circle once
    `culprit`, the value that needs itself, is None again.
    """

    def __init__(self, message: str, pos: i64 = NO_POSITION) -> None:
        super().__init__(message, pos)
        self.culprit: object = None
        self.askers: list[int] = []

    def add_asker(self, pos: i64, last: bool) -> None:
        self.askers.append(int(pos))
        if last:
            self.culprit = None


class Abort(EvalError):
    """``builtins.abort``."""


class AssertionError_(EvalError):
    """What ``tryEval`` catches: a failed ``assert``, and `ThrownError`. (Nix: AssertionError.)"""

    def kind(self) -> str:
        return "AssertionError"


class ThrownError(AssertionError_):
    """``builtins.throw``, and a search path lookup that found nothing."""

    def kind(self) -> str:
        return "ThrownError"


class RestrictedPathError(NixError):
    """A path or URI that pure or restricted evaluation forbids."""


class StackOverflowError(EvalError):
    """Nested too deep: ``max-call-depth``, or the native stack."""


class UsageError(NixError):
    """The command line, or a builtin's argument that Nix treats alike."""


class Interrupted(TvixError):
    """The evaluation was told to stop. Nothing is remembered of what it was doing."""


class LimitExceeded(Interrupted):
    """A limit that the host has set, on time or memory, was reached."""


class InternalError(TvixError):
    """A defect of this program."""
