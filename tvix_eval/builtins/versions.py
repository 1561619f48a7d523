"""Builtins on version numbers."""

from __future__ import annotations

from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.patterns import LazyPattern
from tvix_eval.vm.attrs import from_sorted
from tvix_eval.vm.force import force_string_no_context
from tvix_eval.vm.values import Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

COMPONENT: Final = LazyPattern(r"[0-9]+|[^0-9.-]+")
VERSION_START: Final = LazyPattern(r"-(?![A-Za-z])(?=.)", dotall=True)
LARGEST_NUMBER: Final = (1 << 31) - 1  # longer runs of digits are compared as strings


def split_version(version: str) -> list[str]:
    """Runs of digits and of others; dots and dashes only separate."""
    return COMPONENT.get().findall(version)


def number_of(component: str) -> int:
    """The number that a component is, or -1."""
    if component and "0" <= component[0] <= "9":
        number = int(component) if len(component) < 4000 else LARGEST_NUMBER + 1
        if number <= LARGEST_NUMBER:
            return number
    return -1


def component_before(a: str, b: str) -> bool:
    a_number = number_of(a)
    b_number = number_of(b)
    if a_number >= 0 and b_number >= 0:
        return a_number < b_number
    if a == "" and b_number >= 0:
        return True
    if a == "pre" and b != "pre":
        return True
    if b == "pre":
        return False
    if b_number >= 0:
        return True  # 2.3a is before 2.3.1
    if a_number >= 0:
        return False
    return a < b


def compare_versions(a: str, b: str) -> int:
    """-1, 0 or 1 as version `a` is before, the same as, or after `b`."""
    if a == b:
        return 0
    left = split_version(a)
    right = split_version(b)
    for at in range(max(len(left), len(right))):
        x = left[at] if at < len(left) else ""
        y = right[at] if at < len(right) else ""
        if x != y:
            if component_before(x, y):
                return -1
            if component_before(y, x):
                return 1
    return 0


def compare(a: object, b: object) -> object:
    x = force_string_no_context(
        a, 0, "while evaluating the first argument passed to builtins.compareVersions"
    )
    y = force_string_no_context(
        b, 0, "while evaluating the second argument passed to builtins.compareVersions"
    )
    return compare_versions(x, y)


def split(a: object) -> object:
    version = force_string_no_context(
        a, 0, "while evaluating the first argument passed to builtins.splitVersion"
    )
    result: list[object] = []
    result.extend(split_version(version))
    return result


def parse_name(a: object) -> object:
    name = force_string_no_context(
        a, 0, "while evaluating the first argument passed to builtins.parseDrvName"
    )
    version = ""
    found = VERSION_START.get().search(name)
    if found is not None:
        version = name[found.end() :]
        name = name[: found.start()]
    return from_sorted(["name", "version"], [name, version])


def version_builtins() -> list[Builtin]:
    return [
        Builtin(
            "compareVersions",
            ["s1", "s2"],
            Function2(compare),
            "-1, 0 or 1 as version *s1* is older than, the same as, or newer than *s2*.",
        ),
        Builtin(
            "splitVersion",
            ["s"],
            Function1(split),
            "The components of a version: its runs of digits and of other characters, "
            "without the dots and dashes between.",
        ),
        Builtin(
            "parseDrvName",
            ["s"],
            Function1(parse_name),
            "A package name taken apart: `version` begins after the first dash that no letter follows.",
        ),
    ]
