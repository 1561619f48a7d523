"""Commands that want a derivation built, or a program of Nix run: ``:b``, ``:bl``, ``:i``, ``:sh``, ``:u``, ``:log``."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tvix_eval.errors import NixError
from tvix_eval.eval_io import join
from tvix_eval.packages import Packages, derivation_path
from tvix_eval.vm.calls import call1
from tvix_eval.vm.values import MISSING

if TYPE_CHECKING:
    from tvix_eval.repl.repl import Repl


def derivation_of(repl: Repl, value: object) -> str:
    """The path of the derivation that a value is."""
    packages = Packages({})
    if not packages.take(value):
        raise NixError("expression does not evaluate to a derivation, so I can't build it")
    derivation = packages.found[0]
    if derivation.place("drvPath") is MISSING:
        raise NixError("expression did not evaluate to a valid derivation (no 'drvPath' attribute)")
    path = derivation_path(derivation)
    if not repl.store.is_valid(path):
        raise NixError("expression evaluated to invalid derivation '" + path + "'")
    return path


def build(repl: Repl, argument: str) -> None:
    show_outputs(repl, argument, False)


def build_linked(repl: Repl, argument: str) -> None:
    show_outputs(repl, argument, True)


def show_outputs(repl: Repl, argument: str, linked: bool) -> None:
    outputs = repl.store.build(derivation_of(repl, repl.scope.evaluate(argument)))
    lines = ["", "This derivation produced the following outputs:"]
    for name in sorted(outputs):
        path = outputs[name]
        link = "repl-result-" + name
        if linked and repl.store.add_root(path, join(repl.scope.folder, link)) != path:
            lines.append("  ./" + link + " -> " + path)
        else:
            lines.append("  " + name + " -> " + path)
    repl.write("\n".join(lines) + "\n")


def install(repl: Repl, argument: str) -> None:
    run_nix(["nix-env", "-i", derivation_of(repl, repl.scope.evaluate(argument))])


def shell(repl: Repl, argument: str) -> None:
    run_nix(["nix-shell", derivation_of(repl, repl.scope.evaluate(argument))])


def shell_with(repl: Repl, argument: str) -> None:
    package = repl.scope.evaluate(argument)
    wrap = repl.scope.evaluate('drv: (import <nixpkgs> {}).runCommand "shell" { buildInputs = [ drv ]; } ""')
    run_nix(["nix-shell", derivation_of(repl, call1(wrap, package, 0))])


def run_nix(command: list[str]) -> None:
    """Run a program of Nix, which has stores, builders and profiles."""
    try:
        subprocess.run([os.fsdecode(word.encode("latin-1")) for word in command])
    except OSError as error:
        raise NixError(
            "cannot run '" + command[0] + "', which this command needs: " + os.strerror(error.errno or 0)
        ) from None


def log(repl: Repl, argument: str) -> None:
    repl.page(repl.store.build_log(derivation_of(repl, repl.scope.evaluate(argument))))
