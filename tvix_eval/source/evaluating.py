"""Evaluating a part of a text: what an expression in the middle of it is worth, as far as that can be said.

The expression is put into the bindings around it, each ``let``, ``rec`` and ``with``, copied from the text.
The arguments of functions are unknown, unless a host supplies them: what needs one has no value.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from tvix_eval.api import Evaluation
from tvix_eval.errors import Interrupted, NixError
from tvix_eval.source.document import Document
from tvix_eval.source.names import LAMBDAS, SETS
from tvix_eval.source.positions import Span, decoded
from tvix_eval.source.tree import Node
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.force import force
from tvix_eval.vm.show import PrintOptions, show, show_name, show_type
from tvix_eval.vm.values import MISSING, Builtin, Thunk

SHORT: Final = PrintOptions(max_depth=3, max_attrs=20, max_items=20, max_string=400)
SOURCE_NAME: Final = "\xc2\xabpart\xc2\xbb"


class Attribute:
    """An attribute of a value. `name` is written as Nix writes it, in quotes where it must be.

    `type`: of its value, "" when that was not evaluated. `file` and `offset`: where it is defined, "" and 0 if
    that is not known; the file is the document's name where it is in the document.
    """

    def __init__(self, name: str, type_: str, file: str, offset: int) -> None:
        self.name: Final = name
        self.type: Final = type_
        self.file: Final = file
        self.offset: Final = offset

    def __repr__(self) -> str:
        return f"Attribute({self.name}, {self.type!r})"


class Value:
    """What an expression is worth. `type` is Nix's word for it, with an article; `text` shows as much of the value
    as is evaluated, and not too much; `documentation` is that of a builtin, in Markdown.
    """

    def __init__(self, type_: str, text: str, documentation: str, attributes: list[Attribute]) -> None:
        self.type: Final = type_
        self.text: Final = text
        self.documentation: Final = documentation
        self.attributes: Final = attributes


class Excerpt:
    """A text of pieces of a document. `pieces`: where each begins here, and there, and how long it is."""

    def __init__(self, data: bytes) -> None:
        self.data: Final = data
        self.parts: list[bytes] = []
        self.size = 0
        self.pieces: list[tuple[int, int, int]] = []

    def copy(self, span: Span) -> None:
        self.pieces.append((self.size, span.begin, span.end - span.begin))
        self.write(self.data[span.begin : span.end])

    def write(self, text: bytes) -> None:
        self.parts.append(text)
        self.size += len(text)

    def original(self, offset: int) -> int | None:
        """The offset in the document of an offset here."""
        for here, there, size in self.pieces:
            if here <= offset < here + size:
                return there + offset - here
        return None


class PartialEvaluator:
    """Evaluates parts of documents, with `evaluation`: by default one for a second at most, which can read files.

    `arguments`: for the arguments of functions by name, expressions to take for them where a text does not say
    what they are, for example ``{"lib": "import <nixpkgs/lib>"}``. Relative paths are relative to `folder`.
    """

    def __init__(
        self,
        evaluation: Evaluation | None = None,
        arguments: Mapping[str, str] | None = None,
        folder: str | None = None,
        seconds: float = 1.0,
    ) -> None:
        self.evaluation: Final = (
            evaluation if evaluation is not None else Evaluation(on_message=lambda kind, text: None)
        )
        self.arguments: Final = dict(arguments or {})
        self.folder: Final = os.fsencode(folder if folder is not None else os.getcwd()).decode("latin-1")
        self.seconds: Final = seconds

    def value(self, document: Document, place: Node | Span) -> Value | None:
        """The value of an expression of a document, or None: it has an error, needs what is not known, takes too
        long. A `Span` of a selection may end before its end.

        Its attributes are listed when it is a set. Nothing is written, and no program run, unless the builtins
        of the evaluation do that.
        """
        excerpt = self.excerpt(document, Span(place.begin, place.end))
        core = self.evaluation.core

        def work() -> Value:
            value = force(core.evaluate_text(text, SOURCE_NAME, self.folder), 0)
            attributes = []
            if isinstance(value, Attrs):
                attributes = [self.attribute(document, excerpt, value, name) for name in value.names()]
            documentation = value.doc if isinstance(value, Builtin) else ""
            return Value(show_type(value), readable(show(value, SHORT)), documentation, attributes)

        text = b"".join(excerpt.parts).decode("latin-1")
        interrupt = core.interrupt
        limit = interrupt.seconds
        interrupt.seconds = self.seconds
        try:
            found = core.run(work)
        except (NixError, Interrupted, OSError, MemoryError):
            return None
        finally:
            interrupt.seconds = limit
        assert isinstance(found, Value)
        return found

    def attribute(self, document: Document, excerpt: Excerpt, value: Attrs, name: str) -> Attribute:
        place = value.place(name)
        pos = int(value.position(name))
        file, offset = "", 0
        if pos != 0:
            source = self.evaluation.core.sources.source(pos)
            at = (pos & 0xFFFFFFFF) - 1
            if source.is_file:
                file, offset = os.fsdecode(source.name.encode("latin-1")), at
            elif source.name == SOURCE_NAME:
                original = excerpt.original(at)
                if original is not None:
                    file, offset = document.name, original
        return Attribute(readable(show_name(name)), known_type(place), file, offset)

    def excerpt(self, document: Document, span: Span) -> Excerpt:
        """The text of an expression in what is around it."""
        path = document.path_to(span.begin)
        excerpt = Excerpt(document.data)
        for node, inner in zip(path, path[1:], strict=False):
            if span.begin < inner.begin or inner.end < span.end:
                break
            self.enclose(document, excerpt, node, inner)
        excerpt.write(b"(")
        excerpt.copy(span)
        excerpt.write(b")")
        return excerpt

    def enclose(self, document: Document, excerpt: Excerpt, node: Node, inner: Node) -> None:
        """Write what `node` binds where `inner`, a child, is."""
        if node.kind == "let":
            self.bindings(document, excerpt, node.node("bindings"))
        elif node.kind in SETS and inner.kind == "bindings":
            self.bindings(document, excerpt, inner)
        elif node.kind == "with" and inner is node.field("body"):
            excerpt.copy(Span(node.begin, inner.begin))
        elif node.kind in LAMBDAS:
            for name in document.names.by_scope.get(id(node.concrete), {}):
                given = self.arguments.get(name, f'throw "the argument {name} is not known"')
                excerpt.write(f"let {name} = ".encode() + b"(" + given.encode() + b"); in ")

    def bindings(self, document: Document, excerpt: Excerpt, bindings: Node) -> None:
        """Write bindings that are right, in a ``let``, where their names must be known."""
        excerpt.write(b"let ")
        for binding in bindings.nodes():
            if not is_right(document, binding) or first_kind(binding) == "attr_dynamic":
                continue
            excerpt.copy(binding.span)
            excerpt.write(b" " if document.data[binding.end - 1] == ord(";") else b"; ")
        excerpt.write(b"in ")


def is_right(document: Document, binding: Node) -> bool:
    """Whether nothing is wrong with a binding, but for a semicolon that may be missing at its end."""
    if any(binding.begin < problem.begin < binding.end for problem in document.parsed[1]):
        return False
    return all(token.begin < token.end or token.kind == "SEMICOLON" for token in binding.tokens())


def first_kind(binding: Node) -> str:
    """The kind of the first component of a binding's path, "" for an ``inherit``."""
    return binding.node("path").children[0].kind if binding.kind == "binding" else ""


def known_type(place: object) -> str:
    """The type of what a place holds, "" if it was not evaluated."""
    if place is MISSING or (isinstance(place, Thunk) and place.op is not None):
        return ""
    return show_type(place)


def readable(byte_text: str) -> str:
    return decoded(byte_text.encode("latin-1"))
