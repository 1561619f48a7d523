"""The registers of the machine, and what belongs to one evaluation.

There is one set of registers, as there is one interpreter lock: the hot code reads them
through a constant. An evaluation loads its own when it starts to run on a thread and saves
them when it stops, or while it waits for its host (`evaluation`).
"""

from __future__ import annotations

from tvix_eval.errors import NO_POSITION, NixError, Sources, StackOverflowError
from tvix_eval.hints import i64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

DEFAULT_MAX_CALL_DEPTH: Final = 10_000
POLL_INTERVAL: Final = 20_000  # calls between two looks at signals, other threads and limits


class SymbolOrder:
    """Every name the evaluation has met, numbered in order of first appearance.

    Nix walks attribute sets in this order where the order is not shown: when forcing
    deeply and when comparing. It decides which error is seen first.
    """

    def __init__(self) -> None:
        self.numbers: Final[dict[str, int]] = {}

    def number(self, name: str) -> int:
        numbers = self.numbers
        found = numbers.get(name)
        if found is None:
            found = len(numbers)
            numbers[name] = found
        return found

    def add_all(self, names: list[str]) -> None:
        numbers = self.numbers
        for name in names:
            if name not in numbers:
                numbers[name] = len(numbers)


class Interceptor:
    """Makes the calls of functions that are observed (see `observed_calls`)."""

    def call(self, function: object, args: list[object], pos: i64) -> object:
        raise NotImplementedError


class Session:
    """What one evaluation owns and all of its code can reach. Cold: read when needed.

    `emit(kind, text)` takes what the program says while it runs: kind is "trace" or
    "warning", text is byte text. `copy_path(path)` puts a file into the store for a string
    that mentions it and returns its store path. `poll()` is called now and then; it may
    raise `Interrupted`.
    """

    def __init__(
        self,
        emit: Callable[[str, str], None],
        copy_path: Callable[[str], str],
        poll: Callable[[], None],
    ) -> None:
        self.emit: Final = emit
        self.copy_path: Final = copy_path
        self.poll: Final = poll
        self.sources: Final = Sources()
        self.symbols: Final = SymbolOrder()
        self.experimental: Final[set[str]] = set()
        self.abort_on_warn = False
        self.trace_verbose = False
        self.pure = False
        self.colours = False  # values in messages are shown in colours
        self.owner: object = None  # the evaluation
        self.interceptor: Interceptor | None = None


class Registers:
    """Counters that bound how deep evaluation nests, and the running session.

    `calls`: Nix calls under way, against `max_calls` (``max-call-depth``, or less where the
    thread's stack holds less). `depth`: other nested activations, forced thunks mostly,
    against `max_depth`. The stack has room for both. An error leaves both where it was
    raised: whoever catches it and goes on (``tryEval``, the top) puts back what it saved.
    """

    def __init__(self) -> None:
        self.calls: i64 = 0
        self.depth: i64 = 0
        self.max_calls: i64 = DEFAULT_MAX_CALL_DEPTH
        self.calls_bounded_by_stack = False
        self.max_depth: i64 = 3_000
        self.ticks: i64 = POLL_INTERVAL
        self.show_trace = False
        self.session: Session | None = None


REGISTERS: Final = Registers()


def session() -> Session:
    """The running session; every value operation happens in one."""
    current = REGISTERS.session
    assert current is not None, "no evaluation is running"
    return current


def poll() -> None:
    """Every `POLL_INTERVAL` calls: let the host stop us."""
    REGISTERS.ticks = POLL_INTERVAL
    current = REGISTERS.session
    if current is not None:
        current.poll()


CALL: Final = 64  # bytes: this much work is one call


def charge(size: i64) -> None:
    """Count work on so many bytes as calls: limits hold, too, where few calls do much."""
    registers = REGISTERS
    registers.ticks -= size // CALL
    if registers.ticks <= 0:
        poll()


def call_depth_error(pos: i64) -> NixError:
    if REGISTERS.calls_bounded_by_stack:
        return native_depth_error()
    return StackOverflowError("stack overflow; max-call-depth exceeded", pos)


def native_depth_error() -> NixError:
    return StackOverflowError("stack overflow (possible infinite recursion)", NO_POSITION)


def enter(pos: i64) -> None:
    """Begin a nested step of a recursion that Nix counts as a call (equality, printing, …).

    Raises StackOverflowError. `leave` ends it; after an error nobody need to.
    """
    registers = REGISTERS
    calls = registers.calls
    if calls > registers.max_calls:
        raise call_depth_error(pos)
    depth = registers.depth + 1
    if depth > registers.max_depth:
        raise native_depth_error()
    registers.calls = calls + 1
    registers.depth = depth


def leave() -> None:
    registers = REGISTERS
    registers.calls -= 1
    registers.depth -= 1


class Mark:
    """The nesting at a point that catches errors, to go back to."""

    def __init__(self) -> None:
        registers = REGISTERS
        self.calls: Final[i64] = registers.calls
        self.depth: Final[i64] = registers.depth

    def restore(self) -> None:
        registers = REGISTERS
        registers.calls = self.calls
        registers.depth = self.depth
