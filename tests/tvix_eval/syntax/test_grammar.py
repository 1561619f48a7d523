"""Plain Lark over the same grammar: what it accepts, and the shape of its trees.

`Renderer` turns a tree of Lark's into the canonical text of the expression by rules of its
own, for expressions without definitions that must be merged.
"""

from __future__ import annotations

import pytest
from lark import Token, Tree

from tvix_eval.errors import NixError, ParseError
from tvix_eval.grammar import parse_tree
from tvix_eval.syntax.literals import unescape
from tvix_eval.syntax.names import show_name, show_string

from .support import result, shown

SNIPPETS = [
    "1 + 2 * 3 - 4 / 5",
    "a == b && !c || d -> e != f",
    "a // b // c ++ d ++ e",
    "-a.b or c * !d ? e.f",
    "- - a < b == c >= d",
    "f x y (g z) [ a.b (c d) ] or",
    "x |> f |> g",
    "f <| g <| x",
    "x: { a, b ? 1, ... }@c: d@{ }: { ... }: a",
    "if a then b else assert c; with d; e",
    "let a = 1; b = a; in rec { c = 1; inherit d e; inherit (f) g h; }",
    '{ a.b.c = 1; d.${e} = 2; ${f} = 3; "0 h" = 4; or = 5; }',
    '"a${b}c" + "${d}" + "" + "\\n${"e"}$"',
    "[ ./a /b ~/c <d/e> x:y ./f/${g}h ]",
    "[ 1.5 .5 007 __curPos ]",
    "let { body = a; a = 1; }",
    "((a))",
]

OPERATORS = {
    "equal": "==",
    "not_equal": "!=",
    "and": "&&",
    "or": "||",
    "implies": "->",
    "update": "//",
    "concat": "++",
    "add": "+",
}
CALLS = {"subtract": "__sub", "multiply": "__mul", "divide": "__div", "less": "__lessThan"}


