"""All lints, with what is said of them by ``--list`` and in docs/lints.md."""

from __future__ import annotations

from tvix_eval.lints.model import ALLOW, DENY, WARN, Lint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ALL: Final = [
    Lint("syntax-error", "", DENY, "the source can't be parsed", "{ a = 1 }", "{ a = 1; }"),
    Lint(
        *("unknown-lint", "", WARN, "a comment allows a lint that does not exist"),
        *("# tvix: allow(unused)\n1", "# tvix: allow(unused-binding)\n1"),
    ),
    # Names
    Lint(
        *("unused-binding", "W003", WARN, "a `let` defines what nothing uses"),
        *("let a = 1; b = 2; in b", "let b = 2; in b", "always"),
    ),
    Lint(
        *("unused-argument", "", ALLOW, "a function does not use its argument; begin its name with `_`"),
        *("a: 1", "_a: 1"),
    ),
    Lint(
        *("unused-formal", "", ALLOW, "a function does not use an attribute that it takes"),
        *("{ a, b }: a", "{ a, ... }: a"),
    ),
    Lint(
        *("unused-pattern-name", "", WARN, "a function does not use the name of its whole argument"),
        *("{ a }@args: a", "{ a }: a", "always"),
    ),
    Lint(
        *("unused-with", "", WARN, "no variable comes from a `with`"),
        *("x: with x; 1", "x: 1", "always"),
    ),
    Lint(
        *("useless-inherit", "W002", WARN, "a `let` inherits what is visible anyway"),
        *("x: let inherit x; in x", "x: x", "always"),
    ),
    Lint(
        *("useless-rec", "", WARN, "no value of a `rec` set uses its attributes"),
        *("rec { a = 1; }", "{ a = 1; }", "always"),
    ),
    Lint(
        *("shadowed-global", "W004", WARN, "a name hides one that is there everywhere"),
        *("let map = 1; in map", "let places = 1; in places"),
    ),
    Lint(
        *("shadowed-name", "", ALLOW, "a name hides one of a scope around"),
        *("x: let x = 1; in x", "x: let y = 1; in y"),
    ),
    Lint(
        *("with-hides", "", ALLOW, "the names of a `with` hide those of the `with` around it"),
        *("x: y: with x; with y; a", "x: y: y.a"),
    ),
    Lint(
        *("self-reference", "", DENY, "a binding is defined as itself, which has no value"),
        *("let a = a; in a", "a: a"),
    ),
    # Bindings
    Lint(
        *("empty-inherit", "W009", WARN, "an `inherit` without names does nothing"),
        *("{ inherit; a = 1; }", "{ a = 1; }", "always"),
    ),
    Lint(
        *("empty-let", "W010", WARN, "a `let` without bindings does nothing"),
        *("let in 1", "1", "always"),
    ),
    Lint(
        *("legacy-let", "W005", WARN, "`let { ... }` is an old form of `rec`"),
        *("let { a = 1; body = a; }", "rec { a = 1; body = a; }.body", "always"),
    ),
    Lint(
        *("manual-inherit", "", WARN, "an attribute has the value of the variable of its name"),
        *("a: { a = a; }", "a: { inherit a; }", "always"),
    ),
    Lint(
        *("manual-inherit-from", "", ALLOW, "an attribute has the value of an attribute of its name"),
        *("x: { a = x.a; }", "x: { inherit (x) a; }", "always"),
    ),
    # Operations
    Lint(
        *("boolean-comparison", "W007", WARN, "a comparison of a Boolean with `true` or `false`"),
        *("x: (x > 1) == true", "x: (x > 1)", "always"),
    ),
    Lint(
        *("boolean-literal-comparison", "", ALLOW, "a comparison of anything with `true` or `false`"),
        *("x: x == true", "x: x"),
    ),
    Lint(
        *("boolean-operation", "W007", WARN, "an operation with `true` or `false` that changes nothing"),
        *("x: true && x > 1", "x: x > 1", "where the other side is certainly a Boolean"),
    ),
    Lint(
        *("boolean-if", "", WARN, "`if` chooses between `true` and `false`"),
        *("x: if x > 1 then true else false", "x: x > 1", "where the condition is certainly a Boolean"),
    ),
    Lint(
        *("negated-comparison", "", WARN, "`!(a == b)` is `a != b`"),
        *("a: b: !(a == b)", "a: b: a != b", "where no parentheses would be needed"),
    ),
    Lint(
        *("empty-operation", "", WARN, "an operation with `{ }` or `[ ]` that changes nothing"),
        *("x: [ x ] ++ [ ]", "x: [ x ]", "where the other side is certainly a list or a set"),
    ),
    Lint(
        *("dead-code", "W008", WARN, "code that is never evaluated"),
        *("a: b: if true then a else b", "a: b: a", "where it has no comments"),
    ),
    # Functions, parentheses, literals
    Lint(
        *("eta-reducible", "", WARN, "a function only passes its argument on"),
        *("f: map (x: f x) [ 1 ]", "f: map f [ 1 ]"),
    ),
    Lint(
        *("redundant-parentheses", "", WARN, "parentheses that change nothing"),
        *("{ a = (1); }", "{ a = 1; }", "always", True),
    ),
    Lint(
        *(
            "or-as-identifier",
            "",
            WARN,
            "`or` is used as a name, which means something else in other versions",
        ),
        *("x: x or", "x: x"),
    ),
    Lint(
        *("url-literal", "W001", WARN, "a URL without quotes"),
        *("https://example.org", '"https://example.org"', "always", True),
    ),
    Lint(
        *("sri-padding", "W012", WARN, "a hash in SRI form that is padded wrongly"),
        *('"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"',),
        *('"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="',),
    ),
    Lint(
        *("deprecated-builtin", "", WARN, "a builtin that should not be used any more"),
        *("x: isNull x", "x: x == null"),
    ),
]

BY_NAME: Final = {lint.name: lint for lint in ALL}
BY_CODE: Final = {
    code: [lint.name for lint in ALL if lint.code == code] for code in {lint.code for lint in ALL}
}
