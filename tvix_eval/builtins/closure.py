"""``builtins.genericClosure``."""

from __future__ import annotations

from tvix_eval.errors import NixError
from tvix_eval.vm.attr_positions import LiteralPositions
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.calls import call1
from tvix_eval.vm.compare import less
from tvix_eval.vm.force import force_attrs, force_function, force_list, get_attr
from tvix_eval.vm.machine import Mark
from tvix_eval.vm.show import show_value
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.values import Builtin, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class KeySet:
    """Keys seen so far, told apart by ``<`` alone. Strings and integers among themselves are hashed.

    `sorted_keys` and their elements are in order; hashed keys are sorted in when another
    kind of key arrives, which is an error nearly always.
    """

    def __init__(self) -> None:
        self.strings: Final[dict[str, Attrs]] = {}
        self.integers: Final[dict[int, Attrs]] = {}
        self.sorted_keys: Final[list[object]] = []
        self.elements: Final[list[Attrs]] = []

    def add(self, key: object, element: Attrs) -> bool:
        """Add a key; False if it was there. Raises when keys cannot be compared."""
        if isinstance(key, NixString):
            key = key.text
        if isinstance(key, str) and not self.integers and not self.elements:
            if key in self.strings:
                return False
            self.strings[key] = element
            return True
        if isinstance(key, int) and not isinstance(key, bool) and not self.strings and not self.elements:
            if key in self.integers:
                return False
            self.integers[key] = element
            return True
        self.sort_hashed()
        return self.insert(key, element)

    def sort_hashed(self) -> None:
        for text in sorted(self.strings):
            self.sorted_keys.append(text)
            self.elements.append(self.strings[text])
        self.strings.clear()
        for number in sorted(self.integers):
            self.sorted_keys.append(number)
            self.elements.append(self.integers[number])
        self.integers.clear()

    def insert(self, key: object, element: Attrs) -> bool:
        keys = self.sorted_keys
        low = 0
        high = len(keys)
        while low < high:
            middle = (low + high) // 2
            if less(key, keys[middle], ""):
                high = middle
            else:
                low = middle + 1
        if low > 0 and not less(keys[low - 1], key, ""):
            return False
        keys.insert(low, key)
        self.elements.insert(low, element)
        return True

    def incomparable_with(self, key: object) -> Attrs | None:
        """The first element whose key cannot be compared with `key`."""
        for at in range(len(self.sorted_keys)):
            try:
                less(key, self.sorted_keys[at], "")
            except NixError:
                return self.elements[at]
        return None


class GenericClosure(Primitive):
    def call1(self, a: object) -> object:
        attrs = force_attrs(a, 0, "while evaluating the first argument passed to builtins.genericClosure")
        here = "in the attrset passed as argument to builtins.genericClosure"
        start = force_list(
            get_attr(attrs, "startSet", here),
            0,
            "while evaluating the 'startSet' attribute passed as argument to builtins.genericClosure",
        )
        if not start:
            return start
        operator = force_function(
            get_attr(attrs, "operator", here),
            0,
            "while evaluating the 'operator' attribute passed as argument to builtins.genericClosure",
        )
        work = start.copy()
        done = 0
        keys = KeySet()
        result: list[object] = []
        while done < len(work):
            element = closure_element(work[done])
            work[done] = None
            done += 1
            key = closure_key(element)
            if self.is_new(keys, key, element):
                result.append(element)
                self.extend(work, operator, element)
        return result

    def is_new(self, keys: KeySet, key: object, element: Attrs) -> bool:
        mark = Mark()
        try:
            return keys.add(key, element)
        except NixError as error:
            mark.restore()
            other = keys.incomparable_with(key)
            if other is not None:
                error.add_frame(0, "with element " + show_element(other))
                error.add_frame(0, "while comparing element " + show_element(element))
            else:
                error.add_frame(0, "while checking key of element " + show_element(element))
            raise

    def extend(self, work: list[object], operator: object, element: Attrs) -> None:
        try:
            made = force_list(
                call1(operator, element, 0),
                0,
                "while evaluating the return value of the `operator` passed to builtins.genericClosure",
            )
            for item in made:
                if isinstance(item, Thunk):
                    item = item.force(0)
                work.append(item)
        except NixError as error:
            error.add_frame(0, "while calling operator on genericClosure element " + show_element(element))
            raise


def show_element(element: Attrs) -> str:
    """An element whose key was forced."""
    positions = element.positions
    if isinstance(positions, LiteralPositions):
        element.positions = positions.settled_but("key")
    return show_value(element)


def closure_element(place: object) -> Attrs:
    try:
        return force_attrs(place, 0, "")
    except NixError as error:
        error.add_frame(0, "in genericClosure element " + show_value(place))
        raise


def closure_key(element: Attrs) -> object:
    try:
        place = get_attr(element, "key", "")
    except NixError as error:
        error.add_frame(0, "in genericClosure element " + show_value(element))
        raise
    if isinstance(place, Thunk):
        return place.force(0)
    return place


def closure_builtins() -> list[Builtin]:
    return [
        Builtin(
            "genericClosure",
            ["attrset"],
            GenericClosure(),
            "All elements that are reached from the list `startSet` by calling `operator` on each, again and "
            "again. Elements are sets with a `key`; of those with equal keys only the first one counts.",
            1,
        ),
    ]
