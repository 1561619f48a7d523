"""Running with a stack that deep programs can use.

Evaluation nests natively. It runs on a thread with a big stack, which costs address space
but no memory until it is used, and counts its activations against what the stack holds.
"""

from __future__ import annotations

import _thread
import sys

from tvix_eval.errors import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

FOREVER: Final = -1.0
MIB: Final = 1 << 20
STACK_SIZES: Final = (8192, 4096, 2048, 1024, 512, 256, 64)  # MiB, the first that can be had
BYTES_PER_ACTIVATION: Final = 2560  # of native stack at most (docs/performance.md)
PURE_ACTIVATIONS: Final = 1_600_000  # uncompiled: frames live on the heap
COMPILED: Final = not __file__.endswith(".py")


class Call:
    """A function to run on another thread, and what came of it."""

    def __init__(self, function: Callable[[int], object]) -> None:
        self.function: Final = function
        self.result: object = None
        self.error: BaseException | None = None
        self.done: Final = _thread.allocate_lock()
        self.activations = 0
        self.done.acquire()

    def run(self) -> None:
        RECURSION.allow()
        try:
            self.result = self.function(self.activations)
        except BaseException as error:
            self.error = error
        finally:
            RECURSION.restore()
            self.done.release()


class Recursion:
    """Python's own limit, which holds for all threads: high only while something runs deep.

    Compiled code counts against it, too, where it calls what it only knows as a Python object. Other
    threads have stacks of the usual size, and overflow them where nothing stops them before.
    """

    def __init__(self) -> None:
        self.lock: Final = _thread.allocate_lock()
        self.users = 0
        self.usual = 0

    def allow(self) -> None:
        with self.lock:
            if self.users == 0:
                self.usual = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self.usual, PURE_ACTIVATIONS * 8))
            self.users += 1

    def restore(self) -> None:
        with self.lock:
            self.users -= 1
            if self.users == 0:
                sys.setrecursionlimit(self.usual)


RECURSION: Final = Recursion()


def run_deep(
    function: Callable[[int], object], interrupt: Callable[[], None], patience: float = FOREVER
) -> object:
    """Call `function` on a deep stack and return its result or raise its error.

    It is given the number of nested activations it may use. When the waiting thread is
    interrupted (Ctrl-C), `interrupt` is called, once for each time, and `function` is
    expected to notice; after `patience` seconds it is left to itself and `Interrupted`
    raised.
    """
    call = Call(function)
    start(call)
    wait = FOREVER
    while True:
        try:
            if call.done.acquire(timeout=wait):
                break
            raise Interrupted("interrupted by the user")
        except KeyboardInterrupt:
            interrupt()
            wait = patience
    error = call.error
    if error is not None:
        call.error = None
        raise error
    return call.result


def start(call: Call) -> None:
    earlier = _thread.stack_size()
    try:
        for size in STACK_SIZES:
            call.activations = size * MIB // BYTES_PER_ACTIVATION if COMPILED else PURE_ACTIVATIONS
            try:
                _thread.stack_size(size * MIB)
                _thread.start_new_thread(call.run, ())
                return
            except (RuntimeError, ValueError):
                continue
        raise MemoryError("no thread could be started")
    finally:
        _thread.stack_size(earlier)
