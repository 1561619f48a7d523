"""The Nix language in Python. See `tvix_eval.api` for how to embed it.

The names below are loaded when they are first asked for, so that importing the package, as
the command line does, costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tvix_eval.api import Evaluation as Evaluation
    from tvix_eval.api import evaluate as evaluate
    from tvix_eval.api import explain as explain
    from tvix_eval.builtins.records import Constant as Constant
    from tvix_eval.builtins.records import SourceBuiltin as SourceBuiltin
    from tvix_eval.convert import NixAttrs as NixAttrs
    from tvix_eval.convert import NixFunction as NixFunction
    from tvix_eval.convert import NixList as NixList
    from tvix_eval.errors import Interrupted as Interrupted
    from tvix_eval.errors import LimitExceeded as LimitExceeded
    from tvix_eval.errors import NixError as NixError
    from tvix_eval.eval_io import EvalIO as EvalIO
    from tvix_eval.eval_io import NoIO as NoIO
    from tvix_eval.eval_io import StdIO as StdIO
    from tvix_eval.host_functions import Lazy as Lazy
    from tvix_eval.host_values import Delayed as Delayed
    from tvix_eval.host_values import builtin as builtin
    from tvix_eval.restricted import NoFollowIO as NoFollowIO
    from tvix_eval.restricted import RestrictedIO as RestrictedIO
    from tvix_eval.settings import Settings as Settings

HOMES = {
    "Constant": "builtins.records",
    "Delayed": "host_values",
    "EvalIO": "eval_io",
    "Evaluation": "api",
    "Interrupted": "errors",
    "Lazy": "host_functions",
    "LimitExceeded": "errors",
    "NixAttrs": "convert",
    "NixError": "errors",
    "NixFunction": "convert",
    "NixList": "convert",
    "NoFollowIO": "restricted",
    "NoIO": "eval_io",
    "RestrictedIO": "restricted",
    "Settings": "settings",
    "SourceBuiltin": "builtins.records",
    "StdIO": "eval_io",
    "builtin": "host_values",
    "evaluate": "api",
    "explain": "api",
}

__all__ = list(HOMES)


def __getattr__(name: str) -> object:
    home = HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'tvix_eval' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module("tvix_eval." + home), name)
    globals()[name] = value
    return value
