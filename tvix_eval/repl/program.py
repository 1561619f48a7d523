"""``tvix-eval repl``: where a session begins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tvix_eval.builtins.registry import NIX_VERSION
from tvix_eval.repl import plain
from tvix_eval.repl.repl import Repl

if TYPE_CHECKING:
    from tvix_eval.repl.host import Host


def run(host: Host) -> None:
    """Converse with whoever is at the other end: a person at a terminal, or a program.

    Raises NixError when the files of the command line can't be loaded, and nobody is there to mend them.
    """
    repl = Repl(host)
    repl.say(f"Tvix {host.version} (Nix {NIX_VERSION})\nType :? for help.\n")
    if os.isatty(0) and os.isatty(1) and repl.environment.get("TERM", "dumb") != "dumb":
        from tvix_eval.repl.terminal import start
    else:
        start = plain.start
    start(repl)
