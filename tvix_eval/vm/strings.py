"""Strings with context, and contexts.

A string without context is a plain `str` of byte text and pays nothing for the others. A
string that mentions store paths is a `NixString`: the text and its interned `Context`.

An element is one object, a set of elements is one `Context` object per content, and unions are
remembered, so that contexts are mostly merged by identity. When there are too many, all are
forgotten: equal ones that are not the same object are merged by what they contain.
"""

from __future__ import annotations

from tvix_eval.hints import i64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

OPAQUE: Final = 0  # the store path itself
DRV_DEEP: Final = 1  # a derivation with the closure of all of its outputs
BUILT: Final = 2  # one output of a derivation


class ContextElement:
    """Why a string mentions the store. Made by `element` only.

    `path` is a store path; for `BUILT` it is the derivation's, or, for a derivation that is
    itself built, the encoded element of that. `encoded` is Nix's form: the path, ``=path``
    or ``!output!path``.
    """

    def __init__(self, kind: i64, path: str, output: str, encoded: str) -> None:
        self.kind: Final[i64] = kind
        self.path: Final = path
        self.output: Final = output
        self.encoded: Final = encoded

    def display(self) -> str:
        """As error messages show it: ``path``, ``path`` of a deep one, or ``path^output``."""
        if self.kind != BUILT:
            return self.path
        path = self.path
        if path.startswith("!"):
            path = decode(path).display()
        return path + "^" + self.output


class Context:
    """A non-empty set of elements. Made by `context_of` and `union` only."""

    def __init__(self, members: frozenset[str]) -> None:
        self.members: Final = members  # the encoded forms of the elements
        self.unions: dict[Context, Context] | None = None
        self.in_order: list[ContextElement] | None = None

    @property
    def elements(self) -> list[ContextElement]:
        """By kind, path and output: Nix's order."""
        in_order = self.in_order
        if in_order is None:
            in_order = sorted([decode(member) for member in self.members], key=sort_key)
            self.in_order = in_order
        return in_order


class NixString:
    """A string that mentions the store."""

    __slots__ = ("text", "context")

    def __init__(self, text: str, context: Context) -> None:
        self.text: Final = text
        self.context: Final = context


ELEMENTS: Final[dict[str, ContextElement]] = {}
CONTEXTS: Final[dict[frozenset[str], Context]] = {}
MOST_KNOWN: Final = 1_000_000  # elements, and contexts


def element(kind: i64, path: str, output: str = "") -> ContextElement:
    if kind == OPAQUE:
        encoded = path
    elif kind == DRV_DEEP:
        encoded = "=" + path
    else:
        encoded = "!" + output + "!" + path
    found = ELEMENTS.get(encoded)
    if found is None:
        if len(ELEMENTS) >= MOST_KNOWN:
            forget_contexts()
        found = ContextElement(kind, path, output, encoded)
        ELEMENTS[encoded] = found
    return found


def decode(encoded: str) -> ContextElement:
    """The element that Nix encodes so."""
    if encoded.startswith("="):
        return element(DRV_DEEP, encoded[1:])
    if encoded.startswith("!"):
        output, _, path = encoded[1:].partition("!")
        return element(BUILT, path, output)
    return element(OPAQUE, encoded)


def context_of(members: frozenset[str]) -> Context:
    """The context of these encoded elements, which must not be empty."""
    found = CONTEXTS.get(members)
    if found is None:
        if len(CONTEXTS) >= MOST_KNOWN:
            forget_contexts()
        found = Context(members)
        CONTEXTS[members] = found
    return found


def forget_contexts() -> None:
    ELEMENTS.clear()
    CONTEXTS.clear()


def sort_key(member: ContextElement) -> tuple[int, str, str]:
    return (int(member.kind), member.path, member.output)


def single(member: ContextElement) -> Context:
    return context_of(frozenset([member.encoded]))


def union(a: Context, b: Context) -> Context:
    if a is b:
        return a
    unions = a.unions
    if unions is None:
        unions = {}
        a.unions = unions
    found = unions.get(b)
    if found is None:
        members = a.members | b.members
        if len(members) == len(a.members):
            found = a
        elif len(members) == len(b.members):
            found = b
        else:
            found = context_of(members)
        unions[b] = found
    return found


class ContextBuilder:
    """Collects the context of a string that is put together from others.

    The union is made once, at the end: those on the way are not worth keeping.
    """

    def __init__(self) -> None:
        self.first: Context | None = None
        self.others: list[Context] | None = None

    def add(self, context: Context) -> None:
        first = self.first
        if first is None:
            self.first = context
        elif first is not context:
            others = self.others
            if others is None:
                self.others = [context]
            elif others[-1] is not context:
                others.append(context)

    def add_element(self, member: ContextElement) -> None:
        self.add(single(member))

    @property
    def context(self) -> Context | None:
        """What was collected; None when that is nothing."""
        first = self.first
        others = self.others
        if first is None or others is None:
            return first
        if len(others) == 1:
            result = union(first, others[0])
        else:
            members = first.members.union(*[other.members for other in others])
            result = first if len(members) == len(first.members) else context_of(members)
        self.first = result
        self.others = None
        return result

    def string(self, text: str) -> object:
        """The string value of `text` with what was collected."""
        mine = self.context
        if mine is None:
            return text
        return NixString(text, mine)


def with_context(text: str, context: Context | None) -> object:
    if context is None:
        return text
    return NixString(text, context)
