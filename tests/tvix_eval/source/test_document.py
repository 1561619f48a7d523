"""Texts as tools see them: tokens, trees, mistakes, names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tvix_eval.source import FIELDS, NODE_KINDS, Document, Lines, Node, Span, Token, Trivia
from tvix_eval.source.tree import KINDS
from tvix_eval.syntax import tables as t

RIGHT = [
    "1",
    " # c\n[ 1 2.5 <a/b> ./x/${y}/z ~/a http://a.b /* d */ ]\n",
    "let /** says */ a = { b.c = 1; inherit (x) y z; inherit; }; in a.b.c or d ? e",
    "{ a, b ? 1, ... } @ c: assert a; with b; if a then -b else !c",
    "''\n  a ${b} ''${c} '''\n'' + \"x\\\"${\"y\"}\" + \"\"",
    'rec { "a b" = 1; ${c} = 2; } // let { body = 1; } // { } ++ [ ] -> a |> b',
    '"€ 𝄞" # é 𝄞',
]
WRONG = [
    "",
    "{",
    "a = 1",
    "{ a = ; b = 2; }",
    "[ 1 ) 2",
    '"a ${',
    "''",
    "let in",
    "§ 1",
    "a/",
    "\0",
    '"\0"',
    "1.0e999",
    "99999999999999999999",
    "/* a",
    "é é",
    '"\\',
]


def check(document: Document) -> None:
    assert (
        "".join(token.full_text() for token in document.tokens).encode("utf-8", "surrogateescape")
        == document.data
    )
    at = 0
    for token in document.tokens:
        parts: list[Trivia | Token] = [*token.leading, token]
        for each in parts:
            assert each.begin == at
            at = each.end
    for node in document.tree.walk() if document.tree is not None else ():
        at = node.begin
        for child in node.children:
            assert at <= child.begin <= child.end <= node.end
            at = child.end


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right(text: str) -> None:
    document = Document(text)
    check(document)
    assert document.problems == []
    assert document.tree is not None
    assert list(document.tree.tokens()) == document.tokens[:-1]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong(text: str) -> None:
    document = Document(text)
    check(document)
    assert document.problems != []
    assert all(0 <= each.begin <= each.end <= len(document.data) for each in document.problems)


@given(
    st.binary(max_size=40)
    | st.lists(
        st.sampled_from(
            "a b . = ; { } [ ] ( ) \" '' ${ : , ? let in with rec inherit if then else or a/b 1".split()
        )
    ).map(" ".join)
)
def test_any_text(text: bytes | str) -> None:
    document = Document(text)
    check(document)
    assert document.tree is not None or document.problems
    document.undefined()
    document.names.visible_at(len(document.data) // 2)


def test_a_deep_text() -> None:
    check(Document("[" * 20000 + "]" * 20000))
    check(Document("[" * 2000 + "}" * 100))


def test_all_rules_are_kinds_with_fields() -> None:
    merged = {
        *(
            "binding_first",
            "formals_more",
            "indented_expr",
            "indented_start",
            "indented_text",
            "interpolated_text",
        ),
        *("interpolated_text_start", "list_item", "names_attr", "names_string", "path_attr", "path_string"),
        *("path_string_first", "repl_bindings"),
    }
    assert set(KINDS.values()) - merged == NODE_KINDS
    assert t.A_LET in KINDS


@pytest.mark.parametrize(
    ("text", "field", "part"),
    [
        ("let a = 1; in b", "body", "b"),
        ("if a then b else c", "else", "c"),
        ("{ a }: b", "pattern", "{ a }"),
        ("{ a } @ x: b", "parameter", "x"),
        ("x @ { a }: b", "pattern", "{ a }"),
        ("a.b.c or d", "path", "b.c"),
        ("a.b or d", "default", "d"),
        ("a b c", "function", "a b"),
        ("a -> b", "right", "b"),
        ("rec { a = 1; }", "bindings", "a = 1;"),
        ("[ 1 2 ]", "items", "1 2"),
    ],
)
def test_fields(text: str, field: str, part: str) -> None:
    document = Document(text)
    assert document.tree is not None
    found = document.tree.field(field)
    assert document.slice(found.begin, found.end) == part


def test_every_field_is_there() -> None:
    for text in RIGHT:
        tree = Document(text).tree
        assert tree is not None
        for node in tree.walk():
            for name in FIELDS[node.kind]:
                node.field(name)


def test_recovery_keeps_what_is_around() -> None:
    document = Document("{ a = ; b = 2; c = [ 3; d = 4 }")
    assert document.tree is not None
    bindings = [
        document.text_of(node.node("path")) for node in document.tree.walk() if node.kind == "binding"
    ]
    assert bindings == ["a", "b", "c", "d"]
    assert [document.slice(each.begin, each.end) for each in document.problems] == [";", ";", "}"]


def test_documentation() -> None:
    document = Document(
        "{\n  /**\n    First.\n\n      More.\n  */\n  a = 1;\n  b = /** A function. */ x: x;\n}"
    )
    assert document.tree is not None
    kinds = {node.kind: document.documentation(node) for node in document.tree.walk()}
    assert kinds["lambda"] == "A function."
    first = next(node for node in document.tree.walk() if node.kind == "binding")
    assert document.documentation(first) == "First.\n\n  More."


def named(document: Document, spans: list[Span]) -> list[tuple[str, int]]:
    return [(document.text_of(span), span.begin) for span in spans]


def test_definitions_and_references() -> None:
    document = Document("let a = 1; f = { x, y ? x }@all: x + a; in rec { inherit a; b = a; }")
    names = document.names
    assert sorted((each.name, each.kind) for each in names.definitions) == [
        *[("a", "let"), ("a", "rec"), ("all", "whole"), ("b", "rec"), ("f", "let")],
        *[("x", "formal"), ("y", "formal")],
    ]
    outer = names.definition_at(4)
    assert outer is not None and outer.kind == "let" and outer.span == Span(4, 5)
    assert named(document, sorted(outer.references)) == [("a", 37), ("a", 57)]
    last = names.definition_at(len("let a = 1; f = { x, y ? x }@all: x + a; in rec { inherit a; b = a"))
    assert last is not None and last.kind == "rec"
    assert names.definition_at(len("let")) is None


def test_what_is_visible() -> None:
    document = Document("let a = 1; in with a; x: { b = x; c = rec { d = 1; }; }")
    offset = document.data.index(b"b = x") + 4
    assert sorted(document.names.visible_at(offset)) == ["a", "x"]
    assert [document.text_of(each.node("set")) for each in document.names.withs_at(offset)] == ["a"]
    inner = document.data.index(b"d = 1") + 4
    assert sorted(document.names.visible_at(inner)) == ["a", "d", "x"]


def test_undefined_variables() -> None:
    document = Document("[ a (with b; c) true builtins __add ]")
    assert [each.message for each in document.undefined()] == [
        "undefined variable 'a'",
        "undefined variable 'b'",
    ]
    assert [document.text_of(span) for span in document.names.free] == ["c", "true", "builtins", "__add"]


def test_places() -> None:
    lines = Lines("a𝄞b\r\né€\n".encode())
    assert lines.to_utf16(5) == (0, 3)
    assert lines.from_utf16(0, 3) == 5
    assert lines.to_characters(5) == (1, 3)
    assert lines.from_characters(2, 2) == 10
    assert lines.from_utf16(0, 99) == 6
    assert lines.from_utf16(99, 0) == 14
    assert lines.from_characters(0, 0) == 0


def test_nodes_say_where_they_are() -> None:
    tree = Document("{ a = b.c; }").tree
    assert tree is not None
    assert [node.kind for node in tree.path_to(6)] == [
        *("attrs", "bindings", "binding", "select", "variable"),
    ]
    assert [node.kind for node in tree.path_to(6)[-1].ancestors()] == [
        "select",
        "binding",
        "bindings",
        "attrs",
    ]
    assert isinstance(tree.field("bindings"), Node)
