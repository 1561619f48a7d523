"""POSIX extended regular expressions, as libstdc++ understands them: ``match`` and ``split``.

A pattern is parsed as libstdc++ parses it and run by Python's `re` on byte text, which finds
the same for whole matches, and in searches when at most one arm of an alternation can
match at any place. For other searches `backtrack` does what libstdc++ does: of the arms of an
alternation it takes the one that makes the whole match longest. Whether a pattern matches at all
that would take backtracking exponential time is asked of a `simulation` first.
"""

from __future__ import annotations

import re

from tvix_eval.builtins.backtrack import FINISH, Finder, Program
from tvix_eval.builtins.regex_tree import (
    ALL_BYTES,
    DEEPEST,
    MOST_STATES,
    UNLIMITED,
    Alternation,
    Anchor,
    BadPattern,
    Group,
    Node,
    PatternTooBig,
    Repeat,
    Sequence,
    Set,
)
from tvix_eval.builtins.simulation import Simulation
from tvix_eval.errors import EvalError
from tvix_eval.vm.machine import CALL, charge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ESCAPABLE: Final = frozenset(".[\\()*+?{|^$")
SHORT: Final = 16  # bytes of a subject that backtracking is soon done with, whatever the pattern
NOT_ATOMS: Final = frozenset("*+?{|)")


class PatternParser:
    """A pattern as a tree. Raises BadPattern and PatternTooBig."""

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.at = 0
        self.groups = 0
        self.depth = 0

    def parse(self) -> Node:
        tree = self.alternation()
        if self.at != len(self.text):
            raise BadPattern()
        if tree.states > MOST_STATES:
            raise PatternTooBig()
        return tree

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def alternation(self) -> Node:
        arms: list[Node] = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            arms.append(self.sequence())
        return arms[0] if len(arms) == 1 else Alternation(arms)

    def sequence(self) -> Node:
        parts: list[Node] = []
        while True:
            character = self.peek()
            if character == "" or character in NOT_ATOMS:
                break
            if character == "^" or character == "$":
                self.at += 1
                parts.append(Anchor(character == "$"))
            else:
                parts.append(self.repeated(self.atom()))
        return Sequence(parts)

    def atom(self) -> Node:
        character = self.peek()
        self.at += 1
        if character == "(":
            return self.group()
        if character == "[":
            return BracketParser(self).parse()
        if character == ".":
            return Set(ALL_BYTES, ".")
        if character == "\\":
            character = self.peek()
            if character not in ESCAPABLE or character == "":
                raise BadPattern()
            self.at += 1
        return Set(frozenset([character]), re.escape(character))

    def group(self) -> Node:
        self.groups += 1
        number = self.groups
        self.depth += 1
        if self.depth > DEEPEST:
            raise PatternTooBig()
        body = self.alternation()
        self.depth -= 1
        if self.peek() != ")":
            raise BadPattern()
        self.at += 1
        return Group(number, body)

    def repeated(self, body: Node) -> Node:
        while True:
            character = self.peek()
            if character == "*":
                body = Repeat(body, 0, UNLIMITED)
            elif character == "+":
                body = Repeat(body, 1, UNLIMITED)
            elif character == "?":
                body = Repeat(body, 0, 1)
            elif character == "{":
                self.at += 1
                body = self.interval(body)
            else:
                return body
            self.at += 1

    def interval(self, body: Node) -> Node:
        least = self.count()
        most = least
        if self.peek() == ",":
            self.at += 1
            most = UNLIMITED if self.peek() == "}" else self.count()
        if self.peek() != "}" or (most != UNLIMITED and most < least):
            raise BadPattern()
        return Repeat(body, least, most)

    def count(self) -> int:
        start = self.at
        while "0" <= self.peek() <= "9":
            self.at += 1
        digits = self.text[start : self.at]
        if not digits or len(digits) > 12 or int(digits) >= 1 << 31:
            raise BadPattern()
        return int(digits)


def bytes_where(test: str) -> frozenset[str]:
    """The ASCII characters that match a character class of `re`."""
    return frozenset([chr(code) for code in range(128) if re.fullmatch(test, chr(code), re.ASCII)])


PUNCTUATION: Final = r"[!-/:-@\[-`{-~]"
CLASSES: Final[dict[str, str]] = {
    "d": "[0-9]",
    "w": "[0-9A-Za-z_]",
    "s": "[ \t-\r]",
    "alnum": "[0-9A-Za-z]",
    "alpha": "[A-Za-z]",
    "blank": "[ \t]",
    "cntrl": "[\x00-\x1f\x7f]",
    "digit": "[0-9]",
    "graph": "[!-~]",
    "lower": "[a-z]",
    "print": "[ -~]",
    "punct": PUNCTUATION,
    "space": "[ \t-\r]",
    "upper": "[A-Z]",
    "xdigit": "[0-9A-Fa-f]",
}

