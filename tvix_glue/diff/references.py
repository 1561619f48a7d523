"""Finds the store paths and placeholders in texts, and says what they stand for."""

from __future__ import annotations

import re
from typing import Final

from attrs import evolve, frozen

from nix_compat.derivation import Derivation, InputNode
from nix_compat.placeholders import (
    DownstreamPlaceholder,
    hash_placeholder,
    unknown_derivation,
    unknown_output,
)
from nix_compat.store_path import StoreDir, output_path_name
from tvix_glue.diff.graph import Graph, Unreadable

HASH: Final = "[0-9a-df-np-sv-z]"
OWN: Final = ""  # the path of a reference to an output of the derivation itself


@frozen
class Reference:
    """A store path or placeholder in a text.

    `path`: the input it belongs to, OWN, or what the text says if nothing is known of it.
    `output`: which output, "" for the path itself.
    """

    text: str
    path: str
    output: str
    known: bool = True


@frozen
class Text:
    """A text taken apart: ``literals[0] references[0] literals[1] …``."""

    literals: tuple[str, ...]
    references: tuple[Reference, ...]


class Finder:
    """What the paths in the texts of one derivation, or of a source, stand for."""

    def __init__(self, store: StoreDir) -> None:
        self.by_text: Final[dict[str, Reference]] = {}
        self.by_hash: Final[dict[str, list[Reference]]] = {}
        self.by_name: Final[dict[str, Reference]] = {}
        self.store: Final = store
        prefix = re.escape(store.prefix)
        self.pattern: Final = re.compile(rf"{prefix}({HASH}{{32}})-[0-9A-Za-z+\-._?=]+|/{HASH}{{52}}")

    def add(self, text: str, path: str, output: str) -> None:
        if text in self.by_text:
            return
        reference = Reference(text, path, output)
        self.by_text[text] = reference
        if text.startswith(self.store.prefix):
            self.by_hash.setdefault(self.store.hash_part(text), []).append(reference)

    def add_by_name(self, name: str, path: str, output: str) -> None:
        """What a store path of this name stands for, if nothing else is known of it."""
        self.by_name[name] = Reference(name, path, output)

    def split(self, text: str) -> Text:
        literals: list[str] = []
        references: list[Reference] = []
        end = 0
        for match in self.pattern.finditer(text):
            found = self.reference(text, match)
            literals.append(text[end : match.start()])
            references.append(found)
            end = match.start() + len(found.text)
        literals.append(text[end:])
        return Text(tuple(literals), tuple(references))

    def reference(self, text: str, match: re.Match[str]) -> Reference:
        whole = match.group()
        for known in self.by_hash.get(match.group(1) or "", ()):
            if text.startswith(known.text, match.start()):
                return known
        found = self.by_text.get(whole)
        if found is None and match.group(1) and self.store.name(whole) in self.by_name:
            found = evolve(self.by_name[self.store.name(whole)], text=whole)
        return found or Reference(whole, whole, "", known=False)


def finder_of(graph: Graph, drv: Derivation, shared: set[str]) -> Finder:
    """For the texts of a derivation. `shared`: inputs that need not be known, being the same elsewhere."""
    store = graph.store
    finder = Finder(store)
    for name, output in drv.outputs.items():
        finder.add(output.path(store, drv.name, name) or hash_placeholder(name), OWN, name)
    for each, node in drv.input_drvs.items():
        if each not in shared:
            add_input(finder, graph, each, node)
            finder.add(each, each, "")
    for each in drv.input_srcs:
        if each not in shared:
            finder.add(each, each, "")
    return finder


def add_input(finder: Finder, graph: Graph, path: str, node: InputNode) -> None:
    store = graph.store
    try:
        drv: Derivation | None = graph.derivation(path)
    except Unreadable:
        drv = None
    outputs = drv.outputs if drv is not None else {}
    for name in sorted({*node.outputs, *node.dynamic, *outputs}):
        known = outputs[name].path(store, store.derivation_name(path), name) if name in outputs else ""
        finder.add(known or unknown_output(store, path, name).render(), path, name)
        if drv is None:
            finder.add_by_name(output_path_name(store.derivation_name(path), name), path, name)
    waiting = [(node.dynamic[name], unknown_output(store, path, name), name) for name in sorted(node.dynamic)]
    while waiting:
        below, made, names = waiting.pop()
        for name in sorted({*below.outputs, *below.dynamic}):
            inner: DownstreamPlaceholder = unknown_derivation(made, name)
            finder.add(inner.render(), path, names + "^" + name)
            if name in below.dynamic:
                waiting.append((below.dynamic[name], inner, names + "^" + name))
