"""The builtins that fetch: what they are given is checked as C++ Nix does; what is at hand, they fetch.

At hand is what is in the store already, and files and Git repositories of this machine. Everything
else is an error that says so.
"""

from __future__ import annotations

from nix_compat import content_address, hashes
from nix_compat.content_address import ContentAddress
from nix_compat.errors import BadStorePathName, FormatError
from nix_compat.hashes import Hash
from nix_compat.store_path import check_name
from tvix_eval.builtins.features import require_feature
from tvix_eval.errors import EvalError, NixError, TypeError_
from tvix_eval.eval_io import base_name
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.force import force, force_string_no_context
from tvix_eval.vm.machine import session
from tvix_eval.vm.show import show_name, show_type
from tvix_eval.vm.strings import ContextBuilder, NixString
from tvix_eval.vm.values import Path
from tvix_glue.derivation_strict import nix_error, warn
from tvix_glue.sources import HASH_MISMATCH, mention
from tvix_glue.trees import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_glue.glue import Glue

FILE: Final = "file://"
NOTHING: Final[frozenset[str]] = frozenset()


def unreachable(url: str) -> NixError:
    return NixError("cannot fetch '" + url + "': this evaluation fetches nothing")


class Download:
    """What ``fetchurl`` and ``fetchTarball`` are given."""

    def __init__(self, who: str, name: str) -> None:
        self.who: Final = who
        self.name = name
        self.url = ""
        self.hash: Hash | None = None
        self.how_to_name = "Please pass an attribute set with 'url' and 'name' attributes to '" + who + "', "

    def read(self, argument: object) -> None:
        value = force(argument, 0)
        if isinstance(value, Attrs):
            self.read_attrs(value)
        else:
            self.url = force_string_no_context(value, 0, "while evaluating the url we should fetch")
        if not self.name:
            self.name = base_name(self.url.rstrip("/"))
        try:
            check_name(self.name)
        except BadStorePathName as wrong_name:
            raise EvalError(
                "invalid store path name when fetching URL '"
                + self.url
                + "': "
                + wrong_name.message
                + ". "
                + self.how_to_name
                + " so that it can create a valid store path."
            ) from None
        if session().pure and self.hash is None:
            raise EvalError("in pure evaluation mode, '" + self.who + "' requires a 'sha256' argument")

    def read_attrs(self, attrs: Attrs) -> None:
        found = False
        named = False
        names = attrs.names()
        places = attrs.places()
        for at in attrs.symbol_order(session().symbols):
            key, place = names[at], places[at]
            pos = attrs.position(key)
            if key == "url":
                found = True
                self.url = force_string_no_context(place, pos, "while evaluating the url we should fetch")
            elif key == "sha256":
                why = "while evaluating the sha256 of the content we should fetch"
                text = force_string_no_context(place, pos, why)
                try:
                    self.hash = hashes.parse_or_empty(text, hashes.SHA256, warn)
                except FormatError as malformed:
                    raise nix_error(malformed) from None
            elif key == "name":
                named = True
                why = "while evaluating the name of the content we should fetch"
                self.name = force_string_no_context(place, pos, why)
            else:
                raise EvalError("unsupported argument '" + key + "' to '" + self.who + "'")
        if not found:
            raise EvalError("'url' argument required")
        self.how_to_name = (
            "Please change the value for the 'name' attribute passed to '" + self.who + "',"
            if named
            else "Please add a valid 'name' attribute to the argument for '" + self.who + "',"
        )


def fetch(glue: Glue, who: str, name: str, method: str, argument: object) -> object:
    wanted = Download(who, name)
    wanted.read(argument)
    if wanted.hash is not None:
        address = ContentAddress(method, wanted.hash)
        path = glue.store.dir.content_addressed_path(wanted.name, address, NOTHING)
        if glue.store.path_info(path) is not None:
            return mention(path)
    if method == content_address.FLAT and wanted.url.startswith(FILE + "/"):
        return fetch_file(glue, wanted)
    raise unreachable(wanted.url)


def fetch_file(glue: Glue, wanted: Download) -> object:
    """A file of this machine."""
    glue.io.check_uri(wanted.url)
    source = glue.io.resolve_symlinks(wanted.url[len(FILE) :])
    tree = Tree(glue.io, source)
    found, got = glue.sources.put(wanted.name, tree, NOTHING, content_address.FLAT, fetched=True)
    if wanted.hash is not None:
        address = ContentAddress(content_address.FLAT, wanted.hash)
        if found != glue.store.dir.content_addressed_path(wanted.name, address, NOTHING):
            error = EvalError(
                "hash mismatch in file downloaded from '"
                + wanted.url
                + "':\n  specified: "
                + wanted.hash.render(hashes.NIX32, True)
                + "\n  got:       "
                + got.render(hashes.NIX32, True)
            )
            error.exit_status = HASH_MISMATCH
            raise error
    return mention(found)