class Renderer:
    """The canonical text of a tree, with /base and /home for the directories."""

    def text(self, tree: Tree[Token]) -> str:
        name, parts = tree.data, tree.children
        if name in OPERATORS:
            return f"({self.child(tree, 0)} {OPERATORS[name]} {self.child(tree, 1)})"
        if name in CALLS:
            return f"({CALLS[name]} {self.child(tree, 0)} {self.child(tree, 1)})"
        if name == "greater_equal":
            return f"(! (__lessThan {self.child(tree, 0)} {self.child(tree, 1)}))"
        if name == "negate":
            return f"(__sub 0 {self.child(tree, 0)})"
        if name == "not":
            return f"(! {self.child(tree, 0)})"
        if name in ("variable", "parenthesized"):
            return str(parts[0]) if name == "variable" else self.child(tree, 0)
        if name in ("int", "float"):
            return f"{float(str(parts[0])):g}"
        if name == "uri":
            return show_string(str(parts[0]))
        if name == "search_path":
            return f"(__findFile __nixPath {show_string(str(parts[0])[1:-1])})"
        if name in ("path_literal", "path_text", "path_home"):
            return self.path(tree)
        if name == "path_interpolated":
            return "(" + " + ".join([self.child(tree, 0), *self.pieces(self.sub(tree, 1))]) + ")"
        if name == "string":
            return self.string(self.sub(tree, 0))
        if name in ("call", "pipe_from", "pipe_into"):
            return self.call(tree)
        if name == "cursed_or":
            return f"({self.child(tree, 0)} or)"
        if name in ("select", "select_or"):
            default = f" or ({self.child(tree, 3)})" if name == "select_or" else ""
            return f"({self.child(tree, 0)}).{self.path_text(self.sub(tree, 1))}{default}"
        if name == "has_attr":
            return f"(({self.child(tree, 0)}) ? {self.path_text(self.sub(tree, 1))})"
        if name == "list":
            return "[ " + "".join(f"({item}) " for item in self.items(self.sub(tree, 0))) + "]"
        if name == "if":
            return f"(if {self.child(tree, 0)} then {self.child(tree, 1)} else {self.child(tree, 2)})"
        if name == "assert":
            return f"assert {self.child(tree, 0)}; {self.child(tree, 1)}"
        if name == "with":
            return f"(with {self.child(tree, 0)}; {self.child(tree, 1)})"
        if name == "let":
            return f"(let {self.bindings(self.sub(tree, 0))}in {self.child(tree, 1)})"
        if name == "let_body":
            return f"(rec {{ {self.bindings(self.sub(tree, 0))}}}).body"
        if name in ("rec", "attrs"):
            return f"{'rec ' if name == 'rec' else ''}{{ {self.bindings(self.sub(tree, 0))}}}"
        return self.function(tree)

    def sub(self, tree: Tree[Token], index: int) -> Tree[Token]:
        child = tree.children[index]
        assert isinstance(child, Tree)
        return child

    def child(self, tree: Tree[Token], index: int) -> str:
        return self.text(self.sub(tree, index))

    def path(self, tree: Tree[Token]) -> str:
        if tree.data == "path_literal":
            return self.child(tree, 0)
        text = str(tree.children[0])
        if tree.data == "path_home":
            return "/home" + text[1:]
        return text if text.startswith("/") else "/base/" + text.removeprefix("./")

    def call(self, tree: Tree[Token]) -> str:
        function, argument = self.child(tree, 0), self.child(tree, 1)
        callee = self.sub(tree, 0)
        if tree.data == "pipe_into":
            function, argument, callee = argument, function, self.sub(tree, 1)
        return f"{function[:-1]} {argument})" if callee.data == "call" else f"({function} {argument})"

    def items(self, tree: Tree[Token]) -> list[str]:
        return [] if tree.data == "list_start" else [*self.items(self.sub(tree, 0)), self.child(tree, 1)]

    def string(self, tree: Tree[Token]) -> str:
        if tree.data == "string_interpolated":
            return "(" + " + ".join(self.pieces(self.sub(tree, 0))) + ")"
        return show_string(unescape(str(tree.children[0])) if tree.children else "")

    def pieces(self, tree: Tree[Token]) -> list[str]:
        pieces = []
        for part in tree.children:
            if isinstance(part, Token):
                if part.type == "STRING_TEXT":
                    pieces.append(show_string(unescape(str(part))))
            elif str(part.data).startswith("interpolated"):
                pieces += self.pieces(part)
            else:
                pieces.append(self.text(part))
        return pieces

    def component(self, tree: Tree[Token]) -> str:
        if tree.data == "attr_dynamic":
            return '"${' + self.child(tree, 0) + '}"'
        if tree.data == "attr_string":
            return show_name(str(self.sub(tree, 0).children[0]))
        return show_name(str(tree.children[0]))

    def components(self, tree: Tree[Token]) -> list[str]:
        if len(tree.children) == 1:
            return [self.component(self.sub(tree, 0))]
        return [*self.components(self.sub(tree, 0)), self.component(self.sub(tree, 1))]

    def path_text(self, tree: Tree[Token]) -> str:
        return ".".join(self.components(tree))

    def bindings(self, tree: Tree[Token]) -> str:
        """Sorted: inherited, inherited from, plain, dynamic."""
        found = sorted(self.definitions(tree))
        return "".join(text for _, text in found)

    def definitions(self, tree: Tree[Token]) -> list[tuple[int, str]]:
        if tree.data == "bindings_empty":
            return []
        *before, last = tree.children
        assert isinstance(last, Tree)
        if tree.data == "inherit":
            names = " ".join(sorted(self.names(last)))
            return [*self.definitions(self.sub(tree, 0)), (0, f"inherit {names}; ")]
        if tree.data == "inherit_from":
            names = " ".join(sorted(self.names(last)))
            return [*self.definitions(self.sub(tree, 0)), (1, f"inherit ({self.child(tree, 1)}) {names}; ")]
        earlier = self.definitions(self.sub(tree, 0)) if tree.data == "binding" else []
        path = before[-1]
        assert isinstance(path, Tree)
        first, *rest = self.components(path)
        value = self.text(last)
        for component in reversed(rest):
            value = f"{{ {component} = {value}; }}"
        return [*earlier, (3 if first.startswith('"${') else 2, f"{first} = {value}; ")]

    def names(self, tree: Tree[Token]) -> list[str]:
        if tree.data == "names_start":
            return []
        return [*self.names(self.sub(tree, 0)), self.component(self.sub(tree, 1))]

    def function(self, tree: Tree[Token]) -> str:
        name, parts = tree.data, list(tree.children)
        body = self.child(tree, -1)
        if name == "lambda":
            return f"({parts[0]}: {body})"
        pattern = parts[1] if name == "lambda_at_pattern" else parts[0]
        assert isinstance(pattern, Tree)
        arg = {"lambda_at_pattern": 0, "lambda_pattern_at": 1}.get(name)
        formals = self.formals(pattern.children[0]) if pattern.children else []
        formals = sorted(formals) + (["..."] if str(pattern.data).endswith("open") else [])
        return f"({{ {', '.join(formals)} }}{'' if arg is None else f' @ {parts[arg]}'}: {body})"

    def formals(self, tree: Tree[Token] | Token) -> list[str]:
        if isinstance(tree, Token):
            return []
        if tree.data == "formal":
            return [str(tree.children[0])]
        if tree.data == "formal_default":
            return [f"{tree.children[0]} ? {self.child(tree, 1)}"]
        return [text for child in tree.children for text in self.formals(child)]


@pytest.mark.parametrize("text", SNIPPETS)
def test_both_engines_see_the_same_expression(text: str) -> None:
    assert Renderer().text(parse_tree(text.encode())) == shown(text)


@pytest.mark.parametrize("text", SNIPPETS)
def test_both_engines_accept_the_same_prefixes(text: str) -> None:
    for size in range(len(text)):
        for prefix in (text[:size], text[:size] + ")", text[:size] + " or" + text[size:]):
            assert accepts_tree(prefix) == accepts(prefix), prefix


def accepts(text: str) -> bool:
    try:
        result(text)
    except NixError:
        return False
    return True


def accepts_tree(text: str) -> bool:
    try:
        parse_tree(text.encode())
    except NixError:
        return False
    return True


def test_errors_of_the_second_engine() -> None:
    with pytest.raises(ParseError) as caught:
        parse_tree(b"1 == 2 == 3")
    assert caught.value.pos == 8
    with pytest.raises(ParseError, match="invalid token"):
        parse_tree(b"\xff")
