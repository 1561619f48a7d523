"""The tree: positions, names of functions, symbols, documentation comments."""

from tvix_eval.syntax.nodes import NO_POS, Attrs, Call, ConcatStrings, Int, Lambda, List, Node, Select
from tvix_eval.syntax.parser import parse

from .support import PIPES, result


def root(text: str) -> Node:
    return result(text).root


def attr(node: Node, name: str) -> Node:
    assert isinstance(node, Attrs)
    return node.attrs[name].value


def function(node: Node) -> Lambda:
    assert isinstance(node, Lambda)
    return node


def call(node: Node) -> Call:
    assert isinstance(node, Call)
    return node


def test_symbols_are_in_the_order_of_the_reductions() -> None:
    assert result("x: y: z").symbol_names() == ["z", "y", "x"]
    assert result("{ a ? b, c }: d").symbol_names() == ["b", "a", "c", "d"]
    assert result("{ a ? b, c }@e: d").symbol_names() == ["b", "a", "c", "d", "e"]
    assert result('{ a.${b}."c" = d; inherit (e) f; }').symbol_names() == ["a", "b", "c", "d", "e", "f"]
    assert result("__curPos + -1").symbol_names() == []


def test_formals_are_in_the_order_of_the_symbols() -> None:
    def names(text: str, known: dict[str, int]) -> list[str]:
        node = result(text, known=known).root
        while not (isinstance(node, Lambda) and node.formals is not None):
            node = node.body if isinstance(node, Lambda) else call(node).args[0]
        return [formal.name for formal in node.formals.formals]

    assert names("{ b, a }: 1", {}) == ["b", "a"]
    assert names("{ b, a }: 1", {"a": 0}) == ["a", "b"]
    assert names("a (({ b, a }: 1))", {}) == ["a", "b"]


def test_functions_are_named_after_what_they_are_bound_to() -> None:
    node = root("{ f = x: { y }: 1; g.h = (z: 2); l = [ (x: 1) ]; ${d} = x: 1; }")
    first = function(attr(node, "f"))
    assert (first.name, function(first.body).name) == ("f", "f")
    assert function(attr(attr(node, "g"), "h")).name == "h"
    assert isinstance(node, Attrs) and function(node.dynamic[0].value).name == ""
    items = attr(node, "l")
    assert isinstance(items, List) and function(items.items[0]).name == ""


def test_documentation_comments() -> None:
    text = "{ /** one */ f = x: /* no */ y: 1; g = /** two */ x: /** three */ y: 1; /** four */ /* no */ h = 1; }"
    node = root(text)

    def doc(function: Node) -> str:
        assert isinstance(function, Lambda)
        return text[int(function.doc_start) : int(function.doc_end)]

    first, second = function(attr(node, "f")), function(attr(node, "g"))
    assert (doc(first), doc(first.body)) == ("/** one */", "/** one */")
    assert (doc(second), doc(second.body)) == ("/** two */", "/** three */")
    docs = result(text).docs
    assert text[slice(*docs[text.index("h =")])] == "/** four */"
    assert docs[text.index("x: /*")] == docs[text.index("f =")]


def test_no_documentation_comments() -> None:
    for text in "/**/ x: 1", "/***/ x: 1", "/* a */ x: 1", "/** a */ (x: 1)":
        node = root(text)
        assert function(node).doc_start == NO_POS


def test_positions() -> None:
    call = root(" (f a) b")
    assert isinstance(call, Call) and call.pos == 2 and len(call.args) == 2
    less = root("a  <  b")
    assert isinstance(less, Call) and less.pos == 3
    items = root("[ a 1 ]")
    assert isinstance(items, List) and items.pos == 2
    numbers = root("[ 1 a ]")
    assert numbers.pos == NO_POS
    concat = root('"x${a}y"')
    assert isinstance(concat, ConcatStrings) and (concat.pos, concat.positions) == (1, [1, 2, 6])
    path = root("./a${b}")
    assert isinstance(path, ConcatStrings) and (path.pos, path.positions) == (0, [0, 3])
    total = root("a + b")
    assert isinstance(total, ConcatStrings) and (total.pos, total.positions) == (2, [0, 4])
    assert root("!a").pos == 1 and root("a ? b").pos == 0 and root("a == b").pos == NO_POS
    nested = root("{ a.b = 1; }")
    assert nested.pos == 0 and attr(nested, "a").pos == NO_POS
    body = root("let { body = 1; }")
    assert isinstance(body, Select) and body.pos == NO_POS and body.subject.pos == 0


def test_integers_may_have_any_number_of_zeros() -> None:
    node = root("0" * 5000 + "12")
    assert isinstance(node, Int) and node.value == 12


def test_merged_sets_keep_their_sources_apart() -> None:
    node = root("{ a = { inherit (x) p q; }; a = { inherit (y) r s; inherit (z) t; }; }")
    inner = attr(node, "a")
    assert isinstance(inner, Attrs) and len(inner.sources) == 3
    indexes = {name: definition.value.subject.index for name, definition in inner.attrs.items()}  # type: ignore[attr-defined]
    assert indexes == {"p": 0, "q": 0, "r": 1, "s": 1, "t": 2}


def test_bindings_of_a_repl() -> None:
    node = parse("a = 1; inherit (b) c;", "repl", PIPES, repl=True).root
    assert isinstance(node, Attrs) and list(node.attrs) == ["a", "c"]
