"""Texts that nobody would write: bytes, tokens and values in any order, deep nesting, huge literals.

A text depends on the seed and its number alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from verify_lang_tests.generator import Generator

TOKENS: Final = (
    "if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or", "...", "==", "!=", "<=", ">=",
    "&&", "||", "->", "//", "++", "|>", "<|", "<", ">", "+", "-", "*", "/", "!", "?", "@", ":", ";", ",", ".",
    "=", "(", ")", "[", "]", "{", "}", "${", '"', "''", "'''", "''$", "''\\", "$${", "$", "\\", "\\n", "\\\"",
    "x", "y", "a", "_", "a'", "a-b", "1", "0", "0.5", ".5", "1e3", "1.e", "00", "9223372036854775808",
    "./a", "a/b", "/", "/a", "//", "~/a", "~", "<a>", "<a/b>", "../.", "./${", "/a${", "http://a", "x:y", "x: ",
    "#", "/*", "*/", "/**", "\n", "\r\n", "\r", "\t", " ", "\0", "\x80", "\xff", "\xc3\xa9", "\xe2\x80\xa6",
    "builtins", "true", "null", "import", "toString", "map", "throw", "__curPos", "__functor", "__toString",
    "outPath", "type", "body", "derivation",
)  # fmt: skip

VALUES: Final = (
    "null", "true", "false", "0", "1", "(-1)", "9223372036854775807", "(-9223372036854775807 - 1)", "0.0", "(-0.5)",
    "1e308", "(1e308 * 10)", "(1e308 * 10 - 1e308 * 10)", '""', '"a"', '"\xff"', '"\\${a}"', '"a\\nb"', '"1"', '"/a"',
    '"/nix/store/00000000000000000000000000000000-x"', '"[[:alpha:]]*"', '"((a*)*)*b"', '"(a|a)*"', '"\\\\"', '"["',
    '"{}"', '"sha256"', '"1.2.3"', '"{\\"a\\": [1, 2.5e3, null]}"', '"a = 1\\n[b]\\nc = [ 1, 2 ]"', "[ ]", "[ 1 ]",
    '[ "a" "b" ]', "[ null [ ] { } ]", '[ (throw "e") ]', "{ }", "{ a = 1; }", '{ a = throw "e"; b = 1; }',
    '{ outPath = "/a"; }', '{ __toString = s: "x"; }', "{ __functor = s: x: x; }", '{ type = "derivation"; }',
    '{ name = "a"; value = 1; }', "rec { a = a; }", "(let x = [ x ]; in x)", "(let x = { inherit x; }; in x)",
    "(x: x)", "(x: y: x)", "({ a, ... }: a)", "({ a ? 1 }: a)", "(x: throw x)", "(x: [ x ])", "(x: { key = x; })",
    '(x: abort "a")', "builtins.add", "(builtins.add 1)", "builtins.throw", "builtins", "/a", "/.", "./a",
    '(builtins.toFile "a" "b")', '(derivation { name = "a"; system = "b"; builder = "c"; })',
    '(derivation { name = "a"; system = "b"; builder = "c"; }).drvPath', '(builtins.genList (x: x) 1000)',
    "(let f = x: f x; in f 1)", "(let f = x: [ (f x) ]; in f 1)", '(builtins.substring 0 9 "abc")', "(abort 1)",
)  # fmt: skip

# What opens, and what closes it, with the innermost between.
NESTINGS: Final = (
    ("(", "1", ")"), ("[", "", "]"), ("{a=", "1", ";}"), ("{a.b=", "1", ";}"), ("x:", "x", ""), ("{x}:", "x", ""),
    ("-", "1", ""), ("!", "true", ""), ('"${', "a", '}"'), ("''${", "a", "}''"), ("let a=", "1", ";in a"),
    ("if true then ", "1", " else 1"), ("with {};", "1", ""), ("assert true;", "1", ""), ("a.", "a", ""),
    ("a ", "a", ""), ("1+", "1", ""), ("1++", "1", ""), ("1//", "1", ""), ("a->", "a", ""), ("a&&", "a", ""),
    ("rec{a=", "a", ";}"), ("{${", '"a"', "}=1;}"), ("a.${", '"a"', "}"), ("a or ", "a", ""), ("a?", "a", ""),
    ("./${", "a", "}"), ("{a?", "1", "}:1"), ("<", "a", ">"), ("/*", "", "*/"), ("let{body=", "1", ";}"),
    ("builtins.tryEval(", "1", ")"), ("(x: x x)(", "1", ")"), ("builtins.toJSON(", "1", ")"), ("a@{b?", "1", "}:1"),
)  # fmt: skip

BUILTINS: Final = tuple(
    """abort add addDrvOutputDependencies addErrorContext all any appendContext attrNames attrValues baseNameOf
    bitAnd bitOr bitXor break catAttrs ceil compareVersions concatLists concatMap concatStringsSep convertHash
    deepSeq derivation derivationStrict dirOf div elem elemAt fetchGit fetchTarball fetchTree fetchurl filter
    filterSource findFile flakeRefToString floor foldl' fromJSON fromTOML functionArgs genList genericClosure
    getAttr getContext getEnv getFlake groupBy hasAttr hasContext hashFile hashString head import intersectAttrs
    isAttrs isFloat isList length lessThan listToAttrs map mapAttrs match mul outputOf parseDrvName parseFlakeRef
    partition path pathExists placeholder readDir readFile readFileType removeAttrs replaceStrings scopedImport
    seq sort split splitVersion storePath stringLength sub substring tail throw toFile toJSON toPath toString
    toXML trace traceVerbose tryEval typeOf unsafeDiscardOutputDependency unsafeDiscardStringContext
    unsafeGetAttrPos warn zipAttrsWith""".split()
)

DEEPEST: Final = 30_000
HUGEST: Final = 200_000


class RawTexts:
    def __init__(self, seed: int) -> None:
        self.seed: Final = seed
        self.random = random.Random()
        self.expressions = ""  # the seed of what comes from the generator
        self.kinds: Final[tuple[Callable[[], str], ...]] = (
            self.bytes,
            self.tokens,
            self.tokens,
            self.nesting,
            self.huge,
            self.damaged_expression,
            self.calls,
            self.calls,
            self.calls,
            self.operators,
        )

    def text(self, number: int) -> str:
        """Byte text."""
        self.random = random.Random(f"{self.seed}:{number}")
        self.expressions = f"{self.seed}:{number}"
        return self.random.choice(self.kinds)()

    def length(self, most: int) -> int:
        """From 1 to `most`, more often small."""
        return int(most ** self.random.random())

    def bytes(self) -> str:
        return self.random.randbytes(self.length(2_000)).decode("latin-1")

    def tokens(self) -> str:
        blank = self.random.choice(("", " ", " "))
        return blank.join(self.random.choices(TOKENS, k=self.length(300)))

    def nesting(self) -> str:
        """One or two kinds of it. Now and then something is missing at the end."""
        depth = self.length(DEEPEST)
        begin, inside, end = self.random.choice(NESTINGS)
        if self.random.random() < 0.3:
            other_begin, inside, other_end = self.random.choice(NESTINGS)
            begin, end = begin + other_begin, other_end + end
        closed = depth if self.random.random() < 0.8 else self.random.randrange(depth + 1)
        return begin * depth + inside + end * closed

    def huge(self) -> str:
        """A literal or a name."""
        size = self.length(HUGEST)
        digits = "".join(self.random.choices("0123456789", k=min(size, 1_000))) * max(size // 1_000, 1)
        forms = (
            digits, "1." + digits, "0." + "0" * size + "1", "1.0e" + digits, "1.5e-" + digits, digits + ".e9",
            "a" * size, "{" + "a" * size + "=1;}", "./" + "a/" * size, '"' + "\xff" * size + '"', "-" + digits,
            '"' + "\\n" * size + '"', '"' + "$" * size + '"', "''" + "\n  a" * size + "''", "#" * size, "/*" + "*" * size,
            "<" + "a" * size + ">", "x:" + "y" * size, "[" + "1 " * size + "]", "a" + ".a" * size, "''" + " " * size + "''",
            "{" + "".join(f"a{number}=1;" for number in range(min(size, 20_000))) + "}",
            "{" + ",".join(f"a{number}" for number in range(min(size, 20_000))) + "}:1",
            f'builtins.stringLength ("{"b" * size}" + "{digits}")', "''" + "${\"a\"}" * min(size, 20_000) + "''",
            f'builtins.fromJSON "{digits}"', f'builtins.fromTOML "a = {digits}"',
            f'builtins.fromJSON "{"[" * size}"', f'builtins.fromTOML "a = {"[" * size}"',
            f'builtins.match "{"(" * min(size, 3_000)}a{")" * min(size, 3_000)}" "a"',
            f'builtins.split "a" "{"a" * size}"', f'builtins.match "(a*)*b" "{"a" * size}"',
            f'builtins.match "a{{{digits}}}" "a"', f'builtins.compareVersions "{digits}.{digits}" "{"1." * size}"',
            f"builtins.genList (x: x) {digits}", f'builtins.substring {digits[:19]} {digits[:18]} "a"',
            f'builtins.toJSON (builtins.genList (x: x) {size})', f'builtins.hashString "sha256" "{"a" * size}"',
        )  # fmt: skip
        return self.random.choice(forms)

    def damaged_expression(self) -> str:
        """An expression that means something, but for a few bytes."""
        text = Generator(self.expressions).expression().encode("utf-8").decode("latin-1")
        for _ in range(self.random.randrange(3)):
            at = self.random.randrange(len(text) + 1)
            put = self.random.choice((self.random.choice(TOKENS), chr(self.random.randrange(256))))
            end = at + self.random.randrange(3)
            text = text[:at] + put + text[end:]
        return text

    def value(self, depth: int) -> str:
        if depth > 0 and self.random.random() < 0.3:
            return "(" + self.call(depth - 1) + ")"
        if self.random.random() < 0.1:
            first, second = self.random.choices(VALUES, k=2)
            return self.random.choice((f"[ {first} {second} ]", f"{{ a = {first}; b = {second}; }}"))
        return self.random.choice(VALUES)

    def call(self, depth: int) -> str:
        arguments = [self.value(depth) for _ in range(self.random.choice((1, 1, 2, 2, 2, 3, 3, 4)))]
        return f"builtins.{self.random.choice(BUILTINS)} " + " ".join(arguments)

    def calls(self) -> str:
        """A builtin, with arguments that may be of the right types."""
        return self.call(2)

    def operators(self) -> str:
        """Operators between values of any type."""
        operators = (
            "+",
            "-",
            "*",
            "/",
            "//",
            "++",
            "==",
            "!=",
            "<",
            ">=",
            "&&",
            "||",
            "->",
            "?",
            ".",
            " ",
            " or ",
        )
        text = self.value(1)
        for _ in range(self.length(6)):
            text = f"({text} {self.random.choice(operators)} {self.value(1)})"
        return text
