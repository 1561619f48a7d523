"""What ``tvix-instantiate`` does with the expressions that it is given, inside an evaluation."""

from __future__ import annotations

import os

from tvix_eval.auto_call import auto_call, find_along_attr_path
from tvix_eval.errors import NixError
from tvix_eval.eval_io import INTERNAL_MARK, join, parent
from tvix_eval.evaluation import Evaluator
from tvix_eval.instantiate_options import Request
from tvix_eval.output.rendering import write_value
from tvix_eval.packages import DEFAULT_OUTPUT, Packages, instantiated
from tvix_eval.program import STDIN_NAME, STRING_NAME, WARNING, Program, write
from tvix_eval.search_path import Entry, SearchPath, is_pseudo_url
from tvix_eval.worlds import open_search_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.store_access import StoreAccess


class Job:
    """What happens inside `Evaluator.run`."""

    def __init__(
        self,
        program: Program,
        evaluation: Evaluator,
        request: Request,
        entries: list[Entry],
        lookup: SearchPath,
        stdin: str,
        store: StoreAccess,
    ) -> None:
        self.store: Final = store
        self.program: Final = program
        self.evaluation: Final = evaluation
        self.request: Final = request
        self.entries: Final = entries
        self.lookup: Final = lookup
        self.stdin: Final = stdin
        self.folder: Final = evaluation.io.working_directory()
        self.args: Final[dict[str, object]] = {}
        self.warned = False
        self.roots = 0  # made so far

    def run(self) -> None:
        request = self.request
        open_search_path(self.evaluation.io, self.entries, self.lookup, self.folder)
        for name in sorted(request.arguments):
            kind, given = request.arguments[name]
            self.args[name] = self.argument(kind, given)
        if request.find_files:
            for name in request.files:
                path = self.lookup.find(self.entries, name, 0)
                if path.startswith(INTERNAL_MARK):
                    raise NixError("'" + path + "' has no physical path")
                write(1, path + "\n")
            return
        if request.read_stdin:
            self.process(self.stdin, STDIN_NAME, self.folder)
        elif not request.files and not request.are_expressions:
            self.process_file("./default.nix")
        for given in request.files:
            if request.are_expressions:
                self.process(given, STRING_NAME, self.folder)
            else:
                self.process_file(given)

    def argument(self, kind: str, given: str) -> object:
        """The value of an argument for functions. An expression is parsed now, and evaluated when needed."""
        if kind == "arg":
            return self.evaluation.delay_text(given, STRING_NAME, self.folder)
        if kind == "argstr":
            return given
        if kind == "arg-from-stdin":
            return self.stdin
        try:
            with open(given.encode("latin-1"), "rb") as file:
                return file.read().decode("latin-1")
        except OSError as error:
            raise NixError('opening file "' + given + '": ' + os.strerror(error.errno or 0)) from None

    def process_file(self, name: str) -> None:
        if is_pseudo_url(name):
            raise NixError("cannot fetch '" + name + "': this evaluation fetches nothing")
        if len(name) > 2 and name.startswith("<") and name.endswith(">"):
            path = self.lookup.find(self.entries, name[1:-1], 0)
        else:
            path = join(self.folder, name)
        path = self.evaluation.resolve(path)
        if self.request.parse_only:
            text = self.evaluation.io.read_file(path).decode("latin-1")
            write(1, self.evaluation.show_tree(text, path, parent(path)) + "\n")
        else:
            self.show(self.evaluation.evaluate_file(path))

    def process(self, text: str, name: str, folder: str) -> None:
        if self.request.parse_only:
            write(1, self.evaluation.show_tree(text, name, folder) + "\n")
        else:
            self.show(self.evaluation.evaluate_text(text, name, folder))

    def show(self, root: object) -> None:
        request = self.request
        for path in request.attributes or [""]:
            value = find_along_attr_path(root, path, self.args)
            if not request.evaluate_only:
                self.instantiate(value)
                continue
            if self.args:
                value = auto_call(value, self.args)
            write_value(value, request.form, request.strict, request.location, write_output)

    def instantiate(self, value: object) -> None:
        packages = Packages(self.args)
        packages.collect(value)
        for derivation in packages.found:
            path, output = instantiated(derivation)
            if self.request.gc_warning and not self.warned and self.program.verbosity >= WARNING:
                self.warned = True
                self.program.warn(
                    "you did not specify '--add-root'; the result might be removed by the garbage collector"
                )
            if self.request.root:
                self.roots += 1
                link = join(self.folder, self.request.root)
                path = self.store.add_root(path, link if self.roots == 1 else f"{link}-{self.roots}")
            write(1, path + ("" if output == DEFAULT_OUTPUT else "!" + output) + "\n")


def write_output(text: str) -> None:
    write(1, text)
