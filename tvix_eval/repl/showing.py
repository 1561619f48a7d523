"""Commands about a value: ``:p``, ``:t``, ``:explain``, ``:doc``; and ``:te``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tvix_eval.errors import NixError
from tvix_eval.repl.documentation import documentation
from tvix_eval.repl.markdown import Renderer
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.show import show_float, show_string, show_type
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import Builtin, Closure, PartialBuiltin, PartialClosure, Path

if TYPE_CHECKING:
    from tvix_eval.repl.repl import Repl


def print_deep(repl: Repl, argument: str) -> None:
    value = repl.scope.evaluate(argument)
    if isinstance(value, NixString):
        value = value.text
    if isinstance(value, str):
        repl.write(value + "\n")
    else:
        repl.print(value, None)


def print_type(repl: Repl, argument: str) -> None:
    repl.write(show_type(repl.scope.evaluate(argument)) + "\n")


def explain(repl: Repl, argument: str) -> None:
    repl.write(explanation(repl.scope.evaluate(argument)) + "\n")


def explanation(value: object) -> str:
    """What a value is, in words."""
    if value is None:
        return "the 'null' value"
    if isinstance(value, bool):
        return f"the boolean value '{'true' if value else 'false'}'"
    if isinstance(value, int):
        return f"the integer '{value}'"
    if isinstance(value, float):
        return f"the float '{show_float(value)}'"
    if isinstance(value, str):
        return f"the contextless string {show_string(value)}"
    if isinstance(value, NixString):
        count = len(value.context.elements)
        return f"the string {show_string(value.text)}, which refers to {count} store path{'s'[: count != 1]}"
    if isinstance(value, Path):
        return f"the path '{value.text}'"
    if isinstance(value, Attrs):
        return f"a {value.size()}-item attribute set"
    if isinstance(value, list):
        return f"a {len(value)}-item list"
    if isinstance(value, Builtin):
        return f"the builtin function '{value.name}', which takes {arguments(value.params)}"
    if isinstance(value, PartialBuiltin):
        builtin = value.builtin
        left = arguments(builtin.params[len(value.args) :])
        return f"the builtin function '{builtin.name}', which still wants {left}"
    if isinstance(value, PartialClosure):
        parameters = value.closure.code.params
        left = arguments([each.arg for each in parameters[len(value.args) :]])
        return f"{user_function(parameters[0].name)}, which still wants {left}"
    if isinstance(value, Closure):
        formals = value.code.formals
        if formals is not None:
            optional = sum(default is not None for default in formals.defaults)
            wanted = f"a set of {len(formals.names)} attributes, {optional} of them optional"
            wanted += ", or more" if formals.ellipsis else ""
        else:
            wanted = arguments([each.arg for each in value.code.params])
        return f"{user_function(value.code.params[0].name)}, which takes {wanted}"
    return show_type(value)


def user_function(name: str) -> str:
    return f"the user-defined Nix function '{name}'" if name else "a user-defined Nix function"


def arguments(names: list[str]) -> str:
    return f"{len(names)} argument{'s'[: len(names) != 1]}: {', '.join(names)}"


def doc(repl: Repl, argument: str) -> None:
    markdown = documentation(repl.scope, argument)
    if repl.environment.get("_NIX_TEST_RAW_MARKDOWN") != "1":
        renderer = Renderer(repl.width() - 5, repl.rich_text)
        shown = renderer.render(markdown.encode("latin-1").decode("utf-8", "replace"))
        markdown = shown.encode().decode("latin-1")
    repl.write(markdown.strip(" \n\r\t") + "\n")


def traces(repl: Repl, argument: str) -> None:
    if argument not in ("", "true", "false"):
        raise NixError("unexpected argument '" + argument + "' to " + repl.command)
    repl.show_trace = argument == "true" or (argument == "" and not repl.show_trace)
    repl.write("showing error traces\n" if repl.show_trace else "not showing error traces\n")