# The names of the ASCII characters that are not letters, in order; letters are called by themselves.
COLLATING_NAMES: Final = (
    "NUL SOH STX ETX EOT ENQ ACK alert backspace tab newline vertical-tab form-feed carriage-return SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC IS4 IS3 IS2 IS1 space exclamation-mark quotation-mark "
    "number-sign dollar-sign percent-sign ampersand apostrophe left-parenthesis right-parenthesis asterisk "
    "plus-sign comma hyphen period slash zero one two three four five six seven eight nine colon semicolon "
    "less-than-sign equals-sign greater-than-sign question-mark commercial-at A B C D E F G H I J K L M N O "
    "P Q R S T U V W X Y Z left-square-bracket backslash right-square-bracket circumflex underscore "
    "grave-accent a b c d e f g h i j k l m n o p q r s t u v w x y z left-curly-bracket vertical-line "
    "right-curly-bracket tilde DEL"
).split()


def signed(character: str) -> int:
    """A byte as C's ``char``: ranges are in this order."""
    code = ord(character)
    return code - 256 if code >= 128 else code


class BracketParser:
    """``[…]``. `last`: a character that may yet begin a range; "" after a range, "class" after a class."""

    def __init__(self, parser: PatternParser) -> None:
        self.parser: Final = parser
        self.members: set[str] = set()
        self.last = ""

    def parse(self) -> Node:
        negated = self.parser.peek() == "^"
        if negated:
            self.parser.at += 1
        first = True
        while True:
            character = self.take()
            if character == "]" and not first:
                break
            if character == "[" and self.parser.peek() in (".", ":", "="):
                self.named(self.take())
            elif character != "-" or first:
                self.push(character)
            elif self.parser.peek() == "]":
                self.push("-")
            elif len(self.last) == 1:
                self.range_to(self.take())
            else:
                raise BadPattern()
            first = False
        self.push("")
        members = ALL_BYTES - self.members if negated else frozenset(self.members)
        text = "".join([re.escape(member) for member in sorted(self.members)])
        if not text:
            return Set(members, "." if negated else "(?!)")
        return Set(members, ("[^" if negated else "[") + text + "]")

    def take(self) -> str:
        character = self.parser.peek()
        if character == "":
            raise BadPattern()
        self.parser.at += 1
        return character

    def push(self, character: str) -> None:
        if len(self.last) == 1:
            self.members.add(self.last)
        self.last = character

    def range_to(self, end: str) -> None:
        if end == "]" or (end == "[" and self.parser.peek() in (".", ":", "=")):
            raise BadPattern()
        low = signed(self.last)
        high = signed(end)
        if low > high:
            raise BadPattern()
        self.members.update([chr(code % 256) for code in range(low, high + 1)])
        self.last = ""

    def named(self, kind: str) -> None:
        """``[:class:]``, ``[.name.]`` or ``[=name=]``."""
        parser = self.parser
        end = parser.text.find(kind, parser.at)
        if end < 0 or parser.text[end + 1 : end + 2] != "]":
            raise BadPattern()
        name = parser.text[parser.at : end]
        parser.at = end + 2
        if kind == ":":
            test = CLASSES.get(name.lower())
            if test is None:
                raise BadPattern()
            self.push("class")
            self.members |= bytes_where(test)
            return
        if name not in COLLATING_NAMES:
            raise BadPattern()
        character = chr(COLLATING_NAMES.index(name))
        if kind == ".":
            self.push(character)
        else:
            self.push("class")
            self.members.update([character.lower(), character.upper()])


class PatternFinder(Finder):
    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern: Final = pattern

    def search(self, subject: str, at: int) -> int:
        found = self.pattern.search(subject, at)
        return -1 if found is None else found.start()


class Regex:
    """A compiled pattern. Raises BadPattern and PatternTooBig.

    `simulation`: for a pattern that `re` may take forever with.
    """

    def __init__(self, text: str) -> None:
        parser = PatternParser(text)
        tree = parser.parse()
        self.pattern: Final = re.compile(tree.python(), re.DOTALL | re.ASCII)
        self.program: Program | None = None
        self.simulation: Simulation | None = None
        explodes = tree.explodes()
        if explodes or not tree.decided():
            program = Program(parser.groups)
            program.start = tree.emit(program, program.add(FINISH, 0))
            self.program = program
            if explodes:
                self.simulation = Simulation(program)

    def full_match(self, subject: str) -> list[str | None] | None:
        """The texts of the groups, if the whole subject matches."""
        simulation = self.simulation
        if simulation is not None and len(subject) > SHORT and not simulation.matches(subject, 0, True):
            return None
        found = self.pattern.fullmatch(subject)
        return None if found is None else list(found.groups())

    def find_all(self, subject: str) -> list[list[int]]:
        """The matches one after the other: begin and end of the whole and of each group, -1 for none."""
        program = self.program
        if program is not None:
            simulation = self.simulation
            if simulation is not None and len(subject) > SHORT:
                return program.find_all(simulation, subject)
            return program.find_all(PatternFinder(self.pattern), subject)
        spans: list[list[int]] = []
        for found in self.pattern.finditer(subject):
            charge(CALL)
            span: list[int] = []
            for begin, end in found.regs:
                span.append(begin)
                span.append(end)
            spans.append(span)
        return spans


def compile_regex(text: str) -> Regex:
    """The regular expression of a string. Raises EvalError with Nix's words."""
    try:
        return Regex(text)
    except BadPattern:
        raise EvalError("invalid regular expression '" + text + "'") from None
    except PatternTooBig:
        raise EvalError("memory limit exceeded by regular expression '" + text + "'") from None
