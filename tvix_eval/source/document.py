"""A text in the hands of a tool: its tokens, its tree, what is wrong with it, and what its names mean."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from tvix_eval.errors import NixError
from tvix_eval.source.comments import inner_text
from tvix_eval.source.names import NameTable
from tvix_eval.source.positions import Lines, Span, decoded, encoded
from tvix_eval.source.recovery import RecoveringParser
from tvix_eval.source.tokens import DOC_COMMENT, Lexeme, Token, lexemes, tokenize
from tvix_eval.source.tree import Node, build
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete, concrete_tree
from tvix_eval.syntax.parser import parse
from tvix_eval.syntax.settings import ParseSettings


class Problem:
    """What is wrong with the bytes `begin` up to `end` (which may be none), in Nix's words where it has some."""

    def __init__(self, message: str, begin: int, end: int) -> None:
        self.message: Final = message
        self.begin: Final = begin
        self.end: Final = end

    def __repr__(self) -> str:
        return f"Problem({self.message!r}, {self.begin}, {self.end})"


class Document:
    """A text, which never changes; what is asked of it is computed once, when it is asked for.

    `name` is what messages call it, its path for example. All offsets are bytes of its UTF-8 form, `data`;
    `lines` converts them to lines and columns, in characters or in UTF-16.
    """

    def __init__(self, text: str | bytes, name: str = "«string»") -> None:
        self.data: Final = encoded(text) if isinstance(text, str) else text
        self.name: Final = name

    def __repr__(self) -> str:
        return f"Document({self.name!r})"

    def slice(self, begin: int, end: int) -> str:
        """A part of the text."""
        return decoded(self.data[begin:end])

    def text_of(self, node: Node | Span) -> str:
        return self.slice(node.begin, node.end)

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.data)

    @cached_property
    def byte_text(self) -> str:
        return self.data.decode("latin-1")

    @cached_property
    def lexemes(self) -> list[Lexeme]:
        return lexemes(self.byte_text)

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens, the `END` last. Together with what leads to them they are the text, whatever it is."""
        return tokenize(self.data, self.lexemes)

    def token_at(self, offset: int) -> Token:
        """The token that has a byte, or that the byte leads to."""
        return next(token for token in self.tokens if offset < token.end or token.kind == "END")

    @cached_property
    def parsed(self) -> tuple[Concrete | None, list[Problem]]:
        """The tree, and what had to be repaired to get it."""
        root = concrete_tree(self.byte_text)
        if root is not None:
            return root, []
        parser = RecoveringParser(self.byte_text)
        root = parser.parse(self.lexemes)
        problems = []
        for repair in parser.repairs:
            message = "syntax error, unexpected " + name_of(repair.found.kind)
            if repair.inserted:
                message += ", expecting " + name_of(repair.inserted[0])
            problems.append(Problem(message, repair.found.begin, repair.found.end))
        return root, problems

    @cached_property
    def tree(self) -> Node | None:
        """The tree; of a text that is wrong, what can be understood of it; None where that is nothing."""
        root, _ = self.parsed
        return None if root is None else build(root, self.tokens)

    @cached_property
    def problems(self) -> list[Problem]:
        """What is wrong with the text, in its order: first of all what Nix says."""
        found = list(self.parsed[1])
        try:
            parse(self.byte_text, encoded(self.name).decode("latin-1"), ParseSettings(pipe_operators=True))
        except NixError as error:
            begin = max(int(error.pos) - 1, 0)
            touched = next((each for each in self.lexemes if each.begin <= begin < each.end), None)
            end = touched.end if touched is not None else begin
            message = decoded(error.message.encode("latin-1"))
            found = [Problem(message, begin, end)] + [each for each in found if each.begin > begin]
        return found

    @cached_property
    def names(self) -> NameTable:
        """What its names mean. Empty when there is no tree."""
        return NameTable(self.byte_text, self.tree)

    def undefined(self) -> list[Problem]:
        """The variables that neither a scope nor a ``with`` can supply; evaluating any part of the text needs them."""
        return [
            Problem(f"undefined variable '{self.text_of(use)}'", use.begin, use.end)
            for use in self.names.undefined
        ]

    def path_to(self, offset: int) -> list[Node]:
        """The nodes that a byte is in, the outermost first. See `Node.path_to`."""
        return [] if self.tree is None else self.tree.path_to(offset)

    def documentation(self, node: Node) -> str | None:
        """The inside of the comment ``/** … */`` before a binding, a function, or a formal, if there is one."""
        first = next(node.tokens(), None)
        if first is None:
            return None
        for trivia in reversed(first.leading):
            if trivia.kind == DOC_COMMENT:
                return inner_text(trivia.text).strip("\n ")
        return None


def name_of(kind: int) -> str:
    """What messages call a terminal."""
    return t.NAMES[kind].encode("latin-1").decode()
