"""Derivations: what is built, by what, from what. Paths are those of `store_path`."""

from __future__ import annotations

from nix_compat import content_address
from nix_compat.content_address import ContentAddress
from nix_compat.errors import InvalidDerivation
from nix_compat.store_path import StoreDir, output_path_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# The kinds of a derivation, and of its outputs, which are all of one.
INPUT_ADDRESSED: Final = "input-addressed"
DEFERRED: Final = "deferred"
FIXED: Final = "fixed"
FLOATING: Final = "floating"
IMPURE: Final = "impure"

STRUCTURED: Final = "__json"  # where a derivation as a file keeps its structured attributes


class Output:
    """An output; the subclasses say what is known of its path."""

    def kind(self) -> str:
        raise NotImplementedError

    def path(self, store: StoreDir, derivation: str, name: str) -> str:
        """The path of the output `name` of a derivation, "" if that is not known yet."""
        return ""

    def fields(self, store: StoreDir, derivation: str, name: str, masked: bool) -> tuple[str, str, str]:
        """The path, algorithm and hash of a derivation as a file; `masked`: without the path."""
        return "", "", ""


class InputAddressed(Output):
    """Its path is a hash of all it is made from."""

    def __init__(self, known_path: str) -> None:
        self.known_path: Final = known_path

    def kind(self) -> str:
        return INPUT_ADDRESSED

    def path(self, store: StoreDir, derivation: str, name: str) -> str:
        return self.known_path

    def fields(self, store: StoreDir, derivation: str, name: str, masked: bool) -> tuple[str, str, str]:
        return "" if masked else self.known_path, "", ""


class Deferred(Output):
    """It will be input-addressed, when the paths of all inputs are known."""

    def kind(self) -> str:
        return DEFERRED


class Fixed(Output):
    """Its contents are known beforehand."""

    def __init__(self, address: ContentAddress) -> None:
        self.address: Final = address
        self.last_store: StoreDir | None = None  # what `last_path` was computed for
        self.last_name = ""
        self.last_path = ""

    def kind(self) -> str:
        return FIXED

    def path(self, store: StoreDir, derivation: str, name: str) -> str:
        full_name = output_path_name(derivation, name)
        if self.last_store is not store or self.last_name != full_name:
            self.last_path = store.content_addressed_path(full_name, self.address)
            self.last_store = store
            self.last_name = full_name
        return self.last_path

    def fields(self, store: StoreDir, derivation: str, name: str, masked: bool) -> tuple[str, str, str]:
        path = "" if masked else self.path(store, derivation, name)
        return path, self.address.method_and_algorithm(), self.address.hash.digest.hex()


class Floating(Output):
    """Its path will be made of its contents."""

    def __init__(self, method: str, algorithm: str) -> None:
        self.method: Final = method
        self.algorithm: Final = algorithm

    def kind(self) -> str:
        return FLOATING

    def fields(self, store: StoreDir, derivation: str, name: str, masked: bool) -> tuple[str, str, str]:
        return "", content_address.PREFIXES[self.method] + self.algorithm, ""


class Impure(Output):
    """As `Floating`, but built anew each time."""

    def __init__(self, method: str, algorithm: str) -> None:
        self.method: Final = method
        self.algorithm: Final = algorithm

    def kind(self) -> str:
        return IMPURE

    def fields(self, store: StoreDir, derivation: str, name: str, masked: bool) -> tuple[str, str, str]:
        return "", content_address.PREFIXES[self.method] + self.algorithm, "impure"


class InputNode:
    """What is used of a derivation: outputs, and outputs of the derivations that outputs are."""

    def __init__(self) -> None:
        self.outputs: set[str] = set()
        self.dynamic: dict[str, InputNode] = {}

    def child(self, output: str) -> InputNode:
        """The node of a derivation that is an output, made if need be."""
        node = self.dynamic.get(output)
        if node is None:
            node = InputNode()
            self.dynamic[output] = node
        return node


class Derivation:
    """A derivation.

    `name`: that of its path, without ``.drv``. `outputs`, `env`: by name. `input_drvs`, `input_srcs`:
    by path. `structured_attrs`: a JSON object, in the text that `json_text.dumps` makes of it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.outputs: dict[str, Output] = {}
        self.input_drvs: dict[str, InputNode] = {}
        self.input_srcs: set[str] = set()
        self.platform = ""
        self.builder = ""
        self.args: list[str] = []
        self.env: dict[str, str] = {}
        self.structured_attrs: str | None = None

    def add_input(self, path: str, output: str) -> None:
        """Use an output of another derivation."""
        self.input_node(path).outputs.add(output)

    def input_node(self, path: str) -> InputNode:
        """What is used of another derivation, made if need be."""
        node = self.input_drvs.get(path)
        if node is None:
            node = InputNode()
            self.input_drvs[path] = node
        return node

    def has_dynamic_inputs(self) -> bool:
        for node in self.input_drvs.values():
            if node.dynamic:
                return True
        return False

    def is_builtin(self) -> bool:
        return self.builder.startswith("builtin:")

    def references(self) -> set[str]:
        """The paths that the derivation as a file refers to; its outputs are not among them."""
        return self.input_srcs.union(self.input_drvs)

    def kind(self) -> str:
        """The kind of all outputs. Raises InvalidDerivation if there is no such."""
        kind = ""
        algorithm = ""
        for name in sorted(self.outputs):
            output = self.outputs[name]
            if not kind:
                kind = output.kind()
            elif kind != output.kind():
                raise InvalidDerivation("can't mix derivation output types")
            elif kind == FIXED:
                raise InvalidDerivation("only one fixed output is allowed for now")
            if kind == FIXED and name != "out":
                raise InvalidDerivation('single fixed output must be named "out"')
            if isinstance(output, Floating):
                if algorithm and algorithm != output.algorithm:
                    raise InvalidDerivation("all floating outputs must use the same hash algorithm")
                algorithm = output.algorithm
        if not kind:
            raise InvalidDerivation("must have at least one output")
        return kind
