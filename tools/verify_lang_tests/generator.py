"""Random expressions of Nix: mostly of the right types, so that they mostly mean something.

An expression is made for a type wanted; now and then it has another. All that could be
misread without parentheses has them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

# Types, and what the variables of the scope are.
INT: Final = "int"
FLOAT: Final = "float"
BOOL: Final = "bool"
STRING: Final = "string"
PATH: Final = "path"
NULL: Final = "null"
LIST: Final = "list"
SET: Final = "set"
FUNCTION: Final = "function"
TYPES: Final = (
    INT,
    INT,
    INT,
    STRING,
    STRING,
    STRING,
    BOOL,
    BOOL,
    LIST,
    LIST,
    SET,
    SET,
    FLOAT,
    NULL,
    PATH,
    FUNCTION,
)

NAMES: Final = ("a", "b", "c", "x", "y", "foo", "bar")
INTS: Final = ("0", "1", "2", "3", "10", "9223372036854775807", "(-1)", "(-7)")
FLOATS: Final = ("0.5", "1.0", "2.25", "1.0e10", "(-3.5)", "1.0e-5", "123456789.0")
STRINGS: Final = (
    '""', '"a"', '"ab"', '"foo"', '"1"', '"a b"', '"x\\ny"', '"\\${x}"', '"é"', "''\n  in\n    dented\n''", '"1.2.3"',
    '"a,b,c"', '"\\"q\\""', "x:y",
)  # fmt: skip
PATHS: Final = ("/a", "/a/b", "/foo.nix", "/x-1_2")
REGEXES: Final = (
    '"a"',
    '"(a)|(b)"',
    '"[a-z]+"',
    '".*"',
    '"(.)(.*)"',
    '","',
    '""',
    '"[[:alnum:]]*"',
    '"a{1,2}"',
)
ERRORS: Final = (
    '(throw "t")',
    '(abort "s")',
    '(1 + "e")',
    "{ }.missing",
    "(assert false; 1)",
    "(1 / 0)",
    "(null.x)",
    "(1 2)",
)

Scope = dict[str, str]


class Generator:
    """Makes an expression; the same one for the same `seed`."""

    def __init__(self, seed: str) -> None:
        self.random: Final = random.Random(seed)
        self.makers: Final[dict[str, tuple[Callable[[int, Scope], str], ...]]] = {
            INT: (self.arithmetic, self.int_builtin, self.choice_int),
            FLOAT: (self.float_arithmetic,),
            BOOL: (self.comparison, self.logic, self.bool_builtin),
            STRING: (self.concatenation, self.interpolation, self.string_builtin),
            PATH: (self.path_sum,),
            NULL: (),
            LIST: (self.list_literal, self.list_literal, self.list_builtin),
            SET: (self.set_literal, self.set_literal, self.set_builtin),
            FUNCTION: (self.function, self.formals),
        }

    def expression(self, depth: int = 4) -> str:
        return self.make(self.pick(TYPES), depth, {})

    def pick(self, choices: tuple[str, ...]) -> str:
        return self.random.choice(choices)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def make(self, kind: str, depth: int, scope: Scope) -> str:
        if self.chance(0.03):
            kind = self.pick(TYPES)
        if self.chance(0.015):
            return self.pick(ERRORS)
        known = tuple(name for name, its_kind in scope.items() if its_kind == kind)
        if known and self.chance(0.3):
            return self.pick(known)
        makers = self.makers[kind]
        if depth <= 0 or not makers or self.chance(0.1):
            return self.leaf(kind)
        if self.chance(0.25):
            return f"({self.construct(kind, depth - 1, scope)})"
        text = self.random.choice(makers)(depth - 1, scope)
        return text if text[0] in "[{" and kind in (LIST, SET) and text[-1] in "]}" else f"({text})"

    def any(self, depth: int, scope: Scope) -> str:
        return self.make(self.pick(TYPES), depth, scope)

    def leaf(self, kind: str) -> str:
        if kind == INT:
            return self.pick(INTS)
        if kind == FLOAT:
            return self.pick(FLOATS)
        if kind == BOOL:
            return self.pick(("true", "false"))
        if kind == STRING:
            return self.pick(STRINGS)
        if kind == PATH:
            return self.pick(PATHS)
        if kind == NULL:
            return "null"
        if kind == LIST:
            return self.pick(("[ ]", "[ 1 2 3 ]", '[ "a" "b" ]', "[ 3 1 2 ]", "[ null [ ] ]"))
        if kind == SET:
            return self.pick(
                (
                    "{ }",
                    "{ a = 1; }",
                    '{ b = "x"; a = 2; }',
                    "{ foo.bar = 3; }",
                    '{ x = throw "in x"; y = 1; }',
                )
            )
        return self.pick(
            ("(v: v)", "(v: [ v ])", "(v: w: v)", "builtins.typeOf", "(builtins.add 1)", "(v: throw v)")
        )

    # What can stand for a value of any type.

    def construct(self, kind: str, depth: int, scope: Scope) -> str:
        form = self.random.randrange(11)
        name = self.pick(NAMES)
        its_kind = self.pick(TYPES)
        value = self.make(its_kind, depth, scope)
        inner = {**scope, name: its_kind}
        if form == 0:
            return f"if {self.make(BOOL, depth, scope)} then {self.make(kind, depth, scope)} else {self.make(kind, depth, scope)}"
        if form == 1:
            return f"let {name} = {value}; in {self.make(kind, depth, inner)}"
        if form == 2:
            other = self.pick(NAMES)
            if other == name:
                return f"let {name} = {value}; in {self.make(kind, depth, inner)}"
            return f"let {name} = {value}; {other} = {self.any(depth, inner)}; in {self.make(kind, depth, inner)}"
        if form == 3:
            return f"with {{ {name} = {value}; }}; {self.make(kind, depth, {name: its_kind, **scope})}"
        if form == 4:
            return f"assert {self.make(BOOL, depth, scope)}; {self.make(kind, depth, scope)}"
        if form == 5:
            return f"({name}: {self.make(kind, depth, inner)}) {value}"
        if form == 6:
            return f"({{ {name} ? {self.any(depth, scope)}, ... }}: {self.make(kind, depth, inner)}) {{ {name} = {value}; }}"
        if form == 7:
            return f"{{ {name} = {self.make(kind, depth, scope)}; }}.{self.pick((name, name, name, 'zz'))}"
        if form == 8:
            return f"{self.make(SET, depth, scope)}.{name} or {self.make(kind, depth, scope)}"
        if form == 9:
            return f"builtins.{self.pick(('seq', 'deepSeq'))} {value} {self.make(kind, depth, scope)}"
        return f"rec {{ {name} = {value}; result = {self.make(kind, depth, inner)}; }}.result"

    # Numbers and Booleans.

    def arithmetic(self, depth: int, scope: Scope) -> str:
        if self.chance(0.1):
            return f"-{self.make(INT, depth, scope)}"
        return (
            f"{self.make(INT, depth, scope)} {self.pick(('+', '-', '*', '/'))} {self.make(INT, depth, scope)}"
        )

    def float_arithmetic(self, depth: int, scope: Scope) -> str:
        left, right = (FLOAT, INT) if self.chance(0.5) else (INT, FLOAT)
        return f"{self.make(left, depth, scope)} {self.pick(('+', '-', '*', '/'))} {self.make(right, depth, scope)}"

    def choice_int(self, depth: int, scope: Scope) -> str:
        return f"builtins.elemAt {self.make(LIST, depth, scope)} {self.pick(('0', '1', '5'))}"

    def int_builtin(self, depth: int, scope: Scope) -> str:
        form = self.random.randrange(6)
        if form == 0:
            return f"builtins.length {self.make(LIST, depth, scope)}"
        if form == 1:
            return f"builtins.stringLength {self.make(STRING, depth, scope)}"
        if form == 2:
            return f"builtins.foldl' (s: e: s + e) {self.make(INT, depth, scope)} {self.make(LIST, depth, scope)}"
        if form == 3:
            operation = self.pick(("bitAnd", "bitOr", "bitXor", "add", "sub", "mul", "div"))
            return f"builtins.{operation} {self.make(INT, depth, scope)} {self.make(INT, depth, scope)}"
        if form == 4:
            return f"builtins.{self.pick(('floor', 'ceil'))} {self.make(FLOAT, depth, scope)}"
        return f"builtins.compareVersions {self.make(STRING, depth, scope)} {self.make(STRING, depth, scope)}"

    def comparison(self, depth: int, scope: Scope) -> str:
        kind = self.pick(TYPES)
        operator = self.pick(("==", "!=", "<", ">", "<=", ">="))
        return f"{self.make(kind, depth, scope)} {operator} {self.make(kind, depth, scope)}"

    def logic(self, depth: int, scope: Scope) -> str:
        if self.chance(0.25):
            return f"!{self.make(BOOL, depth, scope)}"
        return (
            f"{self.make(BOOL, depth, scope)} {self.pick(('&&', '||', '->'))} {self.make(BOOL, depth, scope)}"
        )

    def bool_builtin(self, depth: int, scope: Scope) -> str:
        form = self.random.randrange(5)
        if form == 0:
            return f"{self.make(SET, depth, scope)} ? {self.pick(NAMES)}"
        if form == 1:
            return f"builtins.is{self.pick(('Int', 'String', 'List', 'Attrs', 'Null', 'Function', 'Bool'))} {self.any(depth, scope)}"
        if form == 2:
            return f"builtins.elem {self.any(depth, scope)} {self.make(LIST, depth, scope)}"
        if form == 3:
            return f"builtins.{self.pick(('any', 'all'))} (e: {self.make(BOOL, depth, scope)}) {self.make(LIST, depth, scope)}"
        return f"(builtins.tryEval {self.any(depth, scope)}).success"

    # Strings and paths.

    def concatenation(self, depth: int, scope: Scope) -> str:
        return f"{self.make(STRING, depth, scope)} + {self.make(STRING, depth, scope)}"

    def interpolation(self, depth: int, scope: Scope) -> str:
        kind = STRING if self.chance(0.9) else self.pick((INT, SET, LIST))
        return f'"<${{{self.make(kind, depth, scope)}}}>"'

    def string_builtin(self, depth: int, scope: Scope) -> str:
        form = self.random.randrange(9)
        text = self.make(STRING, depth, scope)
        if form == 0:
            return f"toString {self.any(depth, scope)}"
        if form == 1:
            return (
                f"builtins.toJSON {self.make(self.pick((INT, STRING, LIST, SET, BOOL, FLOAT)), depth, scope)}"
            )
        if form == 2:
            return f"builtins.typeOf {self.any(depth, scope)}"
        if form == 3:
            return f"builtins.substring {self.pick(('0', '1', '2', '(-1)'))} {self.make(INT, depth, scope)} {text}"
        if form == 4:
            return f"builtins.concatStringsSep {text} {self.make(LIST, depth, scope)}"
        if form == 5:
            return f'builtins.replaceStrings [ "a" {text} ] [ {text} "" ] {self.make(STRING, depth, scope)}'
        if form == 6:
            return f'builtins.hashString "md5" {text}'
        if form == 7:
            return f"{self.pick(('baseNameOf', 'dirOf'))} {text}"
        return f"builtins.toXML {self.any(depth, scope)}"

    def path_sum(self, depth: int, scope: Scope) -> str:
        return f"{self.make(PATH, depth, scope)} + {self.make(STRING, depth, scope)}"

    # Lists.

    def list_literal(self, depth: int, scope: Scope) -> str:
        kind = self.pick(TYPES)
        kinds = [kind if self.chance(0.8) else self.pick(TYPES) for _ in range(self.random.randrange(4))]
        return "[ " + "".join(self.make(each, depth, scope) + " " for each in kinds) + "]"

    def list_builtin(self, depth: int, scope: Scope) -> str:
        form = self.random.randrange(12)
        items = self.make(LIST, depth, scope)
        function = self.make(FUNCTION, depth, scope)
        if form == 0:
            return f"{items} ++ {self.make(LIST, depth, scope)}"
        if form == 1:
            return f"map {function} {items}"
        if form == 2:
            return f"builtins.filter (e: {self.make(BOOL, depth, {**scope, 'e': INT})}) {items}"
        if form == 3:
            return f"builtins.genList {function} {self.pick(('0', '2', '3'))}"
        if form == 4:
            return f"builtins.{self.pick(('attrNames', 'attrValues'))} {self.make(SET, depth, scope)}"
        if form == 5:
            return (
                f"builtins.sort {self.pick(('builtins.lessThan', '(p: q: p > q)', '(p: q: true)'))} {items}"
            )
        if form == 6:
            return f"builtins.concatMap (e: {self.make(LIST, depth, {**scope, 'e': INT})}) {items}"
        if form == 7:
            return f"builtins.tail {items}"
        if form == 8:
            return f"builtins.split {self.pick(REGEXES)} {self.make(STRING, depth, scope)}"
        if form == 9:
            return f"builtins.match {self.pick(REGEXES)} {self.make(STRING, depth, scope)}"
        if form == 10:
            return f"builtins.splitVersion {self.make(STRING, depth, scope)}"
        return f'builtins.catAttrs "{self.pick(NAMES)}" [ {self.make(SET, depth, scope)} {self.make(SET, depth, scope)} ]'

    # Sets.

    def set_literal(self, depth: int, scope: Scope) -> str:
        recursive = self.chance(0.2)
        names = self.random.sample(NAMES, self.random.randrange(4))
        inner = {**scope, **dict.fromkeys(names, INT)} if recursive else scope
        parts: list[str] = []
        for name in names:
            value = self.any(depth, inner)
            if name in scope and not recursive and self.chance(0.15):
                parts.append(f"inherit {name};")
            elif self.chance(0.1):
                parts.append(f'${{"{name}" + ""}} = {value};')
            elif self.chance(0.1):
                parts.append(f"inherit ({self.make(SET, depth, inner)}) {name};")
            elif self.chance(0.15):
                parts.append(f"{name}.{self.pick(NAMES)} = {value};")
            else:
                parts.append(f"{name} = {value};")
        return f"({'rec ' * recursive}{{ {' '.join(parts)} }})" if recursive else f"{{ {' '.join(parts)} }}"

    def set_builtin(self, depth: int, scope: Scope) -> str:
        form = self.random.randrange(11)
        left = self.make(SET, depth, scope)
        if form == 0:
            return f"{left} // {self.make(SET, depth, scope)}"
        if form == 1:
            return f"builtins.mapAttrs (n: v: {self.any(depth, {**scope, 'n': STRING, 'v': INT})}) {left}"
        if form == 2:
            return f"builtins.listToAttrs [ {{ name = {self.make(STRING, depth, scope)}; value = {self.any(depth, scope)}; }} ]"
        if form == 3:
            return f'removeAttrs {left} [ "{self.pick(NAMES)}" ]'
        if form == 4:
            return f"builtins.intersectAttrs {left} {self.make(SET, depth, scope)}"
        if form == 5:
            return f"builtins.groupBy (e: {self.make(STRING, depth, scope)}) {self.make(LIST, depth, scope)}"
        if form == 6:
            return f"builtins.tryEval {self.any(depth, scope)}"
        if form == 7:
            return f"builtins.partition (e: {self.make(BOOL, depth, scope)}) {self.make(LIST, depth, scope)}"
        if form == 8:
            return f"builtins.functionArgs {self.make(FUNCTION, depth, scope)}"
        if form == 9:
            return f"builtins.zipAttrsWith (n: vs: {self.any(depth, {**scope, 'n': STRING, 'vs': LIST})}) [ {left} {self.make(SET, depth, scope)} ]"
        return f"builtins.parseDrvName {self.make(STRING, depth, scope)}"

    # Functions.

    def function(self, depth: int, scope: Scope) -> str:
        name = self.pick(NAMES)
        return f"{name}: {self.any(depth, {**scope, name: self.pick(TYPES)})}"

    def formals(self, depth: int, scope: Scope) -> str:
        first, second = self.random.sample(NAMES, 2)
        inner = {**scope, first: INT, second: self.pick(TYPES)}
        rest = self.pick(("", ", ..."))
        return f"{{ {first}, {second} ? {self.any(depth, inner)}{rest} }}: {self.any(depth, inner)}"
