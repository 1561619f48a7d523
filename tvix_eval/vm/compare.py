"""Equality and order of values."""

from __future__ import annotations

from tvix_eval.errors import EvalError, NixError
from tvix_eval.hints import i64
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.machine import REGISTERS, call_depth_error, enter, leave, session
from tvix_eval.vm.show import show_type, show_value
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import MISSING, Path, Thunk


def equal(a: object, b: object, pos: i64) -> bool:
    """Whether two values are equal: ``a == b``. Functions never are."""
    if REGISTERS.calls > REGISTERS.max_calls:
        raise call_depth_error(pos)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return equal_deep(a, b, pos)


def equal_places(a: object, b: object, pos: i64) -> bool:
    """Whether two places hold equal values; the same place does, whatever it holds.

    That is how functions in lists and sets can compare equal in Nix.
    """
    if a is b:
        if isinstance(a, Thunk):
            enter(pos)
            a.force(pos)
            leave()
        return True
    if isinstance(a, Thunk):
        a = a.force(pos)
    if isinstance(b, Thunk):
        b = b.force(pos)
    if a is b:
        return True
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return equal_deep(a, b, pos)


def equal_deep(a: object, b: object, pos: i64) -> bool:
    if isinstance(a, NixString):
        a = a.text
    if isinstance(b, NixString):
        b = b.text
    if isinstance(a, str):
        return isinstance(b, str) and a == b
    if isinstance(a, Attrs):
        return isinstance(b, Attrs) and equal_attrs(a, b, pos)
    if isinstance(a, list):
        return isinstance(b, list) and equal_lists(a, b, pos)
    if a is None or a is True or a is False:
        return a is b
    if b is None or b is True or b is False:
        return False
    if isinstance(a, int):
        if isinstance(b, int):
            return a == b
        return isinstance(b, float) and float(a) == b
    if isinstance(a, float):
        if isinstance(b, int):
            return a == float(b)
        return isinstance(b, float) and a == b
    if isinstance(a, Path):
        return isinstance(b, Path) and a.text == b.text
    return False


def equal_lists(a: list[object], b: list[object], pos: i64) -> bool:
    if len(a) != len(b):
        return False
    enter(pos)
    at = 0
    for item in a:
        if not equal_places(item, b[at], pos):
            leave()
            return False
        at += 1
    leave()
    return True


def is_derivation(attrs: Attrs) -> bool:
    kind = attrs.get("type", attrs.position("type")) if attrs.has("type") else None
    if isinstance(kind, NixString):
        kind = kind.text
    return isinstance(kind, str) and kind == "derivation"


def equal_attrs(a: Attrs, b: Attrs, pos: i64) -> bool:
    """Derivations are equal when their outPaths are; other sets attribute by attribute."""
    if is_derivation(a) and is_derivation(b):
        a_path = a.place("outPath")
        b_path = b.place("outPath")
        if a_path is not MISSING and b_path is not MISSING:
            enter(pos)
            result = equal_places(a_path, b_path, pos)
            leave()
            return result
    if a.size() != b.size():
        return False
    enter(pos)
    symbols = session().symbols
    names = a.names()
    a_places = a.places()
    if b.names() is names or b.names() == names:
        b_places = b.places()
        for at in a.symbol_order(symbols):
            if not equal_places(a_places[at], b_places[at], pos):
                leave()
                return False
        leave()
        return True
    # The names differ: compare as far as both sets agree, walking each in symbol order.
    b_names = b.names()
    b_places = b.places()
    b_order = b.symbol_order(symbols)
    step = 0
    for at in a.symbol_order(symbols):
        other = b_order[step]
        if names[at] != b_names[other] or not equal_places(a_places[at], b_places[other], pos):
            break
        step += 1
    leave()
    return False


def less(a: object, b: object, why: str) -> bool:
    """Whether ``a < b``, of forced values. `why` is a frame of errors, unless empty."""
    if not (a is True or a is False or b is True or b is False):
        if isinstance(a, int) and isinstance(b, int):
            return a < b
    if isinstance(a, str) and isinstance(b, str):
        return a < b
    return less_slow(a, b, why)


def less_slow(a: object, b: object, why: str) -> bool:
    try:
        if isinstance(a, bool) or isinstance(b, bool):
            raise incomparable(a, b)
        if isinstance(a, float):
            if isinstance(b, float):
                return a < b
            if isinstance(b, int):
                return a < float(b)
        elif isinstance(a, int):
            if isinstance(b, int):
                return a < b
            if isinstance(b, float):
                return float(a) < b
        elif isinstance(a, str) or isinstance(a, NixString):
            left = a.text if isinstance(a, NixString) else a
            if isinstance(b, str):
                return left < b
            if isinstance(b, NixString):
                return left < b.text
        elif isinstance(a, Path):
            if isinstance(b, Path):
                return a.text < b.text
        elif isinstance(a, list):
            if isinstance(b, list):
                return less_lists(a, b)
        raise incomparable(a, b)
    except NixError as error:
        if why:
            error.add_frame(0, why)
        raise


def less_lists(a: list[object], b: list[object]) -> bool:
    """Lexicographic: the first pair that is not equal decides."""
    at = 0
    while True:
        if at == len(b):
            return False
        if at == len(a):
            return True
        if not equal_places(a[at], b[at], 0):
            enter(0)
            left = a[at]
            right = b[at]
            if isinstance(left, Thunk):
                left = left.force(0)
            if isinstance(right, Thunk):
                right = right.force(0)
            result = less(left, right, "while comparing two list elements")
            leave()
            return result
        at += 1


def incomparable(a: object, b: object) -> NixError:
    a_type = show_type(a)
    b_type = show_type(b)
    begin = "cannot compare " + a_type + " with " + b_type + "; values "
    values = "are " + show_value(a) + " and " + show_value(b)
    if type_rank(a) != type_rank(b):
        return EvalError(begin + values)
    return EvalError(begin + "of that type are incomparable (values " + values + ")")


def type_rank(value: object) -> int:
    """A number for the type that decides whether two values may be compared at all."""
    if value is True or value is False:
        return 1
    if value is None:
        return 2
    if isinstance(value, int):
        return 3
    if isinstance(value, float):
        return 4
    if isinstance(value, str) or isinstance(value, NixString):
        return 5
    if isinstance(value, Path):
        return 6
    if isinstance(value, list):
        return 7
    if isinstance(value, Attrs):
        return 8
    return 9
