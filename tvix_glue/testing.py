"""For tests: ``tvix-instantiate`` in this process, with a store that only computes."""

from __future__ import annotations

import os

from tvix_eval.instantiate import Instantiate
from tvix_glue.programs import ProgramStore


def instantiate_program(words: list[str], environment: dict[str, str]) -> int:
    """The program as it is on a machine without configuration, and with none of its code cached."""
    bare = {
        "HOME": "/home/user",
        **environment,
        "NIX_CONF_DIR": os.devnull,
        "XDG_CONFIG_DIRS": "",
        "TVIX_CODE_CACHE": "",
    }
    arguments = [os.fsencode(word).decode("latin-1") for word in words]
    return Instantiate("nix-instantiate", arguments, bare, ProgramStore("dummy://", os.devnull)).run()
