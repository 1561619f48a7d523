"""POSIX extended regular expressions, as libstdc++ understands them: ``match`` and ``split``.

A pattern is parsed as libstdc++ parses it and run by Python's `re` on byte text, which finds
the same for whole matches, and in searches when at most one arm of an alternation can
match at any place. For other searches `backtrack` does what libstdc++ does: of the arms of an
alternation it takes the one that makes the whole match longest.
"""

from __future__ import annotations

import re

from tvix_eval.builtins.backtrack import (
    ALTERNATE,
    BEGIN,
    END,
    FINISH,
    GROUP_BEGIN,
    GROUP_END,
    REPEAT,
    Program,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_STATES: Final = 100_000
DEEPEST: Final = 150
ESCAPABLE: Final = frozenset(".[\\()*+?{|^$")
NOT_ATOMS: Final = frozenset("*+?{|)")
UNLIMITED: Final = -1
ALL_BYTES: Final = frozenset([chr(code) for code in range(256)])


class BadPattern(Exception):
    """Not a regular expression."""


class PatternTooBig(Exception):
    """More states than libstdc++ allows."""


class Node:
    """A part of a pattern.

    `states`: how many states libstdc++ makes of it, about. `depth`: how far it nests, which
    is bounded, as trees are walked by recursion.
    """

    def __init__(self, states: int, depth: int) -> None:
        self.states: Final = states
        self.depth: Final = depth
        if depth > DEEPEST:
            raise PatternTooBig()

    def python(self) -> str:
        """The same for `re`."""
        raise NotImplementedError

    def nullable(self) -> bool:
        """Whether it matches the empty string."""
        return False

    def first(self) -> frozenset[str]:
        """The bytes a match can begin with."""
        return frozenset()

    def decided(self) -> bool:
        """Whether no two arms of an alternation in it can match at one place."""
        return True

    def emit(self, program: Program, next: int) -> int:
        """Add its states, which go on to `next`; returns the first."""
        raise NotImplementedError


def deepest(nodes: list[Node]) -> int:
    return max([node.depth for node in nodes], default=0)


class Set(Node):
    """One byte out of a set."""

    def __init__(self, members: frozenset[str], text: str) -> None:
        super().__init__(1, 0)
        self.members: Final = members
        self.text: Final = text

    def python(self) -> str:
        return self.text

    def first(self) -> frozenset[str]:
        return self.members

    def emit(self, program: Program, next: int) -> int:
        return program.add_set(self.members, next)


class Anchor(Node):
    def __init__(self, at_end: bool) -> None:
        super().__init__(1, 0)
        self.at_end: Final = at_end

    def python(self) -> str:
        return r"\Z" if self.at_end else r"\A"

    def nullable(self) -> bool:
        return True

    def emit(self, program: Program, next: int) -> int:
        return program.add(END if self.at_end else BEGIN, next)


class Sequence(Node):
    def __init__(self, parts: list[Node]) -> None:
        super().__init__(1 + sum([part.states for part in parts]), deepest(parts))
        self.parts: Final = parts

    def python(self) -> str:
        return "".join([part.python() for part in self.parts])

    def nullable(self) -> bool:
        return all([part.nullable() for part in self.parts])

    def first(self) -> frozenset[str]:
        members: set[str] = set()
        for part in self.parts:
            members |= part.first()
            if not part.nullable():
                break
        return frozenset(members)

    def decided(self) -> bool:
        return all([part.decided() for part in self.parts])

    def emit(self, program: Program, next: int) -> int:
        for part in reversed(self.parts):
            next = part.emit(program, next)
        return next


class Alternation(Node):
    def __init__(self, arms: list[Node]) -> None:
        super().__init__(sum([arm.states + 2 for arm in arms]), deepest(arms) + 1)
        self.arms: Final = arms

    def python(self) -> str:
        return "(?:" + "|".join([arm.python() for arm in self.arms]) + ")"

    def nullable(self) -> bool:
        return any([arm.nullable() for arm in self.arms])

    def first(self) -> frozenset[str]:
        return frozenset().union(*[arm.first() for arm in self.arms])

    def decided(self) -> bool:
        seen: set[str] = set()
        for arm in self.arms:
            first = arm.first()
            if arm.nullable() or not seen.isdisjoint(first) or not arm.decided():
                return False
            seen |= first
        return True

    def emit(self, program: Program, next: int) -> int:
        start = self.arms[0].emit(program, next)
        for arm in self.arms[1:]:
            start = program.add(ALTERNATE, arm.emit(program, next), start)
        return start


class Group(Node):
    def __init__(self, number: int, body: Node) -> None:
        super().__init__(body.states + 2, body.depth + 1)
        self.number: Final = number
        self.body: Final = body

    def python(self) -> str:
        return "(" + self.body.python() + ")"

    def nullable(self) -> bool:
        return self.body.nullable()

    def first(self) -> frozenset[str]:
        return self.body.first()

    def decided(self) -> bool:
        return self.body.decided()

    def emit(self, program: Program, next: int) -> int:
        end = program.add(GROUP_END, next, self.number)
        return program.add(GROUP_BEGIN, self.body.emit(program, end), self.number)


class Repeat(Node):
    """`body` at least `least` times, and at most `most` times unless that is `UNLIMITED`."""

    def __init__(self, body: Node, least: int, most: int) -> None:
        copies = least + 1 if most == UNLIMITED else most
        super().__init__(max(copies, 1) * (body.states + 1), body.depth + 1)
        self.body: Final = body
        self.least: Final = least
        self.most: Final = most
        if self.states > MOST_STATES:
            raise PatternTooBig()

    def python(self) -> str:
        most = "" if self.most == UNLIMITED else str(self.most)
        return f"(?:{self.body.python()}){{{self.least},{most}}}"

    def nullable(self) -> bool:
        return self.least == 0 or self.body.nullable()

    def first(self) -> frozenset[str]:
        return self.body.first()

    def decided(self) -> bool:
        return self.body.decided()

    def emit(self, program: Program, next: int) -> int:
        if self.most == UNLIMITED:
            loop = program.add(REPEAT, next)
            program.alternatives[loop] = self.body.emit(program, loop)
            next = loop
        else:
            end = next
            for _ in range(self.most - self.least):
                next = program.add(REPEAT, end, self.body.emit(program, next))
        for _ in range(self.least):
            next = self.body.emit(program, next)
        return next


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


class Regex:
    """A compiled pattern. Raises BadPattern and PatternTooBig."""

    def __init__(self, text: str) -> None:
        parser = PatternParser(text)
        tree = parser.parse()
        self.pattern: Final = re.compile(tree.python(), re.DOTALL | re.ASCII)
        self.program: Program | None = None
        if not tree.decided():
            program = Program(parser.groups)
            program.start = tree.emit(program, program.add(FINISH, 0))
            self.program = program

    def full_match(self, subject: str) -> list[str | None] | None:
        """The texts of the groups, if the whole subject matches."""
        found = self.pattern.fullmatch(subject)
        return None if found is None else list(found.groups())

    def find_all(self, subject: str) -> list[list[int]]:
        """The matches one after the other: begin and end of the whole and of each group, -1 for none."""
        if self.program is not None:
            return self.program.find_all(self.pattern, subject)
        spans: list[list[int]] = []
        for found in self.pattern.finditer(subject):
            span: list[int] = []
            for begin, end in found.regs:
                span.append(begin)
                span.append(end)
            spans.append(span)
        return spans
