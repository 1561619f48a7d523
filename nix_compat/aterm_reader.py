"""Reads derivations from files. It takes what Nix takes, and says what Nix says about the rest.

That is more than `aterm` writes: a missing or an additional comma between elements of a list, and
anything at all behind the end.
"""

from __future__ import annotations

from nix_compat import content_address, hashes, json_text
from nix_compat.content_address import ContentAddress
from nix_compat.derivation import (
    STRUCTURED,
    Deferred,
    Derivation,
    Fixed,
    Floating,
    Impure,
    InputAddressed,
    InputNode,
    Output,
)
from nix_compat.errors import FormatError
from nix_compat.store_path import StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

VERSION: Final = "xp-dyn-drv"
ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


def read_derivation(text: str, name: str, store: StoreDir) -> Derivation:
    """The derivation of which `text` is the file, and `name` the name without ``.drv``.

    Raises FormatError, with the offset: BadHash, BadStorePath and UsageError for what is in it.
    """
    reader = Reader(text, store)
    try:
        return reader.derivation(name)
    except FormatError as error:
        error.offset = reader.at
        raise


class Reader:
    """A place in a text. `at` is what comes next."""

    def __init__(self, text: str, store: StoreDir) -> None:
        self.text: Final = text
        self.store: Final = store
        self.at = 0

    def derivation(self, name: str) -> Derivation:
        drv = Derivation(name)
        dynamic = self.start()
        self.expect("[")
        while not self.ends_list():
            self.expect("(")
            output = self.string()
            found = self.output()
            if output not in drv.outputs:
                drv.outputs[output] = found
        self.expect(",[")
        while not self.ends_list():
            self.expect("(")
            path = self.path()
            self.expect(",")
            drv.input_drvs[self.store.parse(path)] = self.node(dynamic)
            self.expect(")")
        self.expect(",")
        self.expect("[")
        sources: set[str] = set()
        while not self.ends_list():
            sources.add(self.path())
        drv.input_srcs = {self.store.parse(path) for path in sorted(sources)}
        self.expect(",")
        drv.platform = self.string()
        self.expect(",")
        drv.builder = self.string()
        self.expect(",[")
        while not self.ends_list():
            drv.args.append(self.string())
        self.expect(",[")
        while not self.ends_list():
            self.expect("(")
            variable = self.string()
            self.expect(",")
            value = self.string()
            if variable == STRUCTURED:
                drv.structured_attrs = json_text.canonical_object(value)
            else:
                drv.env[variable] = value
            self.expect(")")
        self.expect(")")
        return drv

    def start(self) -> bool:
        """Whether it is the form that may have dynamic inputs."""
        self.expect("D")
        following = self.peek()
        if following == "e":
            self.expect("erive(")
            return False
        if following != "r":
            raise FormatError("derivation does not start with 'Derive' or 'DrvWithVersion'")
        self.expect("rvWithVersion(")
        version = self.string()
        if version != VERSION:
            raise FormatError("Unknown derivation ATerm format version '" + version + "'")
        self.expect(",")
        return True

    def output(self) -> Output:
        """What follows the name of an output."""
        self.expect(",")
        path = self.string()
        self.expect(",")
        algorithm = self.string()
        self.expect(",")
        hash = self.string()
        self.expect(")")
        return read_output(self.store, path, algorithm, hash)

    def node(self, dynamic: bool) -> InputNode:
        """What is used of an input derivation: ``[…]`` or ``([…],[("…",…),…])``."""
        root = InputNode()
        node = root
        above: list[InputNode] = []
        while True:
            if dynamic and self.peek() == "(":
                self.expect("(")
                node.outputs = set(self.strings())
                self.expect(",[")
                above.append(node)
            elif not dynamic or self.peek() == "[":
                node.outputs = set(self.strings())
                if not above:
                    return root
                self.expect(")")
            else:
                raise FormatError("invalid inputDrvs entry in derivation")
            while self.ends_list():
                self.expect(")")
                above.pop()
                if not above:
                    return root
                self.expect(")")
            self.expect("(")
            output = self.string()
            self.expect(",")
            node = InputNode()
            above[-1].dynamic[output] = node

    def peek(self) -> str:
        at = self.at
        return self.text[at : at + 1]

    def expect(self, text: str) -> None:
        if not self.text.startswith(text, self.at):
            raise FormatError("expected string '" + text + "'")
        self.at += len(text)

    def ends_list(self) -> bool:
        """Pass what stands between elements, or behind the last."""
        following = self.peek()
        if following == ",":
            self.at += 1
            return False
        if following == "]":
            self.at += 1
            return True
        return False

    def strings(self) -> list[str]:
        self.expect("[")
        found: list[str] = []
        while not self.ends_list():
            found.append(self.string())
        return found

    def path(self) -> str:
        return check_absolute(self.string())

    def string(self) -> str:
        text = self.text
        self.expect('"')
        start = self.at
        end = text.find('"', start)
        while end > start and text[end - 1] == "\\":
            before = end - 1
            while before > start and text[before - 1] == "\\":
                before -= 1
            if (end - before) % 2 == 0:
                break
            end = text.find('"', end + 1)
        if end < 0:
            raise FormatError("unterminated string in derivation")
        self.at = end + 1
        found = text[start:end]
        return unescaped(found) if "\\" in found else found


def unescaped(text: str) -> str:
    """A backslash is followed by something, which stands for itself unless it is in `ESCAPES`."""
    parts: list[str] = []
    start = 0
    at = text.find("\\")
    while at >= 0:
        parts.append(text[start:at])
        following = text[at + 1]
        parts.append(ESCAPES.get(following, following))
        start = at + 2
        at = text.find("\\", start)
    parts.append(text[start:])
    return "".join(parts)


def read_output(store: StoreDir, path: str, algorithm: str, hash: str) -> Output:
    """An output of the three texts that files and the wire have for it. Raises FormatError."""
    if not algorithm:
        if not path:
            return Deferred()
        return InputAddressed(store.parse(check_absolute(path)))
    method, name = content_address.parse_method_prefix(algorithm)
    hashes.check_algorithm(name)
    if hash == "impure":
        if path:
            raise FormatError("impure derivation output should not specify output path")
        return Impure(method, name)
    if hash:
        check_absolute(path)
        return Fixed(ContentAddress(method, hashes.parse_unprefixed(hash, name)))
    if path:
        raise FormatError("content-addressing derivation output should not specify output path")
    return Floating(method, name)


def check_absolute(path: str) -> str:
    if not path.startswith("/"):
        raise FormatError("bad path '" + path + "' in derivation")
    return path
