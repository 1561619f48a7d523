"""What ``:doc`` says: of builtins, and from the comments ``/** … */`` before functions and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tvix_eval.builtins.records import Constant, SourceBuiltin
from tvix_eval.errors import NixError
from tvix_eval.repl.examples import example_of
from tvix_eval.repl.tree import find_lambda
from tvix_eval.source.comments import inner_text
from tvix_eval.syntax.nodes import AttrName, Select, Var
from tvix_eval.syntax.parser import ParseResult, parse
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.calls import call1
from tvix_eval.vm.force import force, force_attrs, force_string_no_context
from tvix_eval.vm.machine import enter, leave
from tvix_eval.vm.values import MISSING, Builtin, Closure, PartialClosure

if TYPE_CHECKING:
    from tvix_eval.repl.scope import Scope

ELLIPSIS: Final = "\xe2\x80\xa6"  # … as byte text


def documentation(scope: Scope, text: str) -> str:
    """Markdown about what an expression evaluates to. Raises IncompleteInput, NixError."""
    attrs, name = selected(scope, text)
    value = scope.evaluate(text)
    found = of_value(scope, value)
    if isinstance(value, Builtin) and found is not None:
        return found
    record = of_record(scope, attrs, name, text)
    if record is not None:
        return record
    if found is not None:
        return found
    pos = attrs.position(name) if attrs is not None else 0
    if attrs is None or pos == 0:
        raise NixError("value does not have documentation")
    place = scope.evaluator.sources.describe(pos)
    comment = comment_at(scope, pos)
    return f"Attribute `{name}`\n\n  {ELLIPSIS} defined at {place}\n\n" + (
        comment if comment is not None else "No documentation found.\n\n"
    )


def selected(scope: Scope, text: str) -> tuple[Attrs | None, str]:
    """For ``subject.name``, the set and the name, if it is there."""
    parsed = scope.parse_expression(text)
    root = parsed.root
    if not isinstance(root, Select):
        return None, root.name if isinstance(root, Var) else ""
    last = root.path[-1]
    subject = root.subject
    if len(root.path) > 1:
        subject = Select(root.pos, subject, root.path[:-1], root.default)
    attrs = force_attrs(
        scope.value(text, ParseResult(subject, parsed.symbols, [], {})),
        0,
        "while evaluating an attribute set to look for documentation",
    )
    name = last.name if last.dynamic is None else dynamic_name(scope, text, last)
    return (attrs if attrs.has(name) else None), name


def dynamic_name(scope: Scope, text: str, part: AttrName) -> str:
    again = scope.parse_expression(text)  # a tree is compiled once
    assert isinstance(again.root, Select) and part.dynamic is not None
    dynamic = again.root.path[-1].dynamic
    assert dynamic is not None
    name = scope.value(text, ParseResult(dynamic, again.symbols, [], {}))
    return force_string_no_context(name, 0, "while evaluating an attribute name")


def of_value(scope: Scope, value: object) -> str | None:
    """The documentation that a value carries: a builtin, a function, or a set that is called like one."""
    if isinstance(value, Builtin):
        if not value.doc:
            return None
        arguments = " ".join(f"*{each}*" for each in value.params)
        return f"**Synopsis:** `builtins.{value.name}` {arguments}\n\n{text_of(value)}"
    if isinstance(value, Closure):
        return of_function(scope, value, 0)
    if isinstance(value, PartialClosure):
        return of_function(scope, value.closure, len(value.args))
    if isinstance(value, Attrs):
        functor = value.place("__functor")
        if functor is MISSING:
            return None
        # The function that this makes is the one a user calls, and so the one to be explained.
        try:
            made = force(call1(functor, value, 0), 0)
            enter(0)
            found = of_value(scope, made)
            leave()
            return found
        except NixError as error:
            error.add_frame(0, "while partially calling '__functor' to retrieve documentation")
            raise
    return None


def of_function(scope: Scope, closure: Closure, given: int) -> str:
    """Of the function that is left when a closure has got so many arguments."""
    parameter = closure.code.params[given]
    place = scope.evaluator.sources.describe(parameter.pos)
    if parameter.name:
        text = f"Function `{parameter.name}`\\\n  {ELLIPSIS} defined at {place}"
    else:
        text = f"Function defined at {place}"
    source = parsed_source(scope, parameter.pos)
    function = None if source is None else find_lambda(source.root, offset(parameter.pos))
    if function is None or function.doc_start < 0:
        return text
    comment = inner_text(source_text(scope, parameter.pos)[function.doc_start : function.doc_end])
    return f"{text}\n\n{comment}" if comment else text


def of_record(scope: Scope, attrs: Attrs | None, name: str, text: str) -> str | None:
    """Of a builtin that is no builtin function: a constant, or what is written in Nix."""
    host = scope.evaluator
    if attrs is None:
        if name in scope.variables or name != text.strip():
            return None
        name = name.removeprefix("__")
    elif attrs is not host.globals.values["builtins"]:
        return None
    record = host.records.get(name)
    if isinstance(record, Constant | SourceBuiltin) and record.doc:
        return f"`builtins.{name}`\n\n{text_of(record)}"
    return None


def text_of(record: Builtin | Constant | SourceBuiltin) -> str:
    """The documentation of a builtin, and its example."""
    example = example_of(record.name)
    return bytes_of(record.doc) + (f"\n\n```nix\n{example}\n```" if example else "")


def comment_at(scope: Scope, pos: int) -> str | None:
    """The comment before an attribute of a file."""
    if not scope.evaluator.sources.source(pos).is_file:
        return None
    parsed = parsed_source(scope, pos)
    found = None if parsed is None else parsed.docs.get(offset(pos))
    return None if found is None else inner_text(source_text(scope, pos)[found[0] : found[1]])


def source_text(scope: Scope, pos: int) -> str:
    source = scope.evaluator.sources.source(pos)
    source.read()
    return source.text


def parsed_source(scope: Scope, pos: int) -> ParseResult | None:
    """The source of a position, parsed once more; None when it is not what it was."""
    front = scope.evaluator.front
    source = scope.evaluator.sources.source(pos)
    text = source_text(scope, pos)
    for tried, bindings in ((text, False), (text, True), (text + "\n;", True)):
        try:
            return parse(tried, source.name, front.parse_settings, front.known, [], bindings)
        except NixError:
            continue
    return None


def offset(pos: int) -> int:
    return (pos & 0xFFFFFFFF) - 1


def bytes_of(text: str) -> str:
    """Byte text."""
    return text.encode().decode("latin-1")
