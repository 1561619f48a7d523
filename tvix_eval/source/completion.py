"""What can be written at a place: names, attributes, keywords."""

from __future__ import annotations

from typing import Final

from tvix_eval.source.document import Document
from tvix_eval.source.evaluating import Attribute, PartialEvaluator
from tvix_eval.source.names import GLOBALS
from tvix_eval.source.positions import Span
from tvix_eval.source.tokens import Token
from tvix_eval.source.tree import Node

KEYWORDS: Final = ("assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with")
# Where no name is expected.
TEXT: Final = frozenset("STRING_TEXT INDENTED_TEXT PATH HOME_PATH SEARCH_PATH URI INT FLOAT".split())


class Completion:
    """`text`, to be put in place of the bytes `begin` up to `end`. `kind`: where it comes from: "attribute", the kind of
    a `Definition`, "global", "with" or "keyword". `detail`: the type of its value, if that is known.
    """

    def __init__(self, text: str, kind: str, detail: str, begin: int, end: int) -> None:
        self.text: Final = text
        self.kind: Final = kind
        self.detail: Final = detail
        self.begin: Final = begin
        self.end: Final = end

    def __repr__(self) -> str:
        return f"Completion({self.text!r}, {self.kind})"


def complete(document: Document, offset: int, evaluator: PartialEvaluator | None = None) -> list[Completion]:
    """What the name before a place, or in which it is, could be, in the order of names.

    `offset`: bytes. Attributes, and what a ``with`` supplies, are known only with an `evaluator`.
    """
    token = touched(document, offset)
    if token is not None and token.kind in TEXT or in_comment(document, offset):
        return []
    begin, end = (token.begin, token.end) if token is not None else (offset, offset)
    start = document.slice(begin, offset)
    selection = selection_at(document, begin)
    if selection is not None:
        return [
            Completion(each.name, "attribute", each.type, begin, end)
            for each in attributes(document, selection, evaluator)
            if each.name.startswith(start)
        ]
    found: dict[str, Completion] = {}
    for name, definition in document.names.visible_at(offset).items():
        found[name] = Completion(name, definition.kind, "", begin, end)
    for with_ in document.names.withs_at(offset):
        for each in attributes(document, with_.node("set").span, evaluator):
            found.setdefault(each.name, Completion(each.name, "with", each.type, begin, end))
    for name in GLOBALS:
        found.setdefault(name, Completion(name, "global", "", begin, end))
    if start:
        for name in KEYWORDS:
            found.setdefault(name, Completion(name, "keyword", "", begin, end))
    return [found[name] for name in sorted(found) if name.startswith(start)]


def touched(document: Document, offset: int) -> Token | None:
    """The name, keyword or text that a place is in, or right after."""
    for token in document.tokens:
        if token.begin < offset <= token.end:
            word = token.text.replace("_", "a").replace("-", "a").replace("'", "a").isalnum()
            return token if word or token.kind in TEXT else None
        if token.begin >= offset:
            break
    return None


def in_comment(document: Document, offset: int) -> bool:
    for token in document.tokens:
        if offset <= token.begin:
            return any(
                each.begin < offset
                and (offset < each.end or each.kind == "line_comment")
                and offset <= each.end
                for each in token.leading
                if each.kind != "whitespace"
            )
    return False


def selection_at(document: Document, begin: int) -> Span | None:
    """The set that a name which begins at a place is selected from, by a point or by ``inherit (set)``."""
    tokens = [token for token in document.tokens if token.end <= begin and token.kind != "END"]
    if tokens and tokens[-1].kind == "DOT":
        for node in reversed(document.path_to(tokens[-1].begin)):
            if node.kind in ("select", "select_or"):
                return Span(node.begin, tokens[-1].begin)
    for node in reversed(document.path_to(tokens[-1].end if tokens else begin)):
        if node.kind == "inherit_from":
            last = node.children[-1]
            inside = node.node("names").begin <= begin and (begin <= last.begin or last.begin == last.end)
            return node.node("source").span if inside else None
    return None


def attributes(document: Document, place: Span | Node, evaluator: PartialEvaluator | None) -> list[Attribute]:
    """The attributes of the value of an expression, none if that is not known."""
    value = evaluator.value(document, place) if evaluator is not None else None
    return [] if value is None else value.attributes


def selected(document: Document, offset: int, evaluator: PartialEvaluator) -> Attribute | None:
    """The attribute whose name, in a selection or an ``inherit (set)``, is at a place: where it is defined."""
    token = touched(document, offset) or document.token_at(offset)
    selection = selection_at(document, token.begin)
    if selection is None:
        return None
    name = token.text
    return next((each for each in attributes(document, selection, evaluator) if each.name == name), None)
