"""Builtins on lists."""

from __future__ import annotations

from tvix_eval.builtins.numbers import LessThan
from tvix_eval.builtins.sorting import Order, peeksort
from tvix_eval.errors import EvalError
from tvix_eval.vm.attrs import from_sorted, from_table
from tvix_eval.vm.calls import APPLY, call1, call2, function_position
from tvix_eval.vm.compare import equal_places, less
from tvix_eval.vm.force import force_bool, force_function, force_int, force_list, force_string_no_context
from tvix_eval.vm.machine import session
from tvix_eval.vm.values import EMPTY_LIST, Builtin, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

AT_ONCE: Final = 1 << 18  # elements
ELEMENT: Final = 104  # bytes: a reference to a thunk of a number
MOST: Final = 1 << 62


class IsList(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return isinstance(a, list)


class Length(Primitive):
    def call1(self, a: object) -> object:
        return len(force_list(a, 0, "while evaluating the first argument passed to builtins.length"))


class Head(Primitive):
    def call1(self, a: object) -> object:
        items = force_list(a, 0, "while evaluating the first argument passed to 'builtins.head'")
        if not items:
            raise EvalError("'builtins.head' called on an empty list")
        item = items[0]
        if isinstance(item, Thunk):
            item = item.force(0)
            items[0] = item
        return item


class Tail(Primitive):
    def call1(self, a: object) -> object:
        items = force_list(a, 0, "while evaluating the first argument passed to 'builtins.tail'")
        if not items:
            raise EvalError("'builtins.tail' called on an empty list")
        return items[1:]


class ElemAt(Primitive):
    def call2(self, a: object, b: object) -> object:
        at = force_int(b, 0, "while evaluating the second argument passed to 'builtins.elemAt'")
        items = force_list(a, 0, "while evaluating the first argument passed to 'builtins.elemAt'")
        if at < 0 or at >= len(items):
            size = len(items)
            raise EvalError(f"'builtins.elemAt' called with index {at} on a list of size {size}")
        item = items[at]
        if isinstance(item, Thunk):
            item = item.force(0)
            items[at] = item
        return item


class Map(Primitive):
    def call2(self, a: object, b: object) -> object:
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.map")
        if not items:
            return items
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.map")
        return [Thunk(APPLY, function, item) for item in items]


class Filter(Primitive):
    def call2(self, a: object, b: object) -> object:
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.filter")
        if not items:
            return items
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.filter")
        kept: list[object] = []
        for item in items:
            answer = call1(function, item, 0)
            if answer is True:
                kept.append(item)
            elif answer is not False:
                force_bool(
                    answer,
                    0,
                    "while evaluating the return value of the filtering function passed to builtins.filter",
                )
        if not kept:
            return EMPTY_LIST
        return items if len(kept) == len(items) else kept


class Elem(Primitive):
    def call2(self, a: object, b: object) -> object:
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.elem")
        for item in items:
            if equal_places(a, item, 0):
                return True
        return False


class ConcatLists(Primitive):
    def call1(self, a: object) -> object:
        lists = force_list(a, 0, "while evaluating the first argument passed to builtins.concatLists")
        why = "while evaluating a value of the list passed to builtins.concatLists"
        result: list[object] = []
        last: list[object] = EMPTY_LIST
        for at in range(len(lists)):
            items = force_list(lists[at], 0, why)
            lists[at] = items
            if items:
                last = items
                result.extend(items)
        return last if len(last) == len(result) else result


class FoldStrict(Primitive):
    def call3(self, a: object, b: object, c: object) -> object:
        why = "while evaluating the first argument passed to builtins.foldlStrict"
        function = force_function(a, 0, why)
        items = force_list(c, 0, "while evaluating the third argument passed to builtins.foldlStrict")
        result = b
        for item in items:
            result = call2(function, result, item, 0)
        if isinstance(result, Thunk):
            result = result.force(0)
        return result


class Any(Primitive):
    def call2(self, a: object, b: object) -> object:
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.any")
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.any")
        why = "while evaluating the return value of the function passed to builtins.any"
        for item in items:
            answer = call1(function, item, 0)
            if answer is True:
                return True
            if answer is not False:
                force_bool(answer, 0, why)
        return False


class All(Primitive):
    def call2(self, a: object, b: object) -> object:
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.all")
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.all")
        why = "while evaluating the return value of the function passed to builtins.all"
        for item in items:
            answer = call1(function, item, 0)
            if answer is False:
                return False
            if answer is not True:
                force_bool(answer, 0, why)
        return True


class GenList(Primitive):
    def call2(self, a: object, b: object) -> object:
        size = force_int(b, 0, "while evaluating the second argument passed to builtins.genList")
        if size < 0:
            raise EvalError(f"cannot create list of size {size}")
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.genList")
        if size == 0:
            return EMPTY_LIST
        if size > AT_ONCE:
            bytes(min(ELEMENT * size, MOST))  # where that can't be had: MemoryError, nothing touched
        result: list[object] = [None] * min(size, AT_ONCE)
        for at in range(len(result)):
            result[at] = Thunk(APPLY, function, at)
        while len(result) < size:  # limits hold while a long list is made
            session().poll()
            begin = len(result)
            result += [Thunk(APPLY, function, at) for at in range(begin, min(begin + AT_ONCE, size))]
        return result


class Sort(Primitive):
    def call2(self, a: object, b: object) -> object:
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.sort")
        if not items:
            return items
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.sort")
        for at in range(len(items)):
            item = items[at]
            if isinstance(item, Thunk):
                items[at] = item.force(0)
        result = items.copy()
        if not isinstance(function, Builtin) or not isinstance(function.primitive, LessThan):
            peeksort(result, CallOrder(function))
        elif not sort_strings(result) and not sort_integers(result):
            peeksort(result, LessOrder())
        return result


class CallOrder(Order):
    """What a function of the program says."""

    def __init__(self, function: object) -> None:
        self.function = function

    def before(self, a: object, b: object) -> bool:
        answer = call2(self.function, a, b, 0)
        if answer is True:
            return True
        if answer is False:
            return False
        return force_bool(
            answer, 0, "while evaluating the return value of the sorting function passed to builtins.sort"
        )


class LessOrder(Order):
    """The order of the language itself."""

    def before(self, a: object, b: object) -> bool:
        return less(a, b, "while evaluating the ordering function passed to builtins.sort")


def sort_strings(items: list[object]) -> bool:
    """Sort a list of strings without context; False if it is none."""
    strings: list[str] = []
    for item in items:
        if not isinstance(item, str):
            return False
        strings.append(item)
    strings.sort()
    items[:] = strings
    return True


def sort_integers(items: list[object]) -> bool:
    """Sort a list of integers; False if it is none."""
    integers: list[int] = []
    for item in items:
        if item is True or item is False or not isinstance(item, int):
            return False
        integers.append(item)
    integers.sort()
    items[:] = integers
    return True


class Partition(Primitive):
    def call2(self, a: object, b: object) -> object:
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.partition")
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.partition")
        why = "while evaluating the return value of the partition function passed to builtins.partition"
        right: list[object] = []
        wrong: list[object] = []
        for at in range(len(items)):
            item = items[at]
            if isinstance(item, Thunk):
                item = item.force(0)
                items[at] = item
            if force_bool(call1(function, item, 0), 0, why):
                right.append(item)
            else:
                wrong.append(item)
        return from_sorted(["right", "wrong"], [right, wrong])


class GroupBy(Primitive):
    def call2(self, a: object, b: object) -> object:
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.groupBy")
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.groupBy")
        why = "while evaluating the return value of the grouping function passed to builtins.groupBy"
        symbols = session().symbols
        groups: dict[str, list[object]] = {}
        for item in items:
            name = force_string_no_context(call1(function, item, 0), 0, why)
            group = groups.get(name)
            if group is None:
                symbols.number(name)
                groups[name] = [item]
            else:
                group.append(item)
        table: dict[str, object] = {}
        for name, group in groups.items():
            table[name] = group
        return from_table(table)


class ConcatMap(Primitive):
    def call2(self, a: object, b: object) -> object:
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.concatMap")
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.concatMap")
        result: list[object] = []
        for item in items:
            made = call1(function, item, 0)
            if not isinstance(made, list):
                pos = function_position(made)
                if pos == 0:
                    pos = function_position(function)
                why = "while evaluating the return value of the function passed to builtins.concatMap"
                made = force_list(made, pos, why)
            result.extend(made)
        return result or EMPTY_LIST


def list_builtins() -> list[Builtin]:
    return [
        Builtin("isList", ["e"], IsList(), "Whether *e* is a list.", 1),
        Builtin("length", ["e"], Length(), "The number of elements of the list *e*.", 1),
        Builtin("head", ["list"], Head(), "The first element of a list; an error if the list is empty.", 1),
        Builtin(
            "tail",
            ["list"],
            Tail(),
            "A list without its first element; an error if the list is empty. This copies the list.",
            1,
        ),
        Builtin(
            "elemAt",
            ["xs", "n"],
            ElemAt(),
            "Element *n* of the list *xs*, counted from 0; an error if there is none.",
        ),
        Builtin(
            "map",
            ["f", "list"],
            Map(),
            "The list of the results of *f* for each element of *list*. Nothing is called until needed.",
            2,
        ),
        Builtin(
            "filter",
            ["f", "list"],
            Filter(),
            "The elements of *list* for which *f* returns `true`, in order.",
            2,
        ),
        Builtin("elem", ["x", "xs"], Elem(), "Whether an element of the list *xs* equals *x*."),
        Builtin("concatLists", ["lists"], ConcatLists(), "One list of the elements of all *lists*.", 1),
        Builtin(
            "foldl'",
            ["op", "nul", "list"],
            FoldStrict(),
            "Combine the elements of *list* from left to right: `op (op (op nul x0) x1) x2`. "
            "The result of each step is evaluated before the next.",
        ),
        Builtin("any", ["pred", "list"], Any(), "Whether *pred* returns `true` for an element of *list*."),
        Builtin("all", ["pred", "list"], All(), "Whether *pred* returns `true` for every element of *list*."),
        Builtin(
            "genList",
            ["generator", "length"],
            GenList(),
            "The list of the results of *generator* for 0, 1, … up to but without *length*. "
            "Nothing is called until needed.",
        ),
        Builtin(
            "sort",
            ["comparator", "list"],
            Sort(),
            "The elements of *list* in order: `comparator a b` says whether *a* comes before *b*. "
            "Elements that are neither before nor after each other keep their order.",
            2,
        ),
        Builtin(
            "partition",
            ["pred", "list"],
            Partition(),
            "The elements of *list* for which *pred* returns `true`, as `right`, and the others, as `wrong`.",
        ),
        Builtin(
            "groupBy",
            ["f", "list"],
            GroupBy(),
            "A set of lists: each element of *list* is under the name that *f* returns for it.",
        ),
        Builtin(
            "concatMap",
            ["f", "list"],
            ConcatMap(),
            "One list of the elements of the lists that *f* returns for each element of *list*.",
        ),
    ]
