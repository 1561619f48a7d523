"""The concrete tree of a text that may be wrong.

Where a token does not fit, tokens that cover nothing are put before it if that helps; otherwise it is
passed over. What is open at the end is closed. Tokens between which nothing is wrong are understood as they
would be in a text that is right, so of a right text this is the tree.
"""

from __future__ import annotations

from typing import Final

from tvix_eval.source.tokens import Lexeme
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete, ConcreteParser

# What may be put in, the likeliest first: an expression, or what separates and closes.
INSERTED: Final = (
    *(t.SEMICOLON, t.RBRACE, t.RBRACKET, t.RPAREN, t.INDENTED_CLOSE, t.PATH_END, t.IN, t.THEN, t.ELSE),
    *(t.ASSIGN, t.COLON, t.COMMA, t.ID, t.QUOTE),
)
MOST_REPAIRS: Final = 200  # a text that needs more is something else
MOST_CLOSED: Final = 10_000


class Repair:
    """What was unexpected (a terminal, which covers `begin` up to `end`), and what was put before it.

    `inserted` is None where it was passed over.
    """

    def __init__(self, found: Lexeme, inserted: list[int] | None) -> None:
        self.found: Final = found
        self.inserted: Final = inserted


class RecoveringParser:
    """The automaton of `ConcreteParser`, which takes its tokens one by one."""

    def __init__(self, text: str) -> None:
        self.parser: Final = ConcreteParser(text)
        self.states: list[int] = []  # below each entry of the parser's stack
        self.state = 0
        self.last = 0  # where the latest token ended
        self.repairs: list[Repair] = []

    def parse(self, found: list[Lexeme]) -> Concrete | None:
        """The tree, or None when there is too much wrong."""
        for lexeme in found:
            if not fits(self.states, self.state, [lexeme.kind]) and not self.repair(lexeme):
                if len(self.repairs) > MOST_REPAIRS:
                    return None
                continue
            self.take(lexeme.kind, lexeme.begin, lexeme.end)
        if not fits(self.states, self.state, [t.END]):
            size = len(self.parser.text)
            closed: list[int] = []
            while not fits(self.states, self.state, [t.END]) and len(closed) < MOST_CLOSED:
                kind = next((each for each in INSERTED if fits(self.states, self.state, [each])), None)
                if kind is None:
                    return None
                closed.append(kind)
                self.take(kind, self.last, self.last)
            self.repairs.append(Repair(Lexeme(t.END, size, size), closed))
        self.take(t.END, self.last, self.last)
        stack = self.parser.stack
        return stack[0] if len(stack) == 1 else None

    def repair(self, lexeme: Lexeme) -> bool:
        """Put in what makes a token fit, if anything does."""
        inserted = None if lexeme.kind == t.INVALID else self.insertion(lexeme.kind)
        self.repairs.append(Repair(lexeme, inserted))
        for kind in inserted or []:
            self.take(kind, self.last, self.last)
        return inserted is not None

    def insertion(self, kind: int) -> list[int] | None:
        for first in INSERTED:
            if fits(self.states, self.state, [first, kind]):
                return [first]
        for first in INSERTED:
            if fits(self.states, self.state, [first]):
                for second in INSERTED:
                    if fits(self.states, self.state, [first, second, kind]):
                        return [first, second]
        return None

    def take(self, kind: int, begin: int, end: int) -> None:
        """Reduce, and shift a token that fits; of the `END`, reduce alone."""
        stack = self.parser.stack
        while True:
            target, rule = step(self.state, kind)
            if rule == 0:
                if kind != t.END:
                    token = Concrete(kind, 0, begin, end, [])
                    stack.append(token)
                    self.parser.tokens.append(token)
                    self.states.append(self.state)
                    self.state = target
                    self.last = end
                return
            doing = t.RULE_ACTION[rule]
            if doing != 0:
                size = t.LENGTH[rule]
                first = len(stack) - size
                children = stack[first:]
                del stack[first:]
                stack.append(self.parser.reduced(doing, children))
                if size == 0:
                    self.states.append(self.state)
                else:
                    del self.states[first + 1 :]
            self.state = t.GOTO[self.states[-1] << 5 | t.LHS[rule]]


def step(state: int, kind: int) -> tuple[int, int]:
    """The state after a token is shifted, and 0; or 0 and the rule to reduce by; -1 and 0 for an error.

    At the end of what is right, `END` is shifted to 0.
    """
    rule = t.CONSISTENT[state]
    if rule != 0:
        return 0, rule
    action = t.ACTION[state << 6 | kind]
    if action == 0:
        rule = t.DEFAULT[state]
        return (0, rule) if rule != 0 else (-1, 0)
    if action < t.STATES:
        return action, 0
    if action == t.ACCEPT:
        return 0, 0
    return (-1, 0) if action == t.ERROR else (0, t.REDUCTIONS[action - t.STATES])


def fits(states: list[int], state: int, kinds: list[int]) -> bool:
    """Whether tokens can follow in a state. `states` stays as it is: what is above `height` of it is `pushed`."""
    height = len(states)
    pushed: list[int] = []
    for kind in kinds:
        while True:
            target, rule = step(state, kind)
            if rule == 0:
                if target < 0:
                    return False
                pushed.append(state)
                state = target
                break
            if t.RULE_ACTION[rule] != 0:
                size = t.LENGTH[rule]
                if size == 0:
                    pushed.append(state)
                else:
                    kept = max(len(pushed) - (size - 1), 0)
                    height -= size - 1 - (len(pushed) - kept)
                    del pushed[kept:]
            below = pushed[-1] if pushed else states[height - 1]
            state = t.GOTO[below << 5 | t.LHS[rule]]
    return True
