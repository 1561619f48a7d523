"""Hashes of derivations, and the paths that follow from them.

A derivation is hashed *modulo* the way to its fixed outputs: each input stands in it as the hash of
that input, and an input with a fixed output as a hash of that output alone. Thus it does not matter
to those who use a download where it comes from.
"""

from __future__ import annotations

from nix_compat import aterm, hashes
from nix_compat.derivation import (
    DEFERRED,
    FIXED,
    INPUT_ADDRESSED,
    Deferred,
    Derivation,
    Fixed,
    InputAddressed,
    InputNode,
)
from nix_compat.errors import InvalidDerivation
from nix_compat.store_path import DERIVATION, StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class DerivationHash:
    """The hash modulo of a derivation, in base 16, for each output.

    `known`: whether the paths of outputs follow from it; they do not where those of an input are
    not known before that is built.
    """

    def __init__(self, outputs: dict[str, str], known: bool) -> None:
        self.outputs: Final = outputs
        self.known: Final = known


class Instantiated:
    """A derivation as a file: its path and its text."""

    def __init__(self, path: str, text: str) -> None:
        self.path: Final = path
        self.text: Final = text


class DerivationHashes:
    """Computes hashes modulo, and remembers those of all derivations by path.

    `read` gives derivations that were not told by `instantiate`. Hashes and paths are for `store`.
    """

    def __init__(self, store: StoreDir, read: Callable[[str], Derivation]) -> None:
        self.store: Final = store
        self.read: Final = read
        self.known: Final[dict[str, DerivationHash]] = {}

    def of_path(self, path: str) -> DerivationHash:
        """Of a derivation in the store. Raises what `read` raises, and InvalidDerivation."""
        found = self.known.get(path)
        if found is not None:
            return found
        waiting = [path]
        read: dict[str, Derivation] = {}
        while waiting:
            top = waiting[len(waiting) - 1]
            drv = read.get(top)
            if drv is None:
                drv = self.read(top)
                read[top] = drv
                missing = [each for each in drv.input_drvs if each not in self.known]
                for each in missing:
                    if each in read:
                        raise InvalidDerivation("derivation '" + each + "' is an input of itself")
                if missing and drv.kind() != FIXED:
                    waiting.extend(missing)
                    continue
            waiting.pop()
            if top not in self.known:
                self.known[top] = self.hash_derivation(drv, aterm.tail(drv, False), False)
        return self.known[path]

    def of(self, drv: Derivation, masked: bool) -> DerivationHash:
        """Of any derivation; `masked`: as if the paths of its outputs were unknown."""
        return self.hash_derivation(drv, aterm.tail(drv, masked), masked)

    def hash_derivation(self, drv: Derivation, tail: str, masked: bool) -> DerivationHash:
        if drv.kind() == FIXED:
            return self.hash_fixed(drv)
        inputs, known = self.hashed_inputs(drv)
        digest = hex_digest(aterm.head(drv, self.store, masked) + inputs + tail)
        return DerivationHash({name: digest for name in drv.outputs}, known)

    def hashed_inputs(self, drv: Derivation) -> tuple[str, bool]:
        """The inputs by hash, and whether the paths of outputs follow from them."""
        kind = drv.kind()
        known = kind == INPUT_ADDRESSED or kind == DEFERRED
        actual: dict[str, InputNode] = {}
        for path in sorted(drv.input_drvs):
            found = self.known.get(path)
            if found is None:
                found = self.of_path(path)
            if not found.known:
                known = False
            for output in drv.input_drvs[path].outputs:
                hash = found.outputs.get(output)
                if hash is None:
                    raise InvalidDerivation(
                        "no hash for output '" + output + "' of derivation '" + drv.name + "'"
                    )
                node = actual.get(hash)
                if node is None:
                    node = InputNode()
                    actual[hash] = node
                node.outputs.add(output)
        return aterm.inputs(actual), known

    def hash_fixed(self, drv: Derivation) -> DerivationHash:
        outputs: dict[str, str] = {}
        for name, output in drv.outputs.items():
            path, algorithm, hash = output.fields(self.store, drv.name, name, False)
            text = "fixed:out:" + algorithm + ":" + hash + ":" + path
            outputs[name] = hex_digest(text)
        return DerivationHash(outputs, True)

    def instantiate(self, drv: Derivation) -> Instantiated:
        """The file of a derivation, whose hash is remembered. Its outputs should have been filled in.

        Raises InvalidDerivation, and BadStorePath if its name is too long.
        """
        tail = aterm.tail(drv, False)
        made = self.make_file(drv, tail)
        if made.path not in self.known:
            self.known[made.path] = self.hash_derivation(drv, tail, False)
        return made

    def complete(self, drv: Derivation) -> Instantiated:
        """`fill_in_outputs` and `instantiate`, faster where the variables of all outputs are empty."""
        variables = drv.env
        simple = drv.kind() == DEFERRED
        for name in drv.outputs:
            if variables.get(name) != "":
                simple = False
        if not simple:
            self.fill_in_outputs(drv)
            return self.instantiate(drv)
        tail = aterm.tail(drv, True)
        inputs, known = self.hashed_inputs(drv)
        digest = hex_digest(aterm.head(drv, self.store, True) + inputs + tail)
        if known:
            for name in sorted(drv.outputs):
                path = self.store.output_path(name, digest, drv.name)
                drv.outputs[name] = InputAddressed(path)
                variables[name] = path
                # Nothing but a variable looks like this: quotes in texts are escaped.
                tail = tail.replace('("' + name + '",""', '("' + name + '","' + path + '"', 1)
            digest = hex_digest(aterm.head(drv, self.store, False) + inputs + tail)
        made = self.make_file(drv, tail)
        self.known[made.path] = DerivationHash({name: digest for name in drv.outputs}, known)
        return made

    def make_file(self, drv: Derivation, tail: str) -> Instantiated:
        text = aterm.head(drv, self.store, False) + aterm.inputs(drv.input_drvs) + tail
        digest = hashes.sha256(text.encode("latin-1"))
        return Instantiated(self.store.text_path(drv.name + DERIVATION, digest, drv.references()), text)

    def fill_in_outputs(self, drv: Derivation) -> None:
        """Give deferred outputs their paths where these are known, and variables the paths of outputs.

        A variable that is absent or empty gets the path. Raises InvalidDerivation for one that says
        something else, and for a path that is not what follows from the rest.
        """
        self.settle_outputs(drv, True)

    def check(self, drv: Derivation, warn: Callable[[str], object]) -> None:
        """Raise InvalidDerivation where paths of outputs are not what follows from the rest.

        `warn` is told of deferred outputs whose paths are known: later versions of Nix refuse them.
        """
        for message in self.settle_outputs(drv, False):
            warn(message)

    def settle_outputs(self, drv: Derivation, fill_in: bool) -> list[str]:
        hash: DerivationHash | None = None
        warnings: list[str] = []
        for name in sorted(drv.outputs):
            output = drv.outputs[name]
            if isinstance(output, Fixed):
                check_variable(drv, name, output.path(self.store, drv.name, name), fill_in)
            elif isinstance(output, (InputAddressed, Deferred)):
                if hash is None:
                    hash = self.of(drv, True)
                path = self.store.output_path(name, hash.outputs[name], drv.name) if hash.known else ""
                if isinstance(output, InputAddressed):
                    check_path(output.known_path, path)
                elif hash.known:
                    if fill_in:
                        drv.outputs[name] = InputAddressed(path)
                    else:
                        warnings.append(
                            "derivation has incorrect deferred output, should be '"
                            + path
                            + "'.\nThis will be an error in future versions of Nix;"
                            + " compatibility of CA derivations will be broken."
                        )
                    check_variable(drv, name, path, fill_in)
        drv.kind()
        return warnings


def hex_digest(text: str) -> str:
    return hashes.sha256(text.encode("latin-1")).hex()


def check_path(said: str, path: str) -> None:
    """Compare the path of an output with what it should be, "" for deferred."""
    if said != path:
        should = "should be '" + path + "'" if path else "should be deferred"
        raise InvalidDerivation("derivation has incorrect output '" + said + "', " + should)


def check_variable(drv: Derivation, name: str, path: str, fill_in: bool) -> None:
    value = drv.env.get(name)
    if fill_in and not value:
        drv.env[name] = path
    elif value is None:
        raise InvalidDerivation(
            "derivation has missing environment variable '"
            + name
            + "', should be '"
            + path
            + "' but is not present"
        )
    elif value != path:
        raise InvalidDerivation(
            "derivation has incorrect environment variable '"
            + name
            + "', should be '"
            + path
            + "' but is actually '"
            + value
            + "'"
        )
