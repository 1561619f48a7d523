"""Lints about names: what nothing uses, what hides something, what is there for nothing."""

from __future__ import annotations

from tvix_eval.lints.model import Edit, Subject
from tvix_eval.lints.removing import without_binding, without_name, without_word
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete
from tvix_eval.syntax.scopes import (
    ARGUMENT,
    FORMAL,
    GLOBALS,
    LET,
    REC,
    WHOLE,
    WITH,
    Definition,
    Scope,
    static_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

UNUSED: Final = {
    LET: ("unused-binding", "nothing uses `{}`"),
    ARGUMENT: ("unused-argument", "the argument `{}` is not used"),
    FORMAL: ("unused-formal", "`{}` is not used"),
    WHOLE: ("unused-pattern-name", "`{}` is not used"),
}


def check_scopes(subject: Subject) -> None:
    """All lints of this module."""
    for scope in subject.names.scopes:
        if scope.kind == WITH:
            check_with(subject, scope)
            continue
        for definition in scope.names.values():
            check_unused(subject, definition)
            check_hiding(subject, definition)
            check_self(subject, definition)
            if scope.kind == LET:
                check_inherited(subject, definition)
        if scope.node.action == t.A_REC:
            check_rec(subject, scope)


# ---- What nothing uses --------------------------------------------------------------


def check_unused(subject: Subject, definition: Definition) -> None:
    if definition.kind not in UNUSED or definition.name.startswith("_"):
        return
    if any(not inside(use, definition.sites) for use in definition.uses):
        return
    lint, message = UNUSED[definition.kind]
    finding = subject.add(lint, definition.node, message.format(definition.name))
    if definition.kind == LET:
        edits: list[Edit] = []
        for site in definition.sites:
            edits += (
                without_binding(subject, site) if site.action == t.A_BINDING else without_name(subject, site)
            )
        if all(edits) and len({edit.begin for edit in edits}) == len(edits):
            finding.with_edits(edits)
    elif definition.kind == WHOLE:
        finding.with_edits(without_pattern_name(subject, definition.node))
    elif definition.kind == ARGUMENT:
        finding.with_hint(f"begin its name with `_` to show that: `_{definition.name}`")


def inside(use: Concrete, sites: list[Concrete]) -> bool:
    """Whether a use is in what is defined."""
    return any(site.begin <= use.begin < site.end for site in sites if site.action == t.A_BINDING)


def without_pattern_name(subject: Subject, name: Concrete) -> list[Edit]:
    """Takes out the name of a whole argument, which is before or after its pattern."""
    function = name.parent
    assert function is not None
    if function.action == t.A_LAMBDA_AT_PATTERN:
        begin, end = int(name.begin), int(function.children[2].begin)
    else:
        begin, end = int(function.children[0].end), int(name.end)
    return [] if subject.has_comment(begin, end) else [Edit(begin, end, "")]


def check_with(subject: Subject, scope: Scope) -> None:
    node = scope.node
    if not scope.uses:
        finding = subject.add("unused-with", node.children[0], "no variable comes from this `with`")
        begin, end = int(node.begin), int(node.children[3].begin)
        if not subject.has_comment(begin, end):
            finding.with_edits([Edit(begin, end, "")])
        return
    outer = scope.up
    while outer is not None and outer.kind != WITH:
        outer = outer.up
    if outer is not None:
        finding = subject.add("with-hides", node.children[0], "this `with` hides names of the one around it")
        use = subject.text_of(scope.uses[0])
        finding.with_hint(
            f"where `{use}` comes from can't be seen: write `inherit (...) {use};` or the set's name"
        )


def check_rec(subject: Subject, scope: Scope) -> None:
    if scope.merged or "__overrides" in scope.names:
        return
    if any(definition.uses for definition in scope.names.values()):
        return
    finding = subject.add("useless-rec", scope.node.children[0], "no value uses an attribute of this `rec`")
    finding.with_edits(without_word(subject, scope.node.children[0], scope.node.children[1]))


# ---- What hides something -----------------------------------------------------------


def check_hiding(subject: Subject, definition: Definition) -> None:
    name = definition.name
    if name in GLOBALS and definition.kind != FORMAL and not is_the_global(subject, definition):
        subject.add("shadowed-global", definition.node, f"`{name}` hides what is there everywhere")
    if name.startswith("_"):
        return
    scope = definition.scope.up
    while scope is not None:
        if name in scope.names:
            if not is_inherit(definition):
                subject.add("shadowed-name", definition.node, f"`{name}` hides another `{name}`")
            return
        scope = scope.up


def is_inherit(definition: Definition) -> bool:
    return definition.sites[0].parent is not None and definition.sites[0].parent.action == t.A_NAMES_START


def is_the_global(subject: Subject, definition: Definition) -> bool:
    """Whether a name is given the value that it has anyway."""
    site = definition.sites[0]
    if site.action == t.A_BINDING:
        return subject.text_of(site.children[2]).strip("()") == "builtins." + definition.name
    names = site.parent
    if names is None or names.parent is None or names.action != t.A_NAMES_START:
        return False
    return True  # what is inherited is meant, and mostly the same


def check_self(subject: Subject, definition: Definition) -> None:
    if definition.kind not in (LET, REC) or len(definition.sites) != 1:
        return
    site = definition.sites[0]
    if site.action != t.A_BINDING or len(site.children[0].children) != 1:
        return
    value = site.children[2]
    if value.action == t.A_VARIABLE and subject.names.meaning.get(int(value.begin)) is definition:
        subject.add("self-reference", site, f"`{definition.name}` is defined as itself: this has no value")


def check_inherited(subject: Subject, definition: Definition) -> None:
    site = definition.sites[0]
    names = site.parent
    if names is None or names.parent is None or names.parent.action != t.A_INHERIT or not definition.uses:
        return
    if names.action != t.A_NAMES_START or static_name(site, subject.text) is None:
        return
    begin = int(site.begin)
    if begin in subject.names.meaning or definition.name in GLOBALS:
        finding = subject.add("useless-inherit", site, f"`{definition.name}` is visible here anyway")
        finding.with_edits(without_name(subject, site))
