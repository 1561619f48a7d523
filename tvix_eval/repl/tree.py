"""A syntax tree as something to walk through, and as text: what ``:ast`` shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tvix_eval.errors import Source
from tvix_eval.syntax import nodes as n
from tvix_eval.vm.show import show_name, show_string

OPERATORS: Final = {
    n.EQ: "==",
    n.NEQ: "!=",
    n.AND: "&&",
    n.OR: "||",
    n.IMPL: "->",
    n.UPDATE: "//",
    n.CONCAT: "++",
}


def label(node: n.Node) -> str:
    """What kind of expression a node is, and what it has beside its children."""
    kind = type(node).__name__
    match node:
        case n.Int() | n.Float():
            return f"{kind} {node.value}"
        case n.Str():
            return f"{kind} {show_string(node.value)}"
        case n.PathLiteral():
            return f"Path {'~' if node.kind == n.PATH_HOME else ''}{node.text}"
        case n.Var():
            return f"{kind} {node.name}"
        case n.InheritFrom():
            return f"{kind} {node.index}"
        case n.Attrs():
            return f"{kind} rec" if node.recursive else kind
        case n.Lambda():
            return f"{kind} {node.name}" if node.name else kind
        case n.Binary():
            return f"{kind} {OPERATORS[int(node.op)]}"
        case n.ConcatStrings():
            return "Interpolation" if node.force_string else "Binary +"
    return kind


def children(node: n.Node) -> Iterator[tuple[str, n.Node]]:
    """What a node is made of, each with the part it plays, in the order of the source."""
    match node:
        case n.Select():
            yield "subject", node.subject
            yield from path_parts(node.path)
            if node.default is not None:
                yield "or", node.default
        case n.HasAttr():
            yield "subject", node.subject
            yield from path_parts(node.path)
        case n.Attrs():
            yield from bindings(node)
        case n.List():
            yield from (("", item) for item in node.items)
        case n.Lambda():
            if node.formals is not None:
                for formal in node.formals.formals:
                    if formal.default is not None:
                        yield f"{formal.name} ?", formal.default
            yield "body", node.body
        case n.Call():
            yield "function", node.function
            yield from (("argument", each) for each in node.args)
        case n.Let():
            yield from bindings(node.attrs)
            yield "in", node.body
        case n.With():
            yield "with", node.attrs
            yield "body", node.body
        case n.If():
            yield "if", node.condition
            yield "then", node.then
            yield "else", node.otherwise
        case n.Assert():
            yield "condition", node.condition
            yield "body", node.body
        case n.Not():
            yield "operand", node.operand
        case n.Binary():
            yield "left", node.left
            yield "right", node.right
        case n.ConcatStrings():
            yield from (("", part) for part in node.parts)


def path_parts(path: list[n.AttrName]) -> Iterator[tuple[str, n.Node]]:
    for part in path:
        if part.dynamic is not None:
            yield ".", part.dynamic
        else:
            yield "." + show_name(part.name), NAME


NAME: Final = n.Node(n.NO_POS)  # stands where a part is but a name


def bindings(attrs: n.Attrs) -> Iterator[tuple[str, n.Node]]:
    yield from (("inherit from", source) for source in attrs.sources)
    for name, definition in attrs.attrs.items():
        word = "" if definition.kind == n.PLAIN else "inherit "
        yield word + show_name(name) + " =", definition.value
    for dynamic in attrs.dynamic:
        yield "${", dynamic.name
        yield "} =", dynamic.value


def parameters(function: n.Lambda) -> str:
    """The pattern of a lambda as one writes it, but for its defaults."""
    formals = function.formals
    if formals is None:
        return f"{function.arg}:"
    names = [each.name + (" ?" if each.default is not None else "") for each in formals.formals]
    pattern = "{ " + ", ".join([*names, "..."] if formals.ellipsis else names) + " }"
    return f"{pattern} @ {function.arg}:" if function.arg else f"{pattern}:"


def show_tree(root: n.Node, source: Source) -> str:
    """One line for each node, indented under what it is part of, with its place."""
    lines: list[str] = []
    stack = [(0, "", root)]
    while stack:
        depth, role, node = stack.pop()
        words = [role] if role else []
        if node is not NAME:
            words.append(label(node))
        if isinstance(node, n.Lambda):
            words.append(parameters(node))
        if node.pos != n.NO_POS:
            line, column = source.line_and_column(node.pos)
            words.append(f"@ {line}:{column}")
        lines.append("  " * depth + " ".join(words))
        stack.extend((depth + 1, role, child) for role, child in reversed(list(children(node))))
    return "\n".join(lines)


def find_lambda(root: n.Node, pos: int) -> n.Lambda | None:
    """The function that begins at an offset."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, n.Lambda) and node.pos == pos:
            return node
        waiting.extend(child for _, child in children(node))
    return None