def fetch_url(glue: Glue, argument: object) -> object:
    return fetch(glue, "fetchurl", "", content_address.FLAT, argument)


def fetch_tarball(glue: Glue, argument: object) -> object:
    return fetch(glue, "fetchTarball", "source", content_address.NAR, argument)


def fetch_tree(glue: Glue, argument: object) -> object:
    """``builtins.fetchTree``: its arguments are checked; no tree is at hand."""
    value = force(argument, 0)
    if isinstance(value, Attrs):
        inputs = tree_arguments(value, "fetchTree", "")
        if "name" in inputs:
            raise EvalError("argument 'name' isn\xe2\x80\x99t supported in call to 'fetchTree'")
        raise unreachable(str(inputs.get("url", inputs["type"])))
    why = "while evaluating the first argument passed to 'fetchTree'"
    url = coerce_to_string(value, ContextBuilder(), 0, why, False, False)
    if "flakes" not in session().experimental:
        raise EvalError("passing a string argument to 'fetchTree' requires the 'flakes' experimental feature")
    scheme, _, rest = url.partition(":")
    if scheme == "file" and not rest.startswith("/"):
        error = NixError(
            "tarball '" + url + "' must use an absolute path. "
            "The 'file' scheme does not support relative paths."
        )
        raise error.with_frame(0, "while fetching the input '" + url + "'")
    raise unreachable(url)


def fetch_git(glue: Glue, argument: object) -> object:
    """``builtins.fetchGit``, of repositories of this machine."""
    from tvix_glue.git.fetching import fetch as fetch_tree_of_git

    value = force(argument, 0)
    if isinstance(value, Attrs):
        inputs = tree_arguments(value, "fetchGit", "git")
    else:
        why = "while evaluating the first argument passed to 'fetchGit'"
        url = coerce_to_string(value, ContextBuilder(), 0, why, False, False)
        inputs = {"type": "git", "url": url}
    if "exportIgnore" not in inputs and inputs.get("submodules") is not True:
        inputs["exportIgnore"] = True
    return fetch_tree_of_git(glue, inputs)


def fetch_mercurial(glue: Glue, argument: object) -> object:
    value = force(argument, 0)
    if not isinstance(value, Attrs):
        raise unreachable(coerce_to_string(value, ContextBuilder(), 0, "", False, False))
    url = ""
    for name in value.names():
        if name not in ("url", "rev", "name"):
            raise EvalError("unsupported argument '" + name + "' to 'fetchMercurial'")
        if name == "url":
            why = "while evaluating the `url` attribute passed to builtins.fetchMercurial"
            url = coerce_to_string(value.place(name), ContextBuilder(), 0, why, False, False)
    if not url:
        raise EvalError("'url' argument required")
    raise unreachable(url)


def get_flake(glue: Glue, argument: object) -> object:
    require_feature("flakes")
    why = "while evaluating the argument passed to builtins.getFlake"
    raise unreachable(force_string_no_context(argument, 0, why))


def tree_arguments(attrs: Attrs, who: str, kind: str) -> dict[str, object]:
    """The attributes of a reference to a tree. `kind`: its type, where that is not to be given."""
    place = attrs.get("type", attrs.position("type")) if attrs.has("type") else None
    if place is not None:
        if kind:
            raise EvalError("unexpected argument 'type'")
        why = "while evaluating the `type` argument passed to '" + who + "'"
        kind = force_string_no_context(place, attrs.position("type"), why)
    elif not kind:
        raise EvalError("argument 'type' is missing in call to '" + who + "'")
    found: dict[str, object] = {"type": kind}
    names = attrs.names()
    for at in attrs.symbol_order(session().symbols):
        name = names[at]
        if name == "type":
            continue
        pos = attrs.position(name)
        value = attrs.get(name, pos)
        if isinstance(value, str) or isinstance(value, NixString) or isinstance(value, Path):
            found[name] = coerce_to_string(value, ContextBuilder(), pos, "", False, False)
        elif value is True or value is False:
            found[name] = value
        elif isinstance(value, int):
            if value < 0:
                raise EvalError(f"negative value given for '{who}' argument '{show_name(name)}': {value}")
            found[name] = value
        elif name == "publicKeys":
            require_feature("verified-fetches")
        else:
            raise TypeError_(
                "argument '"
                + show_name(name)
                + "' to '"
                + who
                + "' is "
                + show_type(value)
                + " while a string, Boolean or integer is expected"
            )
    return found
