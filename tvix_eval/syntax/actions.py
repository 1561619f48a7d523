"""What the reductions of the grammar do: the nodes of the tree, made bottom up.

`Cell` is an entry of the parser's stack. `Actions.reduce` gets the number of an action and
the first of the cells that a rule has matched, with its index, and turns that cell into the
result; its `begin` is already right. The values of a cell have a slot for each type, so
that none needs a check when it is taken out again.
"""

from __future__ import annotations

from tvix_eval.errors import NixError, ParseError, Source
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.attributes import Definer, set_doc
from tvix_eval.syntax.formals import check_formals
from tvix_eval.syntax.indentation import Piece, strip_indentation
from tvix_eval.syntax.literals import int_value, with_newlines
from tvix_eval.syntax.names import Name, Symbols
from tvix_eval.syntax.nodes import (
    AND,
    CONCAT,
    EQ,
    IMPL,
    INHERITED,
    INHERITED_FROM,
    NEQ,
    NO_POS,
    OR,
    PATH_ABSOLUTE,
    PATH_HOME,
    PATH_RELATIVE,
    UPDATE,
    Assert,
    AttrName,
    Attrs,
    Binary,
    Call,
    ConcatStrings,
    CurPos,
    Float,
    Formal,
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
from tvix_eval.syntax.settings import FATAL, IGNORE, ParseSettings, ParseWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

NO_NAME: Final = Name("")
NOTHING: Final = Node(NO_POS)
NO_ATTRS: Final = Attrs(NO_POS, False)
NO_NODES: Final[list[Node]] = []
NO_POSITIONS: Final[list[int]] = []
NO_NAMES: Final[list[str]] = []
NO_PATH: Final[list[AttrName]] = []
NO_PIECES: Final[list[Piece]] = []
NO_FORMALS: Final[list[Formal]] = []


class Cell:
    """A symbol of the grammar on the stack, with the state of the automaton below it.

    The slots that have a meaning depend on the symbol:

    - `ID`: `name`; another terminal with text: `text`; and `dynamic` is None
    - `expr` and its parts, `path_start`: `node`
    - `string`: `dynamic`, or `text` when that is None; `string_attr`, `attr`: the same with `name`
    - `interpolated`: `nodes` and `positions`; `indented`: `pieces`; `list`: `nodes`
    - `path`: `path`, or the one component, as `attr`, when that is empty
    - `bindings`: `attrs`; `names`: `names` and `positions`
    - `formals`: `formals`; `pattern`: `formals` and `ellipsis`; `formal`: `name` and `dynamic`
    """

    def __init__(self) -> None:
        self.below: i64 = 0
        self.begin: i64 = 0
        self.name: Name = NO_NAME
        self.text = ""
        self.node: Node = NOTHING
        self.dynamic: Node | None = None
        self.attrs: Attrs = NO_ATTRS
        self.nodes: list[Node] = NO_NODES
        self.positions: list[int] = NO_POSITIONS
        self.names: list[str] = NO_NAMES
        self.path: list[AttrName] = NO_PATH
        self.pieces: list[Piece] = NO_PIECES
        self.formals: list[Formal] = NO_FORMALS
        self.ellipsis = False


class Actions:
    """The actions, and what they gather: the symbols and the warnings.

    `docs` is the lexer's: see `Lexer`. Raises `ParseError`, or `NixError` for what Nix does
    not call a parse error.
    """

    def __init__(
        self,
        source: Source,
        settings: ParseSettings,
        symbols: Symbols,
        docs: dict[int, tuple[int, int]],
        warnings: list[ParseWarning],
    ) -> None:
        self.source: Final = source
        self.settings: Final = settings
        self.symbols: Final = symbols
        self.docs: Final = docs
        self.warnings: Final = warnings
        self.definer: Final = Definer(source, symbols)
        self.cells: list[Cell] = []

    def reduce(self, action: i64, first: Cell, base: i64) -> None:
        cells = self.cells
        begin = first.begin
        if action == t.A_PATH_ATTR_FIRST or action == t.A_PATH_STRING_FIRST:
            if first.dynamic is None:
                self.symbols.add(first.name)
            first.path = NO_PATH
        elif action == t.A_VARIABLE:
            if first.name.text == "__curPos":
                first.node = CurPos(begin)
            else:
                first.node = Var(begin, self.symbols.add(first.name))
        elif action == t.A_BINDING:
            self.bind(first.attrs, cells[base + 1], cells[base + 3])
        elif action == t.A_STRING:
            string = cells[base + 1]
            first.node = Str(string.text) if string.dynamic is None else string.dynamic
        elif action == t.A_CALL:
            argument = cells[base + 1].node
            first.node = call(begin, first.node, argument)
            self.warn_if_cursed(argument)
        elif action == t.A_SELECT:
            first.node = Select(begin, first.node, whole_path(cells[base + 2]), None)
        elif action == t.A_LIST_ITEM:
            item = cells[base + 1].node
            first.nodes.append(item)
            self.warn_if_cursed(item)
        elif action == t.A_FORMALS_MORE:
            formal = cells[base + 2]
            first.formals.append(Formal(formal.begin, formal.name.text, formal.dynamic))
        elif action == t.A_FORMAL:
            self.symbols.add(first.name)
            first.dynamic = None
        elif action == t.A_INDENTED_TEXT:
            piece = cells[base + 1]
            first.pieces.append(Piece(piece.begin, piece.text, self.is_escape(piece), None))
        elif action == t.A_BINDING_FIRST:
            attrs = Attrs(NO_POS, False)
            self.bind(attrs, first, cells[base + 2])
            first.attrs = attrs
        elif action == t.A_LIST_START:
            first.nodes = []
        elif action == t.A_LIST:
            items = cells[base + 1].nodes
            first.node = List(items[0].pos if items else NO_POS, items)
        elif action == t.A_ATTRS:
            attrs = cells[base + 1].attrs
            attrs.pos = begin
            first.node = attrs
        elif action == t.A_PATH_ATTR or action == t.A_PATH_STRING:
            component = cells[base + 2]
            if component.dynamic is None:
                self.symbols.add(component.name)
            path = whole_path(first)
            path.append(AttrName(component.name.text, component.dynamic))
            first.path = path
        elif action == t.A_PARENTHESIZED:
            node = cells[base + 1].node
            if isinstance(node, Call):
                node.cursed_or_end = NO_POS
            first.node = node
        elif action == t.A_STRING_EMPTY:
            first.dynamic = None
            first.text = ""
        elif action == t.A_STRING_INTERPOLATED:
            first.dynamic = ConcatStrings(begin, True, first.nodes, first.positions)
        elif action == t.A_INTERPOLATED_TEXT:
            part = cells[base + 1]
            first.nodes.append(Str(part.text))
            first.positions.append(int(part.begin))
        elif action == t.A_INTERPOLATED_EXPR:
            first.nodes.append(cells[base + 2].node)
            first.positions.append(int(cells[base + 1].begin))
        elif action == t.A_INTERPOLATED_START:
            first.nodes = [cells[base + 1].node]
            first.positions = [int(begin)]
        elif action == t.A_INTERPOLATED_TEXT_START:
            first.nodes = [Str(first.text), cells[base + 2].node]
            first.positions = [int(begin), int(cells[base + 1].begin)]
        elif action == t.A_ATTRS_EMPTY:
            first.node = Attrs(begin, False)
        elif action == t.A_REC:
            attrs = cells[base + 2].attrs
            attrs.pos = begin
            attrs.recursive = True
            first.node = attrs
        elif action == t.A_BINDINGS_EMPTY:
            first.attrs = Attrs(NO_POS, False)
        elif action == t.A_INT:
            first.node = Int(int_value(first.text))
        elif action == t.A_NAMES_START:
            first.names = []
            first.positions = []
        elif action == t.A_NAMES_ATTR:
            name = cells[base + 1]
            first.names.append(self.symbols.add(name.name))
            first.positions.append(int(name.begin))
        elif action == t.A_INHERIT:
            self.inherit(first.attrs, cells[base + 2])
        elif action == t.A_INHERIT_FROM:
            self.inherit_from(first.attrs, cells[base + 3], cells[base + 5])
        elif action == t.A_LAMBDA:
            body = cells[base + 2].node
            self.function(first, Lambda(begin, self.symbols.add(first.name), None, body))
        elif action == t.A_INDENTED_START:
            first.pieces = []
        elif action == t.A_INDENTED_EXPR:
            first.pieces.append(Piece(cells[base + 1].begin, "", False, cells[base + 2].node))
        elif action == t.A_INDENTED_STRING:
            first.node = strip_indentation(begin, cells[base + 1].pieces)
        elif action == t.A_ATTR_STRING:
            string = cells[base + 1]
            first.dynamic = string.dynamic
            first.name = Name(string.text)
        elif action == t.A_ATTR_DYNAMIC:
            node = cells[base + 1].node
            if isinstance(node, Str):
                first.dynamic = None
                first.name = Name(node.value)
            else:
                first.dynamic = node
        elif action == t.A_ATTR_OR:
            first.dynamic = None
            first.name = Name("or")
        elif action == t.A_FORMAL_DEFAULT:
            self.symbols.add(first.name)
            first.dynamic = cells[base + 2].node
        elif action == t.A_FORMALS_FIRST:
            first.formals = [Formal(begin, first.name.text, first.dynamic)]
        else:
            self.reduce_rare(action, first, base)

    def reduce_rare(self, action: i64, first: Cell, base: i64) -> None:
        """The rest of `reduce`: operators, keywords, patterns, paths."""
        cells = self.cells
        begin = first.begin
        if action == t.A_IF:
            first.node = If(begin, cells[base + 1].node, cells[base + 3].node, cells[base + 5].node)
        elif action == t.A_WITH:
            first.node = With(begin, cells[base + 1].node, cells[base + 3].node)
        elif action == t.A_ASSERT:
            first.node = Assert(begin, cells[base + 1].node, cells[base + 3].node)
        elif action == t.A_LET:
            attrs = cells[base + 1].attrs
            if attrs.dynamic:
                raise ParseError("dynamic attributes not allowed in let", begin + 1)
            first.node = Let(attrs, cells[base + 3].node)
        elif action == t.A_LET_BODY:
            attrs = cells[base + 2].attrs
            attrs.pos = begin
            attrs.recursive = True
            first.node = Select(NO_POS, attrs, [AttrName("body", None)], None)
        elif action == t.A_PATTERN_OPEN or action == t.A_PATTERN_CLOSED or action == t.A_PATTERN_COMMA:
            first.formals = cells[base + 1].formals
            first.ellipsis = action == t.A_PATTERN_OPEN
        elif action == t.A_PATTERN_ONLY_OPEN or action == t.A_PATTERN_EMPTY:
            first.formals = []
            first.ellipsis = action == t.A_PATTERN_ONLY_OPEN
        elif action == t.A_LAMBDA_PATTERN:
            self.pattern(first, first, None, cells[base + 2].node)
        elif action == t.A_LAMBDA_PATTERN_AT:
            self.pattern(first, first, cells[base + 2], cells[base + 4].node)
        elif action == t.A_LAMBDA_AT_PATTERN:
            self.pattern(first, cells[base + 2], first, cells[base + 4].node)
        elif action == t.A_SELECT_OR:
            default = cells[base + 4].node
            first.node = Select(begin, first.node, whole_path(cells[base + 2]), default)
            self.warn_if_cursed(default)
        elif action == t.A_CURSED_OR:
            cursed = Call(begin, first.node, [Var(begin, "or")])
            cursed.cursed_or_end = cells[base + 1].begin + 2
            first.node = cursed
        elif action == t.A_HAS_ATTR:
            first.node = HasAttr(first.node.pos, first.node, whole_path(cells[base + 2]))
        elif action == t.A_NOT:
            operand = cells[base + 1].node
            first.node = Not(operand.pos, operand)
        elif action == t.A_NEGATE:
            first.node = Call(begin, Var(NO_POS, "__sub"), [Int(0), cells[base + 1].node])
        elif action == t.A_NAMES_STRING:
            name = cells[base + 1]
            if name.dynamic is not None:
                raise ParseError("dynamic attributes not allowed in inherit", name.begin + 1)
            first.names.append(self.symbols.add(name.name))
            first.positions.append(int(name.begin))
        elif action == t.A_FLOAT:
            first.node = Float(float(first.text))
        elif action == t.A_PATH_TEXT:
            self.path_text(first)
        elif action == t.A_PATH_HOME:
            self.path_home(first)
        elif action == t.A_PATH_INTERPOLATED:
            parts = cells[base + 1]
            parts.nodes.insert(0, first.node)
            parts.positions.insert(0, int(begin))
            first.node = ConcatStrings(begin, False, parts.nodes, parts.positions)
        elif action == t.A_SEARCH_PATH:
            arguments = [Var(NO_POS, "__nixPath"), Str(first.text[1:-1])]
            first.node = Call(begin, Var(NO_POS, "__findFile"), arguments)
        elif action == t.A_URI:
            self.uri(first)
        elif action == t.A_REPL_BINDINGS:
            first.node = cells[base + 1].attrs
        elif action != t.A_PATH_LITERAL:
            self.operator(action, first, cells[base + 1].begin, cells[base + 2])

    def operator(self, action: i64, first: Cell, pos: i64, second: Cell) -> None:
        """The binary operators, those that Nix makes calls of among them."""
        left = first.node
        right = second.node
        if action == t.A_ADD:
            positions = [int(first.begin), int(second.begin)]
            first.node = ConcatStrings(pos, False, [left, right], positions)
        elif action == t.A_UPDATE:
            first.node = Binary(pos, UPDATE, left, right)
        elif action == t.A_CONCAT:
            first.node = Binary(pos, CONCAT, left, right)
        elif action == t.A_EQUAL:
            first.node = Binary(NO_POS, EQ, left, right)
        elif action == t.A_NOT_EQUAL:
            first.node = Binary(NO_POS, NEQ, left, right)
        elif action == t.A_AND:
            first.node = Binary(pos, AND, left, right)
        elif action == t.A_OR:
            first.node = Binary(pos, OR, left, right)
        elif action == t.A_IMPLIES:
            first.node = Binary(pos, IMPL, left, right)
        elif action == t.A_LESS:
            first.node = Call(pos, Var(NO_POS, "__lessThan"), [left, right])
        elif action == t.A_GREATER:
            first.node = Call(pos, Var(NO_POS, "__lessThan"), [right, left])
        elif action == t.A_LESS_EQUAL:
            first.node = Not(pos, Call(pos, Var(NO_POS, "__lessThan"), [right, left]))
        elif action == t.A_GREATER_EQUAL:
            first.node = Not(pos, Call(pos, Var(NO_POS, "__lessThan"), [left, right]))
        elif action == t.A_SUBTRACT:
            first.node = Call(pos, Var(NO_POS, "__sub"), [left, right])
        elif action == t.A_MULTIPLY:
            first.node = Call(pos, Var(NO_POS, "__mul"), [left, right])
        elif action == t.A_DIVIDE:
            first.node = Call(pos, Var(NO_POS, "__div"), [left, right])
        elif action == t.A_PIPE_FROM:
            first.node = call(pos, left, right)
        else:
            first.node = call(pos, right, left)

    # ---- Names and attributes -------------------------------------------------------

    def bind(self, attrs: Attrs, path: Cell, value: Cell) -> None:
        """``path = value;``, documented by a comment before it."""
        node = value.node
        if path.path or path.dynamic is not None:
            self.definer.define(attrs, whole_path(path), node, path.begin)
        elif not self.definer.define_name(attrs, path.name.text, node, path.begin):
            name = path.name.text
            self.definer.combine(attrs.attrs[name], node, [name], path.begin)
        if self.docs:
            doc = self.docs.get(int(path.begin))
            if doc is not None:
                if isinstance(node, Lambda):
                    set_doc(node, doc[0], doc[1])
                if int(value.begin) not in self.docs:
                    self.docs[int(value.begin)] = doc

    def inherit(self, attrs: Attrs, names: Cell) -> None:
        for index, name in enumerate(names.names):
            pos: i64 = names.positions[index]
            self.definer.inherit(attrs, name, INHERITED, Var(pos, name), pos)

    def inherit_from(self, attrs: Attrs, source: Cell, names: Cell) -> None:
        number = len(attrs.sources)
        attrs.add_source(source.node)
        for index, name in enumerate(names.names):
            pos: i64 = names.positions[index]
            value = Select(pos, InheritFrom(source.begin, number), [AttrName(name, None)], None)
            self.definer.inherit(attrs, name, INHERITED_FROM, value, pos)

    # ---- Functions ------------------------------------------------------------------

    def function(self, first: Cell, function: Lambda) -> None:
        """A function that begins at `first`, documented by a comment before it."""
        if self.docs:
            doc = self.docs.get(int(first.begin))
            if doc is not None:
                set_doc(function, doc[0], doc[1])
        first.node = function

    def pattern(self, first: Cell, pattern: Cell, name: Cell | None, body: Node) -> None:
        """A function with a pattern, and with `name` after or before ``@``."""
        arg = None if name is None else self.symbols.add(name.name)
        formals = check_formals(pattern.formals, pattern.ellipsis, arg or "", first.begin, self.symbols)
        self.function(first, Lambda(first.begin, arg, formals, body))

    # ---- Literals -------------------------------------------------------------------

    def is_escape(self, piece: Cell) -> bool:
        """Whether a part of an indented string is not the text as written."""
        text = piece.text
        return text == "$" or text == "'" or self.source.text.startswith("''", int(piece.begin))

    def path_text(self, first: Cell) -> None:
        text = first.text
        if text[0] == "/":
            if self.settings.lint_absolute_path_literals != IGNORE:
                self.lint_absolute(first, "absolute")
            first.node = PathLiteral(NO_POS, text, PATH_ABSOLUTE)
        else:
            if text[0] != "." and self.settings.lint_short_path_literals != IGNORE:
                self.lint(
                    self.settings.lint_short_path_literals,
                    f"relative path literal '{text}' should be prefixed with '.' for clarity: './{text}'"
                    " (lint-short-path-literals)",
                    first.begin,
                )
            first.node = PathLiteral(NO_POS, text, PATH_RELATIVE)

    def path_home(self, first: Cell) -> None:
        if self.settings.pure_eval:
            raise NixError(f"the path '{first.text}' can not be resolved in pure mode")
        if self.settings.lint_absolute_path_literals != IGNORE:
            self.lint_absolute(first, "home")
        first.node = PathLiteral(NO_POS, first.text[1:], PATH_HOME)

    def uri(self, first: Cell) -> None:
        level = self.settings.lint_url_literals
        if level != IGNORE:
            verdict = "disallowed" if level == FATAL else "discouraged"
            self.lint(
                level,
                f'URL literals are {verdict}. Consider using a string literal "{first.text}" instead'
                " (lint-url-literals)",
                first.begin,
            )
        first.node = Str(first.text)

    # ---- Warnings -------------------------------------------------------------------

    def lint_absolute(self, first: Cell, kind: str) -> None:
        self.lint(
            self.settings.lint_absolute_path_literals,
            f"{kind} path literals are not portable. Consider replacing path literal '{first.text}' "
            "by a string, relative path, or parameter (lint-absolute-path-literals)",
            first.begin,
        )

    def lint(self, level: str, text: str, pos: i64) -> None:
        if level == FATAL:
            raise ParseError(text, pos + 1)
        self.warnings.append(ParseWarning(pos, text))

    def warn_if_cursed(self, node: Node) -> None:
        """Warn of ``x or`` where treating `or` as a name would change what it applies to."""
        if not isinstance(node, Call) or node.cursed_or_end == NO_POS:
            return
        line, column = self.source.line_and_column(node.pos)
        self.warnings.append(
            ParseWarning(
                NO_POS,
                f"at {self.source.name}:{line}:{column}: This expression uses `or` as an identifier "
                "in a way that will change in a future Nix release.\n"
                "Wrap this entire expression in parentheses to preserve its current meaning:\n"
                f"    ({with_newlines(self.source.text[int(node.pos) : int(node.cursed_or_end)])})\n"
                "Give feedback at https://github.com/NixOS/nix/pull/11121",
            )
        )


def whole_path(cell: Cell) -> list[AttrName]:
    """The components of a `path`, which has a list only when there are several."""
    return cell.path or [AttrName(cell.name.text, cell.dynamic)]


def call(pos: i64, function: Node, argument: Node) -> Node:
    """``function argument``: one more argument when the function is itself a call."""
    if isinstance(function, Call):
        function.args.append(argument)
        return function
    return Call(pos, function, [argument])
