"""The grammar as Lark sees it, for people who want a tree, and for the table generator.

Lark has no operator precedence for LALR: it resolves every shift/reduce conflict silently
as a shift. `PrecedenceAnalyzer` resolves them as yacc does, by the `//%` comments of
nix.lark, and refuses what they do not settle.

`parse_tree` is a second, slow engine over the same grammar and the same lexer as
`tvix_eval.syntax.parser`; it builds no nodes and checks no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from lark import Lark, Token, Tree
from lark.common import LexerConf, ParserConf
from lark.exceptions import GrammarError, UnexpectedInput
from lark.grammar import Rule
from lark.lexer import Lexer as LarkLexer
from lark.lexer import LexerState
from lark.parsers.lalr_analysis import IntParseTable, LALR_Analyzer, ParseTable, Reduce, Shift
from lark.parsers.lalr_parser import LALR_Parser, _Parser

from tvix_eval.errors import ParseError

GRAMMAR_FILE: Final = Path(__file__).parent / "syntax" / "nix.lark"

TERMINAL: Final = re.compile(r'^([A-Z_]+): (?:"((?:\\.|[^"])*)"|/.*?/s?(?= )) *(?:// (.*))?$', re.MULTILINE)
NONTERMINAL: Final = re.compile(r"^\??([a-z_0-9]+):", re.MULTILINE)
PRECEDENCE: Final = re.compile(r"^//%(left|right|nonassoc) (.*)$", re.MULTILINE)
RULE_PRECEDENCE: Final = re.compile(r"^//%prec (\w+) (\w+)$", re.MULTILINE)


class Conventions:
    """What nix.lark says beyond Lark.

    `terminals`: name -> what errors call it, in the order in which errors list them.
    `nonterminals`: in the order of the file.
    `levels`: terminal -> (level, associativity), a higher level binds tighter.
    `rule_levels`: alias -> the terminal whose level the rule has.
    """

    def __init__(self, text: str) -> None:
        self.terminals: dict[str, str] = {}
        for name, literal, shown in TERMINAL.findall(text):
            self.terminals[name] = shown.strip() or "'" + literal.replace('\\"', '"') + "'"
        self.nonterminals: list[str] = NONTERMINAL.findall(text)
        self.levels: dict[str, tuple[int, str]] = {}
        for level, (associativity, names) in enumerate(PRECEDENCE.findall(text)):
            for name in names.split():
                self.levels[name] = (level, associativity)
        self.rule_levels: dict[str, str] = dict(RULE_PRECEDENCE.findall(text))

    def of_rule(self, rule: Rule) -> tuple[int, str] | None:
        """The level of a rule: its own, or that of its last terminal."""
        if rule.alias in self.rule_levels:
            return self.levels[self.rule_levels[rule.alias]]
        terminals = [symbol.name for symbol in rule.expansion if symbol.is_term]
        return self.levels.get(terminals[-1]) if terminals else None


class PrecedenceAnalyzer(LALR_Analyzer):
    """LALR(1) with yacc's precedence. `errors` has the (item set, terminal) pairs at which a
    non-associative operator makes an explicit error of what would be two actions."""

    def __init__(self, conventions: Conventions, parser_conf: ParserConf) -> None:
        super().__init__(parser_conf, debug=True)
        self.conventions = conventions
        self.errors: set[tuple[Any, str]] = set()

    def compute_lalr1_states(self) -> None:
        states: dict[Any, dict[str, tuple[Any, Any]]] = {}
        for itemset in self.lr0_itemsets:
            actions: dict[str, tuple[Any, Any]] = {
                symbol.name: (Shift, target.closure) for symbol, target in itemset.transitions.items()
            }
            for symbol, rules in itemset.lookaheads.items():
                if len(rules) > 1:
                    raise GrammarError(f"reduce/reduce conflict on {symbol.name}: {rules}")
                (rule,) = rules
                if symbol.name not in actions:
                    actions[symbol.name] = (Reduce, rule)
                else:
                    self.resolve(itemset.closure, actions, symbol.name, rule)
            states[itemset.closure] = actions
        starts = {start: itemset.closure for start, itemset in self.lr0_start_states.items()}
        ends = {
            start: closure
            for closure in states
            for item in closure
            for start in starts
            if item.rule.origin.name == "$root_" + start and item.is_satisfied
        }
        self.parse_table = ParseTable(states, starts, ends)  # type: ignore[no-untyped-call]

    def resolve(self, closure: Any, actions: dict[str, tuple[Any, Any]], terminal: str, rule: Rule) -> None:
        """Settle a shift/reduce conflict: the tighter wins, then the associativity."""
        of_rule = self.conventions.of_rule(rule)
        of_terminal = self.conventions.levels.get(terminal)
        if of_rule is None or of_terminal is None:
            raise GrammarError(f"shift/reduce conflict on {terminal}: {rule}")
        if of_terminal[0] == of_rule[0] and of_terminal[1] == "nonassoc":
            del actions[terminal]
            self.errors.add((closure, terminal))
        elif of_terminal[0] < of_rule[0] or of_terminal == (of_rule[0], "left"):
            actions[terminal] = (Reduce, rule)


class PrecedenceParser(LALR_Parser):
    """Lark's LALR parser over a table from `PrecedenceAnalyzer`."""

    def __init__(self, parser_conf: ParserConf, debug: bool = False, strict: bool = False) -> None:
        analyzer = PrecedenceAnalyzer(Conventions(GRAMMAR_FILE.read_text()), parser_conf)
        analyzer.compute_lalr()  # type: ignore[no-untyped-call]
        self.analyzer = analyzer
        self.parser_conf = parser_conf
        self._parse_table = IntParseTable.from_ParseTable(analyzer.parse_table)
        self.parser = _Parser(self._parse_table, parser_conf.callbacks, debug)


class LexerAdapter(LarkLexer):
    """Our lexer, as one of Lark's. The text has one latin-1 character for each byte."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        pass

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
        from tvix_eval.syntax import tables
        from tvix_eval.syntax.lexer import Lexer

        text = lexer_state.text.text
        lexer = Lexer(text, True, False)
        while (kind := lexer.next()) != tables.END:
            if kind == tables.INVALID:
                raise ParseError("syntax error, unexpected invalid token", lexer.begin + 1)
            begin, end = int(lexer.begin), int(lexer.end)
            text_here = "" if kind == tables.PATH_END else text[begin:end]
            yield Token(tables.TERMINALS[kind], text_here, start_pos=begin, end_pos=end, line=0, column=0)


@cache
def lark_parser() -> Lark:
    """The parser that `parse_tree` uses; building it takes some 50 ms."""
    return Lark(
        GRAMMAR_FILE.read_text(),
        parser="lalr",
        lexer=LexerAdapter,
        maybe_placeholders=False,
        _plugins={"LALR_Parser": PrecedenceParser},
    )


def parse_tree(source: bytes) -> Tree[Token]:
    """The concrete syntax of a Nix expression as a Lark tree.

    The nodes are named by the aliases of nix.lark; keywords and punctuation are left out.
    Raises `ParseError`; what is wrong is said in less detail than by `parse`.
    """
    try:
        return lark_parser().parse(source.decode("latin-1"))
    except UnexpectedInput as error:
        position = error.pos_in_stream
        raise ParseError("syntax error", len(source) if position is None else position + 1) from None
