"""Values as XML: ``--xml`` and ``builtins.toXML``."""

from __future__ import annotations

from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.compare import is_derivation
from tvix_eval.vm.machine import charge, enter, leave, session
from tvix_eval.vm.show import show_float
from tvix_eval.vm.strings import ContextBuilder, NixString
from tvix_eval.vm.values import MISSING, Closure, Code, PartialClosure, Path, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

BLOCK: Final = 1 << 18  # bytes, about
HEADER: Final = "<?xml version='1.0' encoding='utf-8'?>\n"


def to_xml(value: object, strict: bool, location: bool, context: ContextBuilder, pos: i64) -> str:
    """The XML document of a value. `location`: say where attributes and functions are defined.

    Raises what forcing raises, when `strict`.
    """
    parts: list[str] = []
    XmlWriter(strict, location, context, parts.append).write_document(value, pos)
    return "".join(parts)


def attribute(name: str, value: str) -> str:
    if '"' in value or "<" in value or ">" in value or "&" in value or "\n" in value:
        charge(len(value))
        value = value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        value = value.replace(">", "&gt;").replace("\n", "&#xA;")
    return f' {name}="{value}"'


def text_of(value: object) -> str | None:
    """The text of a string; None for all else."""
    if isinstance(value, Thunk) and value.op is None:
        value = value.value
    if isinstance(value, NixString):
        return value.text
    return value if isinstance(value, str) else None


class XmlWriter:
    """Gives the document to `sink` block by block: it may be longer than memory.

    An error leaves it well-formed, and Nix writes that much.
    """

    def __init__(
        self, strict: bool, location: bool, context: ContextBuilder, sink: Callable[[str], None]
    ) -> None:
        self.strict = strict
        self.location = location
        self.context = context
        self.sink: Final = sink
        self.parts: list[str] = []  # of the block
        self.size: i64 = 0
        self.elements: list[str] = []  # those that are open
        self.margin = ""
        self.derivations_seen: set[str] = set()

    def write_document(self, value: object, pos: i64) -> None:
        self.parts.append(HEADER)
        self.open("expr", "")
        try:
            self.write(value, pos)
        finally:
            while self.elements:
                self.close()
            self.sink("".join(self.parts))

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)
        if self.size > BLOCK:
            self.end_block()

    def end_block(self) -> None:
        block = "".join(self.parts)
        self.parts = []
        self.size = 0
        self.sink(block)
        charge(len(block))

    def open(self, name: str, attributes: str) -> None:
        self.add(self.margin + "<" + name + attributes + ">\n")
        self.elements.append(name)
        self.margin += "  "

    def close(self) -> None:
        self.margin = self.margin[2:]
        self.add(self.margin + "</" + self.elements.pop() + ">\n")

    def empty(self, name: str, attributes: str) -> None:
        self.add(self.margin + "<" + name + attributes + " />\n")

    def atom(self, name: str, value: str) -> None:
        self.empty(name, attribute("value", value))

    def forced(self, value: object, pos: i64) -> object:
        """The value if it is known or to be forced, else its thunk."""
        if isinstance(value, Thunk):
            if self.strict:
                return value.force(pos)
            if value.op is None:
                return value.value
        return value

    def write(self, value: object, pos: i64) -> None:
        enter(pos)
        value = self.forced(value, pos)
        if isinstance(value, str):
            self.atom("string", value)
        elif isinstance(value, NixString):
            self.context.add(value.context)
            self.atom("string", value.text)
        elif isinstance(value, Attrs):
            if is_derivation(value):
                self.write_derivation(value)
            else:
                self.open("attrs", "")
                self.write_attributes(value)
                self.close()
        elif isinstance(value, list):
            self.open("list", "")
            for item in value:
                self.write(item, pos)
            self.close()
        elif value is None:
            self.empty("null", "")
        elif value is True or value is False:
            self.atom("bool", "true" if value else "false")
        elif isinstance(value, int):
            self.atom("int", str(value))
        elif isinstance(value, float):
            self.atom("float", show_float(value))
        elif isinstance(value, Path):
            self.atom("path", value.text)
        elif isinstance(value, Closure):
            self.write_function(value.code, 0)
        elif isinstance(value, PartialClosure):
            self.write_function(value.closure.code, len(value.args))
        else:
            self.empty("unevaluated", "")
        leave()

    def position(self, pos: i64) -> str:
        """The attributes that tell a position; they come before ``name``, being sorted."""
        if not self.location:
            return ""
        found = session().sources.find(pos)
        if found is None:
            return ""
        return f' column="{found.column}" line="{found.line}"'

    def path(self, pos: i64) -> str:
        if not self.location:
            return ""
        found = session().sources.find(pos)
        if found is None or not found.source.is_file:
            return ""
        return attribute("path", found.source.name)

    def write_attributes(self, attrs: Attrs) -> None:
        places = attrs.places()
        at = 0
        for name in attrs.names():
            pos = attrs.position(name)
            self.open("attr", self.position(pos) + attribute("name", name) + self.path(pos))
            place = places[at]
            if not self.strict and attrs.shows_delayed(name) and not isinstance(place, Thunk):
                self.empty("unevaluated", "")
            else:
                self.write(place, pos)
            self.close()
            at += 1

    def write_derivation(self, attrs: Attrs) -> None:
        """Its two paths, and its attributes where it is met first."""
        drv_path: str | None = None
        attributes = ""
        place = attrs.place("drvPath")
        if place is not MISSING:
            drv_path = text_of(self.forced(place, attrs.position("drvPath")))
            if drv_path is not None:
                attributes += attribute("drvPath", drv_path)
        place = attrs.place("outPath")
        if place is not MISSING:
            out_path = text_of(self.forced(place, attrs.position("outPath")))
            if out_path is not None:
                attributes += attribute("outPath", out_path)
        self.open("derivation", attributes)
        if drv_path and drv_path not in self.derivations_seen:
            self.derivations_seen.add(drv_path)
            self.write_attributes(attrs)
        else:
            self.empty("repeated", "")
        self.close()

    def write_function(self, code: Code, given: int) -> None:
        parameter = code.params[given]
        self.open("function", self.position(parameter.pos) + self.path(parameter.pos))
        formals = code.formals
        if formals is None:
            self.empty("varpat", attribute("name", parameter.arg))
        else:
            attributes = ""
            if formals.ellipsis:
                attributes += attribute("ellipsis", "1")
            if formals.whole:
                attributes += attribute("name", formals.whole)
            self.open("attrspat", attributes)
            for name in sorted(formals.names):
                self.empty("attr", attribute("name", name))
            self.close()
        self.close()
