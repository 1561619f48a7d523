"""Builtins that ask the world: files, directories, the lookup path, the environment."""

from __future__ import annotations

from nix_compat import hashes
from tvix_eval.builtins.hashes import check_algorithm
from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.errors import EvalError, NixError, RestrictedPathError
from tvix_eval.eval_io import DIRECTORY, SYMLINK, EvalIO
from tvix_eval.hints import mypyc_attr
from tvix_eval.search_path import Entry, SearchPath
from tvix_eval.vm.attrs import Attrs, from_table
from tvix_eval.vm.coerce import coerce_to_path, coerce_to_string
from tvix_eval.vm.force import force, force_attrs, force_list, force_string_no_context, get_attr
from tvix_eval.vm.machine import session
from tvix_eval.vm.strings import ContextBuilder, NixString
from tvix_eval.vm.values import MISSING, Builtin, Path, Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

FOLLOW: Final = 0  # resolve all symbolic links
FOLLOW_ANCESTORS: Final = 1  # but not the last component
KEEP_LINKS: Final = 2


@mypyc_attr(allow_interpreted_subclasses=True)
class Loader:
    """Evaluates files for ``import``."""

    def load(self, path: str) -> object:
        """The value of a file, which is evaluated once. A directory means its ``default.nix``."""
        raise NotImplementedError

    def load_scoped(self, scope: Attrs, path: str) -> object:
        """The value of a file, evaluated anew with the attributes of `scope` as variables."""
        raise NotImplementedError

    def delay(self, text: str) -> object:
        """The place of an expression, which is compiled now and evaluated when needed."""
        raise NotImplementedError


class Files:
    """The functions behind the builtins, over one `EvalIO`."""

    def __init__(self, io: EvalIO, loader: Loader, search_path: SearchPath) -> None:
        self.io: Final = io
        self.loader: Final = loader
        self.search_path: Final = search_path

    def path_of(self, value: object, links: int) -> str:
        """The path that an argument names. What its context mentions is built first."""
        context = ContextBuilder()
        path = coerce_to_path(value, context, 0, "while realising the context of a path")
        try:
            mentioned = context.context
            if mentioned is not None:
                path = self.io.realise(path, mentioned)
            if links != KEEP_LINKS and not path.startswith("<"):
                path = self.io.resolve_symlinks(path, links == FOLLOW)
            return path
        except NixError as error:
            error.add_frame(0, "while realising the context of path '" + path + "'")
            raise

    def load(self, a: object) -> object:
        return self.loader.load(self.path_of(a, KEEP_LINKS))

    def load_scoped(self, a: object, b: object) -> object:
        path = self.path_of(b, KEEP_LINKS)
        scope = force_attrs(a, 0, "while evaluating the first argument passed to builtins.scopedImport")
        return self.loader.load_scoped(scope, path)

    def path_exists(self, a: object) -> object:
        value = force(a, 0)
        text = value.text if isinstance(value, NixString) else value
        must_be_directory = isinstance(text, str) and (text.endswith("/") or text.endswith("/."))
        try:
            path = self.path_of(value, FOLLOW if must_be_directory else FOLLOW_ANCESTORS)
            if must_be_directory:
                return self.io.file_type(path) == DIRECTORY
            return self.io.path_exists(path)
        except RestrictedPathError:
            return False

    def read_file(self, a: object) -> object:
        path = self.path_of(a, FOLLOW)
        text = self.io.read_file(path).decode("latin-1")
        if "\0" in text:
            raise EvalError("the contents of the file '" + path + "' cannot be represented as a Nix string")
        return text

    def read_dir(self, a: object) -> object:
        entries = self.io.read_dir(self.path_of(a, FOLLOW))
        symbols = session().symbols
        table: dict[str, object] = {}
        for name in sorted(entries):
            symbols.number(name)
            table[name] = entries[name]
        return from_table(table)

    def read_file_type(self, a: object) -> object:
        path = self.path_of(a, KEEP_LINKS)
        directory = path.rfind("/")
        while directory > 0:  # a link on the way is not followed either
            if self.io.file_type(path[:directory]) == SYMLINK:
                raise NixError("path '" + path[:directory] + "' is a symlink")
            directory = path.rfind("/", 0, directory)
        kind = self.io.file_type(path)
        if kind is None:
            raise self.io.absent(path)
        return kind

    def hash_file(self, a: object, b: object) -> object:
        why = "while evaluating the first argument passed to builtins.hashFile"
        algorithm = check_algorithm(force_string_no_context(a, 0, why))
        return hashes.digest(algorithm, self.io.read_file(self.path_of(b, FOLLOW))).hex()

    def find_file(self, a: object, b: object) -> object:
        items = force_list(a, 0, "while evaluating the first argument passed to builtins.findFile")
        entries: list[Entry] = []
        for item in items:
            entry = force_attrs(
                item, 0, "while evaluating an element of the list passed to builtins.findFile"
            )
            entries.append(self.search_entry(entry))
        name = force_string_no_context(
            b, 0, "while evaluating the second argument passed to builtins.findFile"
        )
        return Path(self.search_path.find(entries, name, 0))

    def search_entry(self, entry: Attrs) -> Entry:
        prefix = ""
        place = entry.place("prefix")
        end = " of an element of the list passed to builtins.findFile"
        if place is not MISSING:
            prefix = force_string_no_context(place, 0, "while evaluating the `prefix` attribute" + end)
        context = ContextBuilder()
        path = coerce_to_string(
            get_attr(entry, "path", "in an element of the __nixPath"),
            context,
            0,
            "while evaluating the `path` attribute" + end,
            False,
            False,
        )
        if context.context is not None:
            path = self.io.realise(path, context.context)
        return Entry(prefix, path)

    def get_env(self, a: object) -> object:
        why = "while evaluating the first argument passed to builtins.getEnv"
        name = force_string_no_context(a, 0, why)
        return "" if session().pure else self.io.get_env(name)


