"""``exec`` and ``importNative``: what ``allow-unsafe-native-code-during-evaluation`` brings."""

from __future__ import annotations

import os

from tvix_eval.builtins.files import Loader
from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.errors import EvalError, NixError
from tvix_eval.eval_io import EvalIO
from tvix_eval.vm.coerce import coerce_to_path, coerce_to_string
from tvix_eval.vm.force import force, force_list, force_string_no_context
from tvix_eval.vm.show import MAGENTA, NORMAL, RED
from tvix_eval.vm.strings import ContextBuilder
from tvix_eval.vm.values import Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Native:
    """The functions behind the builtins."""

    def __init__(self, io: EvalIO, loader: Loader) -> None:
        self.io: Final = io
        self.loader: Final = loader

    def exec(self, value: object) -> object:
        items = force_list(value, 0, "while evaluating the first argument passed to builtins.exec")
        if not items:
            raise EvalError("at least one argument to 'exec' required")
        context = ContextBuilder()
        words: list[str] = []
        why = "while evaluating the first element of the argument passed to builtins.exec"
        for item in items:
            words.append(coerce_to_string(item, context, 0, why, False, False))
            why = "while evaluating an element of the argument passed to builtins.exec"
        program = words[0]
        mentioned = context.context
        if mentioned is not None:
            self.io.realise(program, mentioned)
        output = run_program(words)
        try:
            place = self.loader.delay(output)
        except NixError as error:
            error.add_frame(0, "while parsing the output from '" + program + "'")
            raise
        try:
            return force(place, 0)
        except NixError as error:
            error.add_frame(0, "while evaluating the output from '" + program + "'")
            raise

    def import_native(self, path: object, symbol: object) -> object:
        found = coerce_to_path(path, ContextBuilder(), 0, "while realising the context of a path")
        force_string_no_context(
            symbol, 0, "while evaluating the second argument passed to builtins.importNative"
        )
        raise EvalError("could not open '" + found + "': this evaluator loads no native plugins")


def run_program(words: list[str]) -> str:
    """What a program prints on standard output. Raises NixError when it fails."""
    import subprocess

    program = '"' + words[0] + '"'
    try:
        ended = subprocess.run([word.encode("latin-1") for word in words], stdout=subprocess.PIPE)
        status = ended.returncode
    except OSError as error:
        why = os.strerror(error.errno or 0)
        said = f"{RED}error:{NORMAL} executing {MAGENTA}{program}{NORMAL}: {MAGENTA}{why}{NORMAL}\n"
        os.write(2, said.encode("latin-1"))
        raise NixError("program " + program + " failed with exit code 1") from None
    if status > 0:
        raise NixError(f"program {program} failed with exit code {status}")
    if status < 0:
        import signal

        raise NixError(f"program {program} failed due to signal {-status} ({signal.strsignal(-status)})")
    return ended.stdout.decode("latin-1")


def native_builtins(io: EvalIO, loader: Loader) -> list[Builtin]:
    native = Native(io, loader)
    return [
        Builtin(
            "exec",
            ["args"],
            Function1(native.exec),
            "Run the program that the list `args` begins with, and evaluate what it prints.",
        ),
        Builtin(
            "importNative",
            ["path", "symbol"],
            Function2(native.import_native),
            "Load a value from a shared library: an error here, which loads none.",
        ),
    ]
