"""A tree as text, as ``nix-instantiate --parse`` prints it and failed assertions quote it.

The text is canonical rather than pretty: everything is in parentheses, sets are sorted,
operators that are calls show as calls. What is still to be printed is kept on a list, so
that no depth of nesting overflows the native stack.
"""

from __future__ import annotations

from tvix_eval.syntax.names import show_name, show_string
from tvix_eval.syntax.nodes import (
    INHERITED,
    INHERITED_FROM,
    PATH_ABSOLUTE,
    PATH_HOME,
    PLAIN,
    Assert,
    AttrName,
    Attrs,
    Binary,
    Call,
    ConcatStrings,
    CurPos,
    Float,
    Formals,
    HasAttr,
    If,
    InheritFrom,
    Int,
    Lambda,
    Let,
    List,
    Node,
    Not,
    PathLiteral,
    Select,
    Str,
    Var,
    With,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

OPERATORS: Final = ("==", "!=", "&&", "||", "->", "//", "++")


PATH_MARK: Final = "\0"  # around a path in a relocatable text, with its kind in front


def show_relocatable(node: Node, most: int = 0) -> str:
    """The text of a tree in which paths are left as written, for `relocate` to make absolute.

    `most`: see `show`.
    """
    return show(node, PATH_MARK, PATH_MARK, most)


def relocate(text: str, base_dir: str, home: str) -> str:
    """What `show` would have said, from what `show_relocatable` did."""
    if PATH_MARK not in text:
        return text
    parts = text.split(PATH_MARK)
    for at in range(1, len(parts), 2):
        literal = PathLiteral(0, parts[at][1:], int(parts[at][0]))
        parts[at] = absolute_path(literal, base_dir, home)
    return "".join(parts)


def show(node: Node, base_dir: str, home: str, most: int = 0) -> str:
    """The text of a tree. Relative paths are relative to `base_dir`; `home` is the home
    directory. What has more than `most` pieces is cut, if that is not 0."""
    shown: list[str] = []
    pending: list[Node | str] = [node]
    while pending:
        if most and len(shown) >= most:
            shown.append("\xe2\x80\xa6")
            break
        item = pending.pop()
        if isinstance(item, str):
            shown.append(item)
        elif isinstance(item, PathLiteral):
            shown.append(absolute_path(item, base_dir, home))
        else:
            parts = parts_of(item)
            parts.reverse()
            pending.extend(parts)
    return "".join(shown)


def absolute_path(literal: PathLiteral, base_dir: str, home: str) -> str:
    """The path that a literal stands for. The "/" at its end, if any, is kept."""
    if base_dir == PATH_MARK:
        return PATH_MARK + str(literal.kind) + literal.text + PATH_MARK
    if literal.kind == PATH_HOME:
        return home + literal.text
    path = literal.text if literal.kind == PATH_ABSOLUTE else base_dir + "/" + literal.text
    components: list[str] = []
    for component in path.split("/"):
        if component == "..":
            if components:
                components.pop()
        elif component and component != ".":
            components.append(component)
    slash = "/" if len(literal.text) > 1 and literal.text.endswith("/") else ""
    return "/" + "/".join(components) + slash


def parts_of(node: Node) -> list[Node | str]:
    """A node as texts and nodes."""
    if isinstance(node, Int):
        return [str(node.value)]
    if isinstance(node, Float):
        return [f"{node.value:g}"]
    if isinstance(node, Str):
        return [show_string(node.value)]
    if isinstance(node, Var):
        return [show_name(node.name)]
    if isinstance(node, CurPos):
        return ["__curPos"]
    if isinstance(node, Select):
        parts: list[Node | str] = ["(", node.subject, ")."]
        add_path(parts, node.path)
        if node.default is not None:
            parts += [" or (", node.default, ")"]
        return parts
    if isinstance(node, HasAttr):
        parts = ["((", node.subject, ") ? "]
        add_path(parts, node.path)
        parts.append(")")
        return parts
    if isinstance(node, Attrs):
        parts = ["rec { " if node.recursive else "{ "]
        add_bindings(parts, node)
        parts.append("}")
        return parts
    if isinstance(node, List):
        parts = ["[ "]
        for item in node.items:
            parts += ["(", item, ") "]
        parts.append("]")
        return parts
    if isinstance(node, Lambda):
        return lambda_parts(node)
    if isinstance(node, Call):
        parts = ["(", node.function]
        for argument in node.args:
            parts += [" ", argument]
        parts.append(")")
        return parts
    if isinstance(node, Let):
        parts = ["(let "]
        add_bindings(parts, node.attrs)
        parts += ["in ", node.body, ")"]
        return parts
    if isinstance(node, With):
        return ["(with ", node.attrs, "; ", node.body, ")"]
    if isinstance(node, If):
        return ["(if ", node.condition, " then ", node.then, " else ", node.otherwise, ")"]
    if isinstance(node, Assert):
        return ["assert ", node.condition, "; ", node.body]
    if isinstance(node, Not):
        return ["(! ", node.operand, ")"]
    if isinstance(node, Binary):
        return ["(", node.left, " " + OPERATORS[node.op] + " ", node.right, ")"]
    assert isinstance(node, ConcatStrings)
    parts = ["("]
    for index, part in enumerate(node.parts):
        if index > 0:
            parts.append(" + ")
        parts.append(part)
    parts.append(")")
    return parts


def add_path(parts: list[Node | str], path: list[AttrName]) -> None:
    for index, component in enumerate(path):
        if index > 0:
            parts.append(".")
        if component.dynamic is None:
            parts.append(show_name(component.name))
        else:
            parts += ['"${', component.dynamic, '}"']


def add_bindings(parts: list[Node | str], node: Attrs) -> None:
    """The definitions of a set: inherited ones by source, then the others, each sorted by
    name, then the dynamic ones as they came."""
    names = sorted(node.attrs)
    inherited = [name for name in names if node.attrs[name].kind == INHERITED]
    if inherited:
        parts.append("inherit " + " ".join([show_name(name) for name in inherited]) + "; ")
    groups: dict[int, list[str]] = {}
    for name in names:
        if node.attrs[name].kind == INHERITED_FROM:
            groups.setdefault(source_of(node.attrs[name].value), []).append(show_name(name))
    for index in sorted(groups):
        parts += ["inherit (", node.sources[index], ") " + " ".join(groups[index]) + "; "]
    for name in names:
        if node.attrs[name].kind == PLAIN:
            parts += [show_name(name) + " = ", node.attrs[name].value, "; "]
    for attr in node.dynamic:
        parts += ['"${', attr.name, '}" = ', attr.value, "; "]


def source_of(value: Node) -> int:
    """The index of the source that an inherited attribute comes from."""
    assert isinstance(value, Select)
    subject = value.subject
    assert isinstance(subject, InheritFrom)
    return int(subject.index)


def lambda_parts(node: Lambda) -> list[Node | str]:
    parts: list[Node | str] = ["("]
    if node.formals is not None:
        add_formals(parts, node.formals)
        if node.arg is not None:
            parts.append(" @ ")
    if node.arg is not None:
        parts.append(show_name(node.arg))
    parts += [": ", node.body, ")"]
    return parts


def add_formals(parts: list[Node | str], formals: Formals) -> None:
    """A pattern, sorted by name."""
    parts.append("{ ")
    by_name = {formal.name: formal for formal in formals.formals}
    for index, name in enumerate(sorted(by_name)):
        parts.append((", " if index > 0 else "") + show_name(name))
        default = by_name[name].default
        if default is not None:
            parts += [" ? ", default]
    if formals.ellipsis:
        parts.append(", ..." if by_name else "...")
    parts.append(" }")
