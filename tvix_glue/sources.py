"""Files and texts that programs put into the store."""

from __future__ import annotations

from nix_compat import content_address, hashes
from nix_compat.content_address import ContentAddress
from nix_compat.errors import FormatError
from nix_compat.hashes import Hash
from tvix_eval.errors import EvalError, NixError
from tvix_eval.eval_io import EvalIO, base_name
from tvix_eval.vm.calls import call
from tvix_eval.vm.coerce import coerce_to_path
from tvix_eval.vm.force import (
    force_attrs,
    force_bool,
    force_function,
    force_string_no_context,
    force_string_value,
)
from tvix_eval.vm.machine import session
from tvix_eval.vm.show import show_name
from tvix_eval.vm.strings import OPAQUE, Context, ContextBuilder, NixString, element, single
from tvix_glue.derivation_strict import nix_error, warn
from tvix_glue.store import StoreError
from tvix_glue.trees import Tree, flat_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from tvix_glue.glue import Glue
    from tvix_glue.nar_hashes import NarHashes
    from tvix_glue.store import Store

ROOT_NAME: Final = "source"  # of what has no name of its own
NOTHING: Final[frozenset[str]] = frozenset()
HASH_MISMATCH: Final = 102  # Nix's exit status for what is not what its hash says


def mention(path: str) -> object:
    """The string of a store path."""
    return NixString(path, single(element(OPAQUE, path)))


def name_of(path: str) -> str:
    return base_name(path) or ROOT_NAME


class Sources:
    """Puts files of `io` into `store`. Within an evaluation a file is read once."""

    def __init__(self, store: Store, io: EvalIO, nar_hashes: NarHashes | None) -> None:
        self.store: Final = store
        self.io: Final = io
        self.nar_hashes: Final = nar_hashes
        self.copied: Final[dict[str, str]] = {}

    def copy(self, path: str) -> str:
        """Put a file, link or tree into the store as it is; its path there. Raises NixError."""
        found = self.copied.get(path)
        if found is None:
            found = self.add(name_of(path), path, content_address.NAR, NOTHING, None, None)
            self.copied[path] = found
        return found

    def add(
        self,
        name: str,
        path: str,
        method: str,
        references: frozenset[str],
        keep: Callable[[str, str], bool] | None,
        expected: Hash | None,
    ) -> str:
        """Put what is at `path` into the store under `name`. Raises NixError."""
        try:
            wanted = None
            if expected is not None:
                address = ContentAddress(method, expected)
                wanted = self.store.dir.content_addressed_path(name, address, references)
                if self.store.path_info(wanted) is not None:
                    return wanted
        except FormatError as malformed:
            raise nix_error(malformed) from None
        tree = Tree(self.io, path, keep)
        return self.put(name, tree, references, method, wanted)[0]

    def put(
        self,
        name: str,
        tree: Tree,
        references: frozenset[str],
        method: str = content_address.NAR,
        wanted: str | None = None,
        fetched: bool = False,
    ) -> tuple[str, Hash]:
        """Put a tree into the store; its path there, which must be `wanted`, and its hash. Raises NixError."""
        try:
            flat = method == content_address.FLAT
            hash = flat_hash(tree.io, tree.path) if flat else self.nar_hash(tree)
            address = ContentAddress(method, hash)
            made = self.store.dir.content_addressed_path(name, address, references)
            if wanted is not None and wanted != made:
                raise EvalError(
                    "store path mismatch in (possibly filtered) path added from '" + tree.path + "'"
                )
            if fetched:
                self.store.put_fetched(made, address, tree.dump)
            else:
                self.store.put_tree(made, address, references, tree.dump)
            return made, hash
        except FormatError as malformed:
            raise nix_error(malformed) from None
        except StoreError as error:
            raise NixError(error.message) from None

    def nar_hash(self, tree: Tree) -> Hash:
        if self.nar_hashes is None:
            return tree.hash()
        return self.nar_hashes.of(tree)


# The builtins.


