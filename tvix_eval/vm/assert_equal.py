"""What ``assert a == b`` says when the values are not equal: the first difference."""

from __future__ import annotations

from tvix_eval.errors import NO_POSITION, AssertionError_, NixError
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.compare import equal, is_derivation, type_rank
from tvix_eval.vm.machine import enter, leave, session
from tvix_eval.vm.show import show_name, show_type, show_value
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import MISSING, Path, Thunk


def assert_equal(a: object, b: object, pos: i64) -> None:
    """Find the first difference of two values as `compare.equal` would, and raise it.

    Raises AssertionError_, or what goes wrong while forcing. Equal values pass.
    """
    if isinstance(a, Thunk) and a is b:
        a.force(pos)
        return
    enter(pos)
    if isinstance(a, Thunk):
        a = a.force(pos)
    if isinstance(b, Thunk):
        b = b.force(pos)
    difference(a, b, pos)
    leave()


def is_number(value: object) -> bool:
    if isinstance(value, float):
        return True
    return isinstance(value, int) and not isinstance(value, bool)


def quoted(value: object) -> str:
    return "'" + show_value(value) + "'"


def unequal(what: str, a: object, b: object) -> NixError:
    return AssertionError_(what + " " + quoted(a) + " is not equal to " + what + " " + quoted(b))


def difference(a: object, b: object, pos: i64) -> None:
    if is_number(a) and is_number(b):
        if not equal(a, b, pos):
            raise described(a, b, " with value ")
    elif type_rank(a) != type_rank(b):
        raise described(a, b, " of value ")
    elif isinstance(a, bool):
        if a is not b:
            raise unequal("boolean", a, b)
    elif isinstance(a, str) or isinstance(a, NixString):
        if not equal(a, b, pos):
            raise unequal("string", a, b)
    elif isinstance(a, Path) and isinstance(b, Path):
        if a.text != b.text:
            raise unequal("path", a, b)
    elif isinstance(a, list) and isinstance(b, list):
        list_difference(a, b, pos)
    elif isinstance(a, Attrs) and isinstance(b, Attrs):
        attrs_difference(a, b, pos)
    elif a is not None:
        raise AssertionError_(
            "distinct functions and immediate comparisons of identical functions compare as unequal"
        )


def described(a: object, b: object, has: str) -> NixError:
    return AssertionError_(
        show_type(a) + has + quoted(a) + " is not equal to " + show_type(b) + has + quoted(b)
    )


def list_difference(a: list[object], b: list[object], pos: i64) -> None:
    if len(a) != len(b):
        raise AssertionError_(
            f"list of size '{len(a)}' is not equal to list of size '{len(b)}', "
            f"left hand side is {quoted(a)}, right hand side is {quoted(b)}"
        )
    at = 0
    for item in a:
        if item is not b[at]:
            try:
                assert_equal(item, b[at], pos)
            except NixError as error:
                error.add_frame(pos, f"while comparing list element {at}")
                raise
        at += 1


def attrs_difference(a: Attrs, b: Attrs, pos: i64) -> None:
    if is_derivation(a) and is_derivation(b):
        a_path = a.place("outPath")
        b_path = b.place("outPath")
        if a_path is not MISSING and b_path is not MISSING:
            try:
                assert_equal(a_path, b_path, pos)
            except NixError as error:
                error.add_frame(pos, "while comparing a derivation by its 'outPath' attribute")
                raise
            return
    if a.size() != b.size():
        raise AssertionError_(
            f"attribute names of attribute set {quoted(a)} differs from attribute set {quoted(b)}"
        )
    symbols = session().symbols
    a_names = a.names()
    b_names = b.names()
    b_order = b.symbol_order(symbols)
    step = 0
    for at in a.symbol_order(symbols):
        name = a_names[at]
        other = b_names[b_order[step]]
        step += 1
        if name != other:
            raise name_difference(a, b, name, other)
        left = a.place(name)
        right = b.place(name)
        if left is not right:
            try:
                assert_equal(left, right, pos)
            except NixError as error:
                if b.position(name) != NO_POSITION:
                    error.add_frame(b.position(name), "where right hand side is")
                if a.position(name) != NO_POSITION:
                    error.add_frame(a.position(name), "where left hand side is")
                error.add_frame(pos, "while comparing attribute '" + show_name(name) + "'")
                raise


def name_difference(a: Attrs, b: Attrs, a_name: str, b_name: str) -> NixError:
    if not b.has(a_name):
        return AssertionError_(
            f"attribute name '{a_name}' is contained in {quoted(a)}, but not in {quoted(b)}"
        )
    return AssertionError_(
        f"attribute name '{b_name}' is missing in {quoted(a)}, but is contained in {quoted(b)}"
    )
