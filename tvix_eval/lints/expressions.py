"""Lints about single expressions: operations that do nothing, what is never evaluated, literals."""

from __future__ import annotations

from tvix_eval.lints.model import Edit, Finding, Subject, unwrapped
from tvix_eval.lints.removing import replaced, without_binding
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

COMPARISONS: Final = frozenset(
    (t.A_EQUAL, t.A_NOT_EQUAL, t.A_LESS, t.A_LESS_EQUAL, t.A_GREATER, t.A_GREATER_EQUAL)
)
BOOLEAN: Final = COMPARISONS | {t.A_AND, t.A_OR, t.A_IMPLIES, t.A_NOT, t.A_HAS_ATTR}
NEGATED: Final = {t.A_EQUAL: "!=", t.A_NOT_EQUAL: "=="}
# Where an operation needs no parentheses, whatever it is.
LOOSE: Final = frozenset(
    (
        *(t.A_PARENTHESIZED, t.A_BINDING, t.A_IF, t.A_ASSERT, t.A_LET, t.A_WITH, t.A_LAMBDA, t.A_AND, t.A_OR),
        *(
            t.A_LAMBDA_PATTERN,
            t.A_LAMBDA_PATTERN_AT,
            t.A_LAMBDA_AT_PATTERN,
            t.A_IMPLIES,
            t.A_INTERPOLATED_EXPR,
        ),
        t.A_FORMAL_DEFAULT,
    )
)
SIMPLE: Final = frozenset((t.A_VARIABLE, t.A_PARENTHESIZED, t.A_SELECT, t.A_CALL))
DEPRECATED: Final = {"isNull": "write `... == null`", "builtins.isNull": "write `... == null`"}
DEPRECATED_TO_PATH: Final = "builtins.toPath"


def boolean(subject: Subject, node: Concrete) -> str:
    """Which literal a node is: "true", "false", or "" when it is none."""
    node = unwrapped(node)
    for name in ("true", "false"):
        if subject.is_global(node, name):
            return name
    return ""


def is_boolean(subject: Subject, node: Concrete) -> bool:
    """Whether a node, if it has a value, certainly has a Boolean."""
    node = unwrapped(node)
    return node.action in BOOLEAN or boolean(subject, node) != ""


def is_list(node: Concrete) -> bool:
    return unwrapped(node).action in (t.A_LIST, t.A_CONCAT)


def is_set(node: Concrete) -> bool:
    return unwrapped(node).action in (t.A_ATTRS, t.A_ATTRS_EMPTY, t.A_REC, t.A_UPDATE)


def negation(subject: Subject, node: Concrete) -> str:
    text = subject.text_of(node)
    return "!" + text if node.action in SIMPLE else "!(" + text + ")"


# ---- Operations ---------------------------------------------------------------------


def check_comparison(subject: Subject, node: Concrete) -> None:
    left, right = node.children[0], node.children[2]
    for literal, other in ((right, left), (left, right)):
        value = boolean(subject, literal)
        if not value:
            continue
        positive = (value == "true") == (node.action == t.A_EQUAL)
        text = subject.text_of(other) if positive else negation(subject, other)
        certain = is_boolean(subject, other)
        name = "boolean-comparison" if certain else "boolean-literal-comparison"
        finding = subject.add(name, node, f"this compares with `{value}`")
        if "\n" not in text:
            finding.with_hint(("" if certain else "if that is always a Boolean, ") + f"write `{text}`")
        if certain:
            finding.with_edits(replaced(subject, node, text, [other]))
        return


def check_logic(subject: Subject, node: Concrete) -> None:
    """``&&``, ``||`` and ``->`` with a literal."""
    left, right = node.children[0], node.children[2]
    first, second = boolean(subject, left), boolean(subject, right)
    decided = {t.A_AND: "false", t.A_OR: "true", t.A_IMPLIES: "false"}[int(node.action)]
    if first == decided:
        result = "true" if node.action != t.A_AND else "false"
        finding = subject.add("dead-code", right, f"this is never evaluated: before it is `{first}`")
        finding.with_edits(replaced(subject, node, result, []))
    elif first:
        useless(subject, node, right, first)
    elif second and second != decided and node.action != t.A_IMPLIES:
        useless(subject, node, left, second)


