"""A store that exists only as names: enough to evaluate programs that mention one.

It shows that the store builtins are a host's to give. Paths are hashes of what goes into
them, so equal things are equal; they are not the paths that Nix computes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.builtins.records import SourceBuiltin
from tvix_eval.builtins.storeless import storeless_builtins
from tvix_eval.settings import Settings
from tvix_eval.store_access import StoreAccess
from tvix_eval.vm.attrs import Attrs, from_table
from tvix_eval.vm.coerce import coerce_to_path, coerce_to_string
from tvix_eval.vm.force import force, force_attrs, force_string, force_string_value
from tvix_eval.vm.strings import BUILT, DRV_DEEP, OPAQUE, ContextBuilder, NixString, element, single
from tvix_eval.vm.values import MISSING, Builtin

if TYPE_CHECKING:
    from tvix_eval.builtins.records import Record

WHY = "while evaluating an argument of a store double"


def store_path(kind: str, content: str, name: str) -> str:
    digest = hashlib.sha256((kind + "\0" + content).encode("latin-1")).hexdigest()
    return "/nix/store/" + digest[:32] + "-" + name


def copy_path(path: str) -> str:
    return store_path("path", path, path.rsplit("/", 1)[1])


def opaque(path: str) -> NixString:
    return NixString(path, single(element(OPAQUE, path)))


def to_file(name: object, contents: object) -> object:
    text = force_string_value(contents, 0, WHY)
    if isinstance(text, NixString):
        text = text.text
    assert isinstance(text, str)
    return opaque(store_path("text", text, force_string(name, 0, WHY)))


def path_builtin(arg: object) -> object:
    attrs = force_attrs(arg, 0, WHY)
    path = coerce_to_path(attrs.place("path"), ContextBuilder(), 0, WHY)
    name = (
        path.rsplit("/", 1)[1]
        if attrs.place("name") is MISSING
        else force_string(attrs.place("name"), 0, WHY)
    )
    return opaque(store_path("path", path, name))


def filter_source(predicate: object, path: object) -> object:
    return opaque(copy_path(coerce_to_path(path, ContextBuilder(), 0, WHY)))


def derivation_strict(arg: object) -> object:
    attrs = force_attrs(arg, 0, WHY)
    context = ContextBuilder()
    name = force_string(attrs.place("name"), 0, WHY)
    parts: list[str] = []
    for key in attrs.names():
        value = force(attrs.place(key), 0)
        if key == "args" and isinstance(value, list):
            text = "\n".join(coerce_to_string(each, context, 0, WHY, True) for each in value)
        elif value is None and attrs.get("__ignoreNulls", 0) is True:
            continue
        elif (
            isinstance(value, Attrs)
            and value.place("outPath") is MISSING
            and value.place("__toString") is MISSING
        ):
            from tvix_eval.output.json import to_json

            text = to_json(value, True, 0, context)
        else:
            text = coerce_to_string(value, context, 0, WHY, True)
        parts.append(key + "=" + text)
    content = "\n".join(parts)
    drv = store_path("drv", content, name + ".drv")
    table: dict[str, object] = {"drvPath": NixString(drv, single(element(DRV_DEEP, drv)))}
    outputs = force(attrs.place("outputs"), 0) if attrs.place("outputs") is not MISSING else ["out"]
    assert isinstance(outputs, list)
    for each in outputs:
        output = force_string(each, 0, WHY)
        suffix = name if output == "out" else name + "-" + output
        made = store_path(output, content, suffix)
        table[output] = NixString(made, single(element(BUILT, drv, output)))
    return from_table(table)


def store_builtins() -> list[Builtin | SourceBuiltin]:
    source = (Path(__file__).parent / "derivation.nix").read_text()
    doubles: list[Builtin | SourceBuiltin] = [
        SourceBuiltin("derivation", source, "derivation.nix", "A derivation."),
        Builtin("derivationStrict", ["attrs"], Function1(derivation_strict)),
        Builtin("filterSource", ["predicate", "path"], Function2(filter_source)),
        Builtin("path", ["args"], Function1(path_builtin)),
        Builtin("toFile", ["name", "contents"], Function2(to_file)),
    ]
    names = {each.name for each in doubles}
    return [*doubles, *(each for each in storeless_builtins() if each.name not in names)]


class StoreDouble(StoreAccess):
    """The store of a program."""

    def builtins(self, settings: Settings) -> list[Record]:
        return list(store_builtins())

    def copy_path(self, path: str) -> str:
        return copy_path(path)
