"""Builtins on the contexts of strings: what of the store a string mentions."""

from __future__ import annotations

from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.errors import EvalError
from tvix_eval.patterns import LazyPattern
from tvix_eval.vm.attrs import Attrs, from_table
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.force import (
    force_attrs,
    force_bool,
    force_list,
    force_string_no_context,
    force_string_value,
)
from tvix_eval.vm.machine import session
from tvix_eval.vm.show import show_name
from tvix_eval.vm.strings import (
    BUILT,
    DRV_DEEP,
    OPAQUE,
    ContextBuilder,
    ContextElement,
    NixString,
    decode,
    element,
    single,
    with_context,
)
from tvix_eval.vm.values import MISSING, Builtin, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STORE_PATH: Final = LazyPattern(
    r"/nix/store/[0-9abcdfghijklmnpqrsvwxyz]{32}-(?P<name>[0-9A-Za-z+._?=-]{1,211})"
)
BAD_NAME: Final = LazyPattern(r"\.\.?(-.*)?")
DERIVATION_SUFFIX: Final = ".drv"


def is_store_path(path: str) -> bool:
    """Whether a path is that of an object of the store, and not of something in one."""
    found = STORE_PATH.get().fullmatch(path)
    return found is not None and BAD_NAME.get().fullmatch(found["name"]) is None


class UnsafeDiscardStringContext(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        if isinstance(a, NixString):
            return a.text
        why = "while evaluating the argument passed to builtins.unsafeDiscardStringContext"
        return coerce_to_string(a, ContextBuilder(), 0, why)


class HasContext(Primitive):
    def call1(self, a: object) -> object:
        why = "while evaluating the argument passed to builtins.hasContext"
        return isinstance(force_string_value(a, 0, why), NixString)


def discard_output_dependency(a: object) -> object:
    context = ContextBuilder()
    why = "while evaluating the argument passed to builtins.unsafeDiscardOutputDependency"
    text = coerce_to_string(a, context, 0, why)
    result = ContextBuilder()
    if context.context is not None:
        for member in context.context.elements:
            result.add_element(element(OPAQUE, member.path) if member.kind == DRV_DEEP else member)
    return result.string(text)


def add_output_dependencies(a: object) -> object:
    context = ContextBuilder()
    why = "while evaluating the argument passed to builtins.addDrvOutputDependencies"
    text = coerce_to_string(a, context, 0, why)
    members = context.context.elements if context.context is not None else []
    if len(members) != 1:
        raise EvalError(f"context of string '{text}' must have exactly one element, but has {len(members)}")
    member = members[0]
    if member.kind == BUILT:
        raise EvalError(
            "`addDrvOutputDependencies` can only act on derivations, not on a derivation output such as '"
            + member.output
            + "'"
        )
    if not member.path.endswith(DERIVATION_SUFFIX):
        raise EvalError("path '" + member.path + "' is not a derivation")
    return with_context(text, single(element(DRV_DEEP, member.path)))


class ContextInfo:
    """What a context says of one store path."""

    def __init__(self) -> None:
        self.path = False
        self.all_outputs = False
        self.outputs: list[object] = []

    def attrs(self) -> Attrs:
        table: dict[str, object] = {}
        if self.all_outputs:
            table["allOutputs"] = True
        if self.outputs:
            table["outputs"] = self.outputs
        if self.path:
            table["path"] = True
        return from_table(table)


def get_context(a: object) -> object:
    string = force_string_value(a, 0, "while evaluating the argument passed to builtins.getContext")
    infos: dict[str, ContextInfo] = {}
    if isinstance(string, NixString):
        for member in string.context.elements:
            path = known_path(member)
            info = infos.get(path)
            if info is None:
                info = ContextInfo()
                infos[path] = info
            if member.kind == OPAQUE:
                info.path = True
            elif member.kind == DRV_DEEP:
                info.all_outputs = True
            else:
                info.outputs.append(member.output)
    symbols = session().symbols
    table: dict[str, object] = {}
    for path, info in infos.items():
        symbols.number(path)
        table[path] = info.attrs()
    return from_table(table)


def known_path(member: ContextElement) -> str:
    """The store path of an element, which must not depend on what has not been built."""
    if member.path.startswith("!"):
        inner = decode(member.path).display()
        raise EvalError("the derivation '" + inner + "' is itself built, and its path is not known")
    return member.path


def append_context(a: object, b: object) -> object:
    string = force_string_value(a, 0, "while evaluating the first argument passed to builtins.appendContext")
    attrs = force_attrs(b, 0, "while evaluating the second argument passed to builtins.appendContext")
    context = ContextBuilder()
    text = string
    if isinstance(string, NixString):
        context.add(string.context)
        text = string.text
    assert isinstance(text, str)
    names = attrs.names()
    places = attrs.places()
    for at in attrs.symbol_order(session().symbols):
        name = names[at]
        pos = attrs.position(name)
        if not is_store_path(name):
            raise EvalError("context key '" + show_name(name) + "' is not a store path", pos)
        info = force_attrs(places[at], pos, "while evaluating the value of a string context")
        append_elements(name, info, pos, context)
    return context.string(text)


def append_elements(path: str, info: Attrs, pos: int, context: ContextBuilder) -> None:
    place = info.place("path")
    if place is not MISSING:
        why = "while evaluating the `path` attribute of a string context"
        if force_bool(place, info.position("path"), why):
            context.add_element(element(OPAQUE, path))
    place = info.place("allOutputs")
    if place is not MISSING:
        why = "while evaluating the `allOutputs` attribute of a string context"
        if force_bool(place, info.position("allOutputs"), why):
            if not path.endswith(DERIVATION_SUFFIX):
                raise not_a_derivation("all-outputs", path, pos)
            context.add_element(element(DRV_DEEP, path))
    place = info.place("outputs")
    if place is not MISSING:
        outputs_pos = info.position("outputs")
        outputs = force_list(
            place, outputs_pos, "while evaluating the `outputs` attribute of a string context"
        )
        if outputs and not path.endswith(DERIVATION_SUFFIX):
            raise not_a_derivation("derivation output", path, pos)
        for item in outputs:
            why = "while evaluating an output name within a string context"
            context.add_element(element(BUILT, path, force_string_no_context(item, outputs_pos, why)))


def not_a_derivation(what: str, path: str, pos: int) -> EvalError:
    return EvalError(
        f"tried to add {what} context of {show_name(path)}, which is not a derivation, to a string", pos
    )


def context_builtins() -> list[Builtin]:
    return [
        Builtin(
            "unsafeDiscardStringContext",
            ["s"],
            UnsafeDiscardStringContext(),
            "The string *s* without its context. What it mentions will not be a dependency of what uses it.",
            1,
        ),
        Builtin("hasContext", ["s"], HasContext(), "Whether the string *s* mentions the store."),
        Builtin(
            "unsafeDiscardOutputDependency",
            ["s"],
            Function1(discard_output_dependency),
            "The string *s*, where it refers to a derivation with all its outputs, now only to its file.",
            1,
        ),
        Builtin(
            "addDrvOutputDependencies",
            ["s"],
            Function1(add_output_dependencies),
            "The string *s*, which must refer to one file of a derivation, now to it with all its outputs.",
            1,
        ),
        Builtin(
            "getContext",
            ["s"],
            Function1(get_context),
            "What the string *s* mentions: for each store path a set with `path`, `allOutputs` and `outputs`.",
        ),
        Builtin(
            "appendContext",
            ["s", "context"],
            Function2(append_context),
            "The string *s* that also mentions what *context* says, in the form of `getContext`.",
        ),
    ]
