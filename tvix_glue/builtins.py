"""The builtins that reach a store."""

from __future__ import annotations

from tvix_eval.builtins.records import SourceBuiltin
from tvix_eval.builtins.storeless import storeless_builtins
from tvix_eval.errors import EvalError, NixError
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.force import force_string_no_context
from tvix_eval.vm.strings import BUILT, DRV_DEEP, ContextBuilder, NixString, element, single
from tvix_eval.vm.values import Builtin, Primitive
from tvix_glue.derivation_strict import derivation_strict, placeholder_of
from tvix_glue.fetchers import fetch_git, fetch_mercurial, fetch_tarball, fetch_tree, fetch_url, get_flake
from tvix_glue.resources import source_text
from tvix_glue.sources import filter_source, path_builtin, store_path, to_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from tvix_eval.builtins.records import Record
    from tvix_glue.glue import Glue

DERIVATION_FILE: Final = "\xc2\xabnix-internal\xc2\xbb/derivation-internal.nix"


class Builtin1(Primitive):
    """A function of the glue and one argument."""

    def __init__(self, glue: Glue, function: Callable[[Glue, object], object]) -> None:
        self.glue: Final = glue
        self.function: Final = function

    def call1(self, a: object) -> object:
        return self.function(self.glue, a)


class Builtin2(Primitive):
    def __init__(self, glue: Glue, function: Callable[[Glue, object, object], object]) -> None:
        self.glue: Final = glue
        self.function: Final = function

    def call2(self, a: object, b: object) -> object:
        return self.function(self.glue, a, b)


def output_of(glue: Glue, reference: object, output: object) -> object:
    """``builtins.outputOf``: the path of an output of a derivation that may itself be built."""
    why = "while evaluating the first argument to builtins.outputOf"
    context = ContextBuilder()
    text = coerce_to_string(reference, context, 0, why)
    mentioned = context.context
    members = mentioned.elements if mentioned is not None else []
    if len(members) != 1:
        raise EvalError(
            f"string '{text}' has {len(members)} entries in its context. It should only have exactly one entry"
        ).with_frame(0, why)
    member = members[0]
    if member.kind == DRV_DEEP:
        raise EvalError(
            "string '"
            + text
            + "' has a context which refers to a complete source and binary closure. This is not supported at this time"
        ).with_frame(0, why)
    name = force_string_no_context(output, 0, "while evaluating the second argument to builtins.outputOf")
    expected = placeholder_of(glue, member).render() if member.kind == BUILT else member.path
    if member.kind == BUILT and not member.path.startswith("!"):
        known = glue.valid_derivation(member.path).outputs.get(member.output)
        expected = (
            known.path(glue.store.dir, glue.store.dir.derivation_name(member.path), member.output)
            if known
            else ""
        ) or expected
    if text != expected:
        raise mismatch(text, member.display(), expected, member.kind == BUILT).with_frame(0, why)
    made = element(BUILT, member.encoded if member.kind == BUILT else member.path, name)
    path = ""
    if member.kind != BUILT:
        drv = glue.valid_derivation(member.path)
        found = drv.outputs.get(name)
        if found is None:
            raise EvalError("derivation '" + member.path + "' does not have output '" + name + "'")
        path = found.path(glue.store.dir, drv.name, name)
    return NixString(path or placeholder_of(glue, made).render(), single(made))


def mismatch(text: str, shown: str, expected: str, built: bool) -> NixError:
    if built:
        return EvalError(
            "string '"
            + text
            + "' has context with the output '"
            + shown.replace("^", "' from derivation '")
            + "'"
        )
    return EvalError("path string '" + text + "' has context with the different path '" + expected + "'")


def store_builtins(glue: Glue, features: frozenset[str]) -> list[Record]:
    """All of them. Those for which there is no code here are errors when they are called."""
    made: list[Record] = [
        SourceBuiltin(
            "derivation",
            source_text("derivation.nix"),
            DERIVATION_FILE,
            "A derivation: what to build, with what, from what. The result has the paths of its outputs.",
        ),
        Builtin(
            "derivationStrict",
            ["attrs"],
            Builtin1(glue, derivation_strict),
            "What `derivation` stands on: the path of a derivation's file, and those of its outputs.",
        ),
        Builtin(
            "path",
            ["args"],
            Builtin1(glue, path_builtin),
            "A copy of `path` in the store, named `name`; with `filter`, of the files it keeps; "
            "with `recursive = false`, hashed as a plain file; `sha256` is the hash that is expected.",
        ),
        Builtin(
            "filterSource",
            ["predicate", "path"],
            Builtin2(glue, filter_source),
            "A copy in the store of those files in a directory for which `predicate path type` is true.",
        ),
        Builtin(
            "toFile",
            ["name", "contents"],
            Builtin2(glue, to_file),
            "The path of a file in the store with these contents, which may mention the store, but no builds.",
        ),
        Builtin(
            "storePath",
            ["path"],
            Builtin1(glue, store_path),
            "A path that is in the store already, as a string that depends on it.",
        ),
    ]
    made += fetcher_builtins(glue, features)
    if "dynamic-derivations" in features:
        made.append(
            Builtin(
                "outputOf",
                ["derivation-reference", "output-name"],
                Builtin2(glue, output_of),
                "The path of an output of a derivation, also of one that is itself built: then a placeholder.",
            )
        )
    names = {each.name for each in made}
    return made + [each for each in storeless_builtins(features) if each.name not in names]


def fetcher_builtins(glue: Glue, features: frozenset[str]) -> list[Record]:
    made: list[Record] = [
        Builtin(
            "fetchurl",
            ["arg"],
            Builtin1(glue, fetch_url),
            "The path of a file from a URL, which is the argument or its `url`; `sha256` is the hash expected.",
        ),
        Builtin(
            "fetchTarball",
            ["args"],
            Builtin1(glue, fetch_tarball),
            "The path of an unpacked archive from a URL; `sha256` is the hash of its contents.",
        ),
        Builtin(
            "fetchGit",
            ["args"],
            Builtin1(glue, fetch_git),
            "A tree of a Git repository, and what is known of its revision.",
        ),
        Builtin(
            "fetchMercurial",
            ["args"],
            Builtin1(glue, fetch_mercurial),
            "A tree of a Mercurial repository, and what is known of its revision.",
        ),
        Builtin("getFlake", ["args"], Builtin1(glue, get_flake), "A flake, and its outputs."),
    ]
    if "fetch-tree" in features or "flakes" in features:
        made.append(
            Builtin(
                "fetchTree",
                ["args"],
                Builtin1(glue, fetch_tree),
                "A tree from one of several kinds of sources, and what is known of it.",
            )
        )
    return made
