"""Writing a value as a command was asked to: Nix, JSON, XML, or a string as it is."""

from __future__ import annotations

from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.force import force
from tvix_eval.vm.strings import ContextBuilder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

NIX: Final = "nix"
JSON: Final = "json"
XML: Final = "xml"
RAW: Final = "raw"


def write_value(value: object, form: str, strict: bool, location: bool, write: Callable[[str], None]) -> None:
    """Write a forced value in one of the forms above.

    `strict`: evaluate what it contains; `location`: say in XML where things are defined. When
    that fails, what Nix had written before is written, and the error raised.
    """
    context = ContextBuilder()
    if form == RAW:
        write(coerce_to_string(value, context, 0, "while generating the nix-instantiate output"))
    elif form == XML:
        from tvix_eval.output.xml import XmlWriter

        XmlWriter(strict, location, context, write).write_document(value, 0)
    elif form == JSON:
        from tvix_eval.output.json import JSONSerializationError, to_json

        try:
            write(to_json(value, strict, 0, context) + "\n")
        except JSONSerializationError as error:
            write(error.partial)
            raise
    else:
        from tvix_eval.output.printer import ValuePrinter

        printer = ValuePrinter()
        if strict:
            from tvix_eval.vm.deep import deep_force

            value = deep_force(value)
        try:
            printer.print(force(value, 0), False, 0)
            printer.parts.append("\n")
        finally:
            write("".join(printer.parts))
