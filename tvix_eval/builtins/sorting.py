"""Peeksort, the sort of ``builtins.sort``: a merge sort that makes use of runs already there.

It is stable, and whatever a bad comparison function says, the result has the elements of
the input. Which comparisons are made, and so what such a function yields, follows C++ Nix.
Source: J. I. Munro and S. Wild, "Nearly-Optimal Mergesorts", 2018.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

INSERTION_SORT_UP_TO: Final = 16


class Order:
    def before(self, a: object, b: object) -> bool:
        """Whether `a` must come before `b`."""
        raise NotImplementedError


def peeksort(items: list[object], order: Order) -> None:
    """Sort in place."""
    size = len(items)
    if size == 2:
        if order.before(items[1], items[0]):
            items.reverse()
    elif size > 2:
        sort_range(items, order, 0, size, 0, size)


def sort_range(
    items: list[object], order: Order, begin: int, end: int, left_end: int, right_begin: int
) -> None:
    """Sort a range that begins with a run up to `left_end` and ends with one from `right_begin`."""
    if left_end == end or right_begin == begin:
        return
    if end - begin <= INSERTION_SORT_UP_TO:
        insertion_sort(items, order, begin, end)
        return
    middle = begin + (end - begin) // 2
    if middle <= left_end:
        sort_range(items, order, left_end, end, left_end + 1, right_begin)
        merge(items, order, begin, left_end, end)
        return
    if middle >= right_begin:
        sort_range(items, order, begin, right_begin, left_end, right_begin - 1)
        merge(items, order, begin, right_begin, end)
        return
    falling = order.before(items[middle], items[middle - 1])
    run_begin = run_down(items, order, left_end, middle, falling)
    run_end = run_up(items, order, middle - 1, right_begin, falling)
    if falling:
        run = items[run_begin:run_end]
        run.reverse()
        items[run_begin:run_end] = run
    if run_begin == begin and run_end == end:
        return
    if middle - run_begin < run_end - middle:
        sort_range(items, order, begin, run_begin, left_end, run_begin - 1)
        sort_range(items, order, run_begin, end, run_end, right_begin)
        merge(items, order, begin, run_begin, end)
    else:
        sort_range(items, order, begin, run_end, left_end, run_begin)
        sort_range(items, order, run_end, end, run_end + 1, right_begin)
        merge(items, order, begin, run_end, end)


def run_up(items: list[object], order: Order, begin: int, end: int, falling: bool) -> int:
    """The end of the run that starts at `begin`: strictly falling, or else never falling."""
    if begin == end:
        return begin
    while begin + 1 != end and order.before(items[begin + 1], items[begin]) == falling:
        begin += 1
    return begin + 1


def run_down(items: list[object], order: Order, begin: int, end: int, falling: bool) -> int:
    """The begin of the run that stops before `end`."""
    if begin == end:
        return end
    while end - 1 > begin and order.before(items[end - 1], items[end - 2]) == falling:
        end -= 1
    return end - 1


def insertion_sort(items: list[object], order: Order, begin: int, end: int) -> None:
    for current in range(begin + 1, end):
        at = current
        while at != begin and order.before(items[at], items[at - 1]):
            item = items[at]
            items[at] = items[at - 1]
            items[at - 1] = item
            at -= 1


def merge(items: list[object], order: Order, begin: int, middle: int, end: int) -> None:
    """Merge two neighbouring sorted ranges; of equal elements the left one comes first."""
    left = items[begin:middle]
    right = items[middle:end]
    left_size = len(left)
    right_size = len(right)
    left_at = 0
    right_at = 0
    at = begin
    while left_at != left_size and right_at != right_size:
        if order.before(right[right_at], left[left_at]):
            items[at] = right[right_at]
            right_at += 1
        else:
            items[at] = left[left_at]
            left_at += 1
        at += 1
    rest = left[left_at:] + right[right_at:]
    items[at:end] = rest
