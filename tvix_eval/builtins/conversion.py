"""Builtins that turn values into JSON and XML, and JSON and TOML into values."""

from __future__ import annotations

from tvix_eval.builtins.primitive import Function1
from tvix_eval.vm.force import force_string_no_context
from tvix_eval.vm.machine import session
from tvix_eval.vm.strings import ContextBuilder
from tvix_eval.vm.values import Builtin

# What these need is imported by the first call: few programs use it.


def json_of(a: object) -> object:
    from tvix_eval.output.json import to_json

    context = ContextBuilder()
    return context.string(to_json(a, True, 0, context))


def xml_of(a: object) -> object:
    from tvix_eval.output.xml import to_xml

    context = ContextBuilder()
    return context.string(to_xml(a, True, False, context, 0))


def from_json(a: object) -> object:
    from tvix_eval.builtins.json_parser import JsonError, parse_json

    text = force_string_no_context(a, 0, "while evaluating the first argument passed to builtins.fromJSON")
    try:
        return parse_json(text, session().symbols)
    except JsonError as error:
        error.add_frame(0, "while decoding a JSON string")
        raise


def from_toml(a: object) -> object:
    from tvix_eval.builtins.toml_parser import parse_toml

    text = force_string_no_context(a, 0, "while evaluating the argument passed to builtins.fromTOML")
    current = session()
    return parse_toml(text, "parse-toml-timestamps" in current.experimental, current.symbols)


def conversion_builtins() -> list[Builtin]:
    return [
        Builtin(
            "toJSON",
            ["e"],
            Function1(json_of),
            "*e* as JSON. A path is copied to the store; a set that has `__toString` or `outPath` becomes that.",
            1,
        ),
        Builtin("toXML", ["e"], Function1(xml_of), "*e* as an XML document.", 1),
        Builtin("fromJSON", ["e"], Function1(from_json), "The value that a JSON text describes."),
        Builtin("fromTOML", ["e"], Function1(from_toml), "The value that a TOML document describes."),
    ]