class Import(Primitive):
    def __init__(self, files: Files) -> None:
        self.files: Final = files

    def call1(self, a: object) -> object:
        return self.files.load(a)


def to_path(a: object) -> object:
    context = ContextBuilder()
    path = coerce_to_path(a, context, 0, "while evaluating the first argument passed to builtins.toPath")
    return context.string(path)


def file_builtins(io: EvalIO, loader: Loader, search_path: SearchPath) -> list[Builtin]:
    files = Files(io, loader, search_path)
    return [
        Builtin(
            "import",
            ["path"],
            Import(files),
            "The value of the Nix file at *path*, or of `default.nix` in the directory there. "
            "A file is evaluated once, however often it is imported.",
        ),
        Builtin(
            "scopedImport",
            ["scope", "path"],
            Function2(files.load_scoped),
            "The value of the Nix file at *path*, evaluated anew with the attributes of *scope* as variables.",
        ),
        Builtin(
            "pathExists",
            ["path"],
            Function1(files.path_exists),
            "Whether there is a file at *path*. If a string ends with a slash, it must be a directory.",
            1,
        ),
        Builtin("readFile", ["path"], Function1(files.read_file), "The contents of a file, as a string."),
        Builtin(
            "readDir",
            ["path"],
            Function1(files.read_dir),
            'The names in a directory, each with its type: `"regular"`, `"directory"`, `"symlink"` or `"unknown"`.',
        ),
        Builtin(
            "readFileType",
            ["p"],
            Function1(files.read_file_type),
            "The type of a file, as in `readDir`. A symbolic link is not followed.",
        ),
        Builtin(
            "hashFile",
            ["type", "p"],
            Function2(files.hash_file),
            "The hash of the contents of a file, in base 16, by the algorithm *type*.",
        ),
        Builtin(
            "findFile",
            ["search-path", "lookup-path"],
            Function2(files.find_file),
            "What `<lookup-path>` means when *search-path* is the list of places to look in.",
            1,
        ),
        Builtin(
            "getEnv",
            ["s"],
            Function1(files.get_env),
            "The environment variable *s*; empty when it is not set, and in pure evaluation.",
        ),
        Builtin(
            "toPath",
            ["s"],
            Function1(to_path),
            "The absolute path that *s* says, as a string. `/. + s` makes a path.",
        ),
    ]