def add_path(
    glue: Glue,
    name: str,
    path: str,
    keep: object,
    method: str,
    expected: Hash | None,
    context: Context | None,
) -> object:
    try:
        references = NOTHING
        store = glue.store
        if context is not None and path.startswith(store.dir.prefix):
            path = glue.io.realise(path, context)
            info = store.path_info("/".join(path.split("/")[: store.dir.path.count("/") + 2]))
            if info is not None:
                references = info.references
        path = glue.io.resolve_symlinks(path)
        if glue.io.file_type(path) is None:
            raise glue.io.absent(path)
        filter = None if keep is None else PathFilter(keep)
        return mention(
            glue.sources.add(name, path, method, references, filter.keep if filter else None, expected)
        )
    except NixError as error:
        error.add_frame(0, "while adding path '" + path + "'")
        raise


class PathFilter:
    """A function of the program that says which files to keep."""

    def __init__(self, function: object) -> None:
        self.function: Final = function

    def keep(self, path: str, kind: str) -> bool:
        answer = call(self.function, [path, kind], 0)
        return force_bool(answer, 0, "while evaluating the return value of the path filter function")


def path_builtin(glue: Glue, argument: object) -> object:
    attrs = force_attrs(argument, 0, "while evaluating the argument passed to 'builtins.path'")
    path: str | None = None
    name = ""
    keep: object = None
    method = content_address.NAR
    expected: Hash | None = None
    context = ContextBuilder()
    names = attrs.names()
    places = attrs.places()
    for at in attrs.symbol_order(session().symbols):
        key, place = names[at], places[at]
        pos = attrs.position(key)
        why = "while evaluating the `" + key + "` attribute passed to builtins.path"
        if key == "path":
            path = coerce_to_path(
                place, context, pos, "while evaluating the 'path' attribute passed to 'builtins.path'"
            )
        elif key == "name":
            name = force_string_no_context(place, pos, why)
        elif key == "filter":
            keep = force_function(
                place, pos, "while evaluating the `filter` parameter passed to builtins.path"
            )
        elif key == "recursive":
            method = content_address.NAR if force_bool(place, pos, why) else content_address.FLAT
        elif key == "sha256":
            text = force_string_no_context(place, pos, why)
            try:
                expected = hashes.parse_or_empty(text, hashes.SHA256, warn)
            except FormatError as error:
                raise nix_error(error) from None
        else:
            raise EvalError("unsupported argument '" + show_name(key) + "' to 'builtins.path'", pos)
    if path is None:
        raise EvalError("missing required 'path' attribute in the first argument to 'builtins.path'")
    return add_path(glue, name or name_of(path), path, keep, method, expected, context.context)


def filter_source(glue: Glue, function: object, source: object) -> object:
    context = ContextBuilder()
    path = coerce_to_path(
        source,
        context,
        0,
        "while evaluating the second argument (the path to filter) passed to 'builtins.filterSource'",
    )
    keep = force_function(function, 0, "while evaluating the first argument passed to builtins.filterSource")
    return add_path(glue, name_of(path), path, keep, content_address.NAR, None, context.context)


def to_file(glue: Glue, name_place: object, contents_place: object) -> object:
    name = force_string_no_context(
        name_place, 0, "while evaluating the first argument passed to builtins.toFile"
    )
    contents = force_string_value(
        contents_place, 0, "while evaluating the second argument passed to builtins.toFile"
    )
    references = NOTHING
    if isinstance(contents, NixString):
        for member in contents.context.elements:
            if member.kind != OPAQUE:
                shown = member.encoded.replace(glue.store.dir.prefix, "")
                raise EvalError(
                    "files created by builtins.toFile may not reference derivations, but "
                    + name
                    + " references "
                    + shown
                )
        references = frozenset(member.path for member in contents.context.elements)
        contents = contents.text
    assert isinstance(contents, str)
    try:
        return mention(glue.text_path(name, contents, references))
    except FormatError as error:
        raise nix_error(error) from None


def store_path(glue: Glue, argument: object) -> object:
    if session().pure:
        raise EvalError("'builtins.storePath' is not allowed in pure evaluation mode")
    context = ContextBuilder()
    path = coerce_to_path(
        argument, context, 0, "while evaluating the first argument passed to 'builtins.storePath'"
    )
    store = glue.store.dir
    if not glue.is_store_path(path):
        path = glue.io.resolve_symlinks(path)
    if not path.startswith(store.prefix):
        raise EvalError("path '" + path + "' is not in the Nix store")
    top = glue.top_path(path)
    glue.ensure(top)
    context.add_element(element(OPAQUE, top))
    return context.string(path)