def useless(subject: Subject, node: Concrete, other: Concrete, value: str) -> None:
    finding = subject.add("boolean-operation", node, f"`{value}` changes nothing here")
    if is_boolean(subject, other):
        finding.with_edits(replaced(subject, node, subject.text_of(other), [other]))


def check_if(subject: Subject, node: Concrete) -> None:
    condition, then, otherwise = node.children[1], node.children[3], node.children[5]
    value = boolean(subject, condition)
    if value:
        dead = otherwise if value == "true" else then
        alive = then if value == "true" else otherwise
        finding = subject.add("dead-code", dead, f"this is never evaluated: the condition is `{value}`")
        finding.with_edits(replaced(subject, node, subject.text_of(alive), [alive]))
        return
    first, second = boolean(subject, then), boolean(subject, otherwise)
    if first and second and first != second:
        text = subject.text_of(condition) if first == "true" else negation(subject, condition)
        finding = subject.add("boolean-if", node, "this `if` chooses between `true` and `false`")
        if "\n" not in text:
            finding.with_hint(f"write `{text}`")
        if is_boolean(subject, condition):
            finding.with_edits(replaced(subject, node, text, [condition]))


def check_assert(subject: Subject, node: Concrete) -> None:
    if boolean(subject, node.children[1]) == "true":
        finding = Finding(
            "dead-code", node.begin, node.children[2].end, "this assertion is never false: it does nothing"
        )
        begin, end = int(node.begin), int(node.children[3].begin)
        if not subject.has_comment(begin, end):
            finding.with_edits([Edit(begin, end, "")])
        subject.findings.append(finding)


def check_not(subject: Subject, node: Concrete) -> None:
    operand = node.children[1]
    if operand.action != t.A_PARENTHESIZED:
        return
    comparison = unwrapped(operand)
    sign = NEGATED.get(int(comparison.action))
    if sign is None:
        return
    left, right = comparison.children[0], comparison.children[2]
    text = f"{subject.text_of(left)} {sign} {subject.text_of(right)}"
    finding = subject.add("negated-comparison", node, f"this is `{sign}`, written in another way")
    if node.parent is None or node.parent.action in LOOSE:
        finding.with_edits(replaced(subject, node, text, [left, right]))


def check_empty_operation(subject: Subject, node: Concrete) -> None:
    left, right = node.children[0], node.children[2]
    lists = node.action == t.A_CONCAT
    for empty, other in ((right, left), (left, right)):
        if is_empty(empty, lists) and not subject.has_comment(int(empty.begin), int(empty.end)):
            what = "[ ]" if lists else "{ }"
            finding = subject.add("empty-operation", node, f"`{what}` changes nothing here")
            if is_list(other) if lists else is_set(other):
                finding.with_edits(replaced(subject, node, subject.text_of(other), [other]))
            return


def is_empty(node: Concrete, lists: bool) -> bool:
    node = unwrapped(node)
    if lists:
        return node.action == t.A_LIST and not node.children[1].children
    return node.action == t.A_ATTRS_EMPTY


# ---- Bindings -----------------------------------------------------------------------


def check_inherit(subject: Subject, node: Concrete) -> None:
    if not node.children[-2].children:
        subject.add("empty-inherit", node, "this `inherit` has no names").with_edits(
            without_binding(subject, node)
        )


def check_let(subject: Subject, node: Concrete) -> None:
    if not node.children[1].children:
        body = node.children[3]
        begin, end = int(node.begin), int(body.begin)
        finding = subject.add("empty-let", node.children[0], "this `let` has no bindings")
        if not subject.has_comment(begin, end):
            finding.with_edits([Edit(begin, end, "")])


