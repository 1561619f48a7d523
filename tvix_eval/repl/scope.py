"""The variables of a session, and evaluating text among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tvix_eval.compiler.compiler import compile_tree
from tvix_eval.compiler.resolver import resolve
from tvix_eval.errors import NixError, ParseError, Source
from tvix_eval.evaluation import located
from tvix_eval.program import STRING_NAME
from tvix_eval.syntax.nodes import NO_DYNAMIC, NO_POS, Attrs
from tvix_eval.syntax.parser import ParseResult, parse
from tvix_eval.vm import attrs as vm
from tvix_eval.vm.machine import REGISTERS

if TYPE_CHECKING:
    from tvix_eval.compiler.bytecode import Chunk
    from tvix_eval.evaluation import Evaluator

# What operators and ``<…>`` are calls of, which no text need mention.
IMPLIED: Final = frozenset(["__sub", "__mul", "__div", "__lessThan", "__findFile", "__nixPath"])


class IncompleteInput(Exception):
    """What was entered so far can be the beginning of something: there should be more."""


class Scope:
    """`variables`: places by name. They hide the builtins.

    All methods that evaluate are to be called inside `Evaluator.run`. Relative paths are relative to
    `folder`.
    """

    def __init__(self, evaluator: Evaluator, folder: str) -> None:
        self.evaluator: Final = evaluator
        self.folder: Final = folder
        self.variables: Final[dict[str, object]] = {}

    def add(self, attrs: vm.Attrs) -> None:
        for name, place in zip(attrs.names(), attrs.places(), strict=True):
            self.variables[name] = place

    def evaluate(self, text: str) -> object:
        """The value of an expression. Raises IncompleteInput, NixError."""
        return self.value(text, self.parse_expression(text))

    def bind(self, text: str, bindings: ParseResult) -> None:
        """Add what `parse_bindings` has found in `text`. Nothing is evaluated yet."""
        made = self.value(text, bindings)
        assert isinstance(made, vm.Attrs)
        self.add(made)

    def parse_expression(self, text: str) -> ParseResult:
        """The tree of an expression. Raises IncompleteInput, NixError."""
        try:
            return self.parse(text, False)
        except NixError as error:
            if is_at_end(error):
                raise IncompleteInput from None
            raise located(error, self.add_source(text)) from None

    def parse_bindings(self, text: str) -> ParseResult | None:
        """The tree of ``x = 1; inherit (a) b``, the last semicolon being optional; None if it is not that.

        Raises IncompleteInput.
        """
        try:
            return self.parse(text, True)
        except ParseError:
            pass
        ended = text + "\n;"
        try:
            return self.parse(ended, True)
        except ParseError as error:
            if is_at_end(error):
                raise IncompleteInput from None
            # The semicolon that we have added is what is wrong, where a value should go on.
            unfinished = error.pos == len(ended) and "'='" not in error.message
        if unfinished:
            try:
                self.parse(text, False)
            except ParseError:
                raise IncompleteInput from None
        return None

    def check(self, text: str) -> None:
        """See whether a text is an expression or bindings. Raises IncompleteInput, NixError."""
        if self.parse_bindings(text) is None:
            try:
                self.parse(text, False)
            except NixError as error:
                if is_at_end(error):
                    raise IncompleteInput from None
                raise

    def parse(self, text: str, bindings: bool) -> ParseResult:
        """Positions of errors are offsets."""
        front = self.evaluator.front
        return parse(text, STRING_NAME, front.parse_settings, front.known, [], bindings)

    def add_source(self, text: str) -> int:
        return self.evaluator.sources.add(Source(STRING_NAME, text, False))

    def value(self, text: str, parsed: ParseResult) -> object:
        """Evaluate a tree, which can be done once: compiling marks it."""
        for warning in parsed.warnings:
            self.evaluator.front.warn(STRING_NAME, text, warning)
        base = self.add_source(text)
        names = self.mentioned(parsed)
        chunk = self.compiled(parsed, names, base)
        scope = vm.from_table({name: self.variables[name] for name in names})
        return self.evaluator.evaluate_chunk(chunk, base, self.folder, scope)

    def mentioned(self, parsed: ParseResult) -> list[str]:
        """The variables that a text may use, sorted: only these are put where it can see them."""
        return sorted((parsed.symbols.numbers.keys() | IMPLIED) & self.variables.keys())

    def compiled(self, parsed: ParseResult, names: list[str], base: int) -> Chunk:
        root = parsed.root
        depth = REGISTERS.max_depth
        try:
            size = resolve(root, self.evaluator.front.global_names, parsed.symbols, depth, names)
            if isinstance(root, Attrs) and root.pos == NO_POS:
                root.dynamic = NO_DYNAMIC  # bindings whose names nobody knows yet bind nothing
            return compile_tree(root, parsed.symbols, size, [], depth)
        except NixError as error:
            raise located(error, base) from None


def is_at_end(error: NixError) -> bool:
    return isinstance(error, ParseError) and "unexpected end of file" in error.message
