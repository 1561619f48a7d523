"""The builtins of the language as lists of records, for hosts to choose from and add to."""

from __future__ import annotations

from tvix_eval.builtins.attrsets import attrset_builtins
from tvix_eval.builtins.closure import closure_builtins
from tvix_eval.builtins.context import context_builtins
from tvix_eval.builtins.control import control_builtins
from tvix_eval.builtins.conversion import conversion_builtins
from tvix_eval.builtins.files import Loader, file_builtins
from tvix_eval.builtins.flakes import flake_reference_builtins
from tvix_eval.builtins.hashes import hash_builtins
from tvix_eval.builtins.lists import list_builtins
from tvix_eval.builtins.numbers import number_builtins
from tvix_eval.builtins.records import Constant, SourceBuiltin
from tvix_eval.builtins.regex import regex_builtins
from tvix_eval.builtins.strings import string_builtins
from tvix_eval.builtins.versions import version_builtins
from tvix_eval.eval_io import EvalIO
from tvix_eval.search_path import Entry, SearchPath
from tvix_eval.vm.attrs import from_sorted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.builtins.records import Record

__all__ = [
    "Constant",
    "Loader",
    "SourceBuiltin",
    "global_name",
    "impure_constants",
    "io_builtins",
    "pure_builtins",
]

NIX_VERSION: Final = "2.34.8"  # the Nix whose behaviour this is
LANGUAGE_VERSION: Final = 6
STORE_DIR: Final = "/nix/store"

# Visible without `builtins.`, under the name as it is; all others as `__name`.
GLOBAL_NAMES: Final = frozenset(
    (
        "abort baseNameOf break builtins derivation derivationStrict dirOf false fetchGit fetchMercurial"
        " fetchTarball fetchTree fromTOML import isNull map null placeholder removeAttrs scopedImport throw"
        " toString true"
    ).split()
)


def global_name(name: str) -> str:
    """What the builtin `name` is called where it is a variable."""
    return name if name in GLOBAL_NAMES else "__" + name


def pure_builtins() -> list[Record]:
    """All that depends on nothing but its arguments."""
    records: list[Record] = [
        Constant("true", True, "The Boolean for what holds."),
        Constant("false", False, "The Boolean for what does not hold."),
        Constant("null", None, "The value that stands for none."),
        Constant("langVersion", LANGUAGE_VERSION, "The version of the language."),
        Constant("nixVersion", NIX_VERSION, "The version of Nix whose behaviour this is."),
        Constant("storeDir", STORE_DIR, "The directory of the store."),
    ]
    records.extend(number_builtins())
    records.extend(list_builtins())
    records.extend(attrset_builtins())
    records.extend(string_builtins())
    records.extend(regex_builtins())
    records.extend(version_builtins())
    records.extend(control_builtins())
    records.extend(closure_builtins())
    records.extend(conversion_builtins())
    records.extend(hash_builtins())
    records.extend(context_builtins())
    records.extend(flake_reference_builtins())
    return records


def io_builtins(
    io: EvalIO, loader: Loader, search_path: list[Entry], lookup: SearchPath | None = None
) -> list[Record]:
    """All that asks `io` for something. `search_path` is what ``<name>`` is looked up in.

    `lookup`: what looks it up, for a host that does so itself, too.
    """
    entries: list[object] = [
        from_sorted(["path", "prefix"], [entry.path, entry.prefix]) for entry in search_path
    ]
    records: list[Record] = [
        Constant("nixPath", entries, "Where `<name>` is looked up: a list of sets of `path` and `prefix`."),
    ]
    records.extend(file_builtins(io, loader, lookup if lookup is not None else SearchPath(io)))
    return records


def impure_constants(system: str, time: int) -> list[Record]:
    """What pure evaluation does not have: the platform, and the time in seconds since 1970."""
    return [
        Constant("currentSystem", system, "The platform of this machine, as in `x86_64-linux`."),
        Constant("currentTime", time, "When this evaluation began, in seconds since 1970."),
    ]
