"""The derivations in a value: what ``nix-instantiate`` instantiates."""

from __future__ import annotations

from tvix_eval.auto_call import auto_call
from tvix_eval.errors import NixError, TypeError_
from tvix_eval.vm.attrs import Attrs
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.compare import is_derivation
from tvix_eval.vm.force import force, force_bool, force_string_no_context
from tvix_eval.vm.machine import enter, leave
from tvix_eval.vm.strings import ContextBuilder
from tvix_eval.vm.values import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DEFAULT_OUTPUT: Final = "out"
STORE_DIR: Final = "/nix/store"
HASH_LENGTH: Final = 32
OF_A_DERIVATION: Final = "attribute of a derivation"


class Packages:
    """Collects derivations. `args`: for functions met on the way."""

    def __init__(self, args: dict[str, object]) -> None:
        self.args: Final = args
        self.found: Final[list[Attrs]] = []
        self.done: Final[set[int]] = set()

    def collect(self, value: object) -> None:
        """Append to `found` what a value holds.

        Of sets in the outermost one only those are entered that say ``recurseForDerivations``.
        Raises TypeError_ for what is neither a set nor a list.
        """
        enter(0)
        value = auto_call(value, self.args)
        if not self.take(value):
            if isinstance(value, Attrs):
                self.collect_attrs(value)
            elif isinstance(value, list):
                for item in value:
                    if not self.take(item):
                        self.collect(item)
            else:
                raise TypeError_("expression does not evaluate to a derivation (or a set or list of those)")
        leave()

    def collect_attrs(self, attrs: Attrs) -> None:
        everything = attrs.has("_combineChannels")
        for name in attrs.names():
            try:
                if not is_component(name):
                    continue
                place = attrs.place(name)
                if everything:
                    self.collect(place)
                elif not self.take(place) and is_to_be_entered(place):
                    self.collect(place)
            except NixError as error:
                error.add_frame(attrs.position(name), "while evaluating the attribute '" + name + "'")
                raise

    def take(self, value: object) -> bool:
        """Append a derivation; False when the value is none."""
        value = force(value, 0)
        if not isinstance(value, Attrs) or not is_derivation(value):
            return False
        if id(value) not in self.done:
            self.done.add(id(value))
            name = value.place("name")
            if name is MISSING:
                raise TypeError_("derivation name missing")
            force_string_no_context(name, 0, "while evaluating the 'name' " + OF_A_DERIVATION)
            self.found.append(value)
        return True


def is_to_be_entered(place: object) -> bool:
    value = force(place, 0)
    if not isinstance(value, Attrs):
        return False
    wish = value.place("recurseForDerivations")
    return wish is not MISSING and force_bool(
        wish,
        value.position("recurseForDerivations"),
        "while evaluating the attribute `recurseForDerivations`",
    )


def is_component(name: str) -> bool:
    """Whether an attribute name can be part of an attribute path without quotes."""
    if not name or not (name[0].isalpha() or name[0] == "_"):
        return False
    return name.isascii() and all(letter.isalnum() or letter in "-_+" for letter in name)


def derivation_path(derivation: Attrs) -> str:
    """The path of a derivation's file."""
    place = derivation.place("drvPath")
    if place is MISSING:
        raise NixError("derivation does not contain a 'drvPath' attribute")
    why = "while evaluating the 'drvPath' " + OF_A_DERIVATION
    path = coerce_to_string(place, ContextBuilder(), derivation.position("drvPath"), why, False, False)
    base = path.removeprefix(STORE_DIR + "/")
    if base == path or "/" in base or base[HASH_LENGTH : HASH_LENGTH + 1] != "-":
        raise NixError("path '" + path + "' is not in the Nix store").with_frame(
            derivation.position("drvPath"), why
        )
    if not path.endswith(".drv"):
        error = NixError("store path '" + base + "' is not a valid derivation path")
        error.add_frame(derivation.position("drvPath"), why)
        raise error
    return path


def instantiated(derivation: Attrs) -> tuple[str, str]:
    """The path of a derivation, and the output that the value stands for."""
    path = derivation_path(derivation)
    output = derivation.place("outputName")
    name = ""
    if output is not MISSING:
        name = force_string_no_context(output, 0, "while evaluating the output name of a derivation")
    if not name:
        raise NixError("derivation '" + path + "' lacks an 'outputName' attribute")
    return path, name