def check_legacy_let(subject: Subject, node: Concrete) -> None:
    finding = subject.add("legacy-let", node.children[0], "`let { ... }` is an old form of `rec`")
    begin, end = int(node.begin), int(node.end)
    outer = node.parent
    joined = outer is not None and outer.action in (t.A_SELECT, t.A_SELECT_OR, t.A_CURSED_OR)
    if not joined and not subject.has_comment(begin, int(node.children[1].begin)):
        finding.with_edits([Edit(begin, int(node.children[0].end), "rec"), Edit(end, end, ".body")])


def check_binding(subject: Subject, node: Concrete) -> None:
    """``a = a;`` and ``a = x.a;``."""
    path, value = node.children[0].children, node.children[2]
    bindings = node.parent
    if len(path) != 1 or path[0].token != t.ID or bindings is None or bindings.parent is None:
        return
    if subject.names.is_merged(bindings.parent):
        return  # its values may see other names than what it inherits
    name = subject.text_of(path[0])
    if value.action == t.A_VARIABLE and bindings.parent.action == t.A_ATTRS:
        if subject.text_of(value) == name:
            finding = subject.add("manual-inherit", node, f"this is `inherit {name};`")
            finding.with_edits(replaced(subject, node, f"inherit {name};", []))
    elif value.action == t.A_SELECT and len(value.children[2].children) == 1:
        component = value.children[2].children[0]
        source = unwrapped(value.children[0])
        text = subject.text_of(source)
        if component.token == t.ID and subject.text_of(component) == name and "\n" not in text:
            finding = subject.add("manual-inherit-from", node, f"this is `inherit ({text}) {name};`")
            finding.with_edits(replaced(subject, node, f"inherit ({text}) {name};", []))


# ---- Functions and literals ---------------------------------------------------------


def check_function(subject: Subject, node: Concrete) -> None:
    """``x: f x``."""
    body = unwrapped(node.children[2])
    if body.action != t.A_CALL or body.children[1].action != t.A_VARIABLE:
        return
    function, argument = body.children[0], body.children[1]
    if function.action not in (t.A_VARIABLE, t.A_SELECT) or is_result(node):
        return
    definition = subject.names.meaning.get(int(argument.begin))
    if definition is None or definition.node is not node.children[0] or len(definition.uses) != 1:
        return
    text = subject.text_of(function)
    finding = subject.add("eta-reducible", node, "this function only passes its argument on")
    if "\n" not in text:
        finding.with_hint(f"write `{text}`, unless that must not be evaluated before the call")


def is_result(node: Concrete) -> bool:
    """Whether a function is what another returns, as one of several arguments."""
    return node.parent is not None and node.parent.action == t.A_LAMBDA


def check_uri(subject: Subject, node: Concrete) -> None:
    text = subject.text_of(node)
    finding = subject.add("url-literal", node, "this URL has no quotes")
    finding.with_edits(replaced(subject, node, '"' + text + '"', []))


def check_cursed_or(subject: Subject, node: Concrete) -> None:
    subject.add("or-as-identifier", node, "`or` is an argument here")


def check_deprecated(subject: Subject, node: Concrete) -> None:
    text = subject.text_of(node)
    if text == DEPRECATED_TO_PATH and subject.is_global(node.children[0], "builtins"):
        subject.add("deprecated-builtin", node, "`toPath` does nothing of use").with_hint(
            "write `/. + ...` for an absolute path"
        )
    elif text in DEPRECATED:
        known = subject.is_global(
            node if node.action == t.A_VARIABLE else node.children[0], text.split(".")[0]
        )
        outer = node.parent
        if known and not (outer is not None and outer.action == t.A_BINDING):
            subject.add("deprecated-builtin", node, "`isNull` is deprecated").with_hint(DEPRECATED[text])
