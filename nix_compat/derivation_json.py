"""Derivations as JSON, in version 4 of that form: what ``nix derivation show`` prints and
``nix derivation add`` reads.

Values are what `json.loads` makes of JSON; its strings are Unicode, those of derivations byte text.
Store paths appear as base names.
"""

from __future__ import annotations

from nix_compat import content_address, hashes, json_text
from nix_compat.content_address import ContentAddress
from nix_compat.derivation import (
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
from nix_compat.json_text import to_byte_text, to_unicode
from nix_compat.store_path import StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

VERSION: Final = 4


def show_derivations(derivations: dict[str, Derivation], store: StoreDir) -> dict[str, object]:
    """What ``nix derivation show`` prints of derivations, by path. Raises FormatError."""
    shown: dict[str, object] = {}
    for path in sorted(derivations):
        shown[store.base_name(path)] = to_json(derivations[path], store)
    return {"derivations": shown, "version": VERSION}


def to_json(drv: Derivation, store: StoreDir) -> dict[str, object]:
    """Raises FormatError for text that is not UTF-8."""
    drvs: dict[str, object] = {}
    for path in sorted(drv.input_drvs):
        drvs[store.base_name(path)] = node_to_json(drv.input_drvs[path])
    outputs: dict[str, object] = {}
    for name in sorted(drv.outputs):
        outputs[to_unicode(name)] = output_to_json(drv.outputs[name], store)
    env: dict[str, object] = {}
    for name in sorted(drv.env):
        env[to_unicode(name)] = to_unicode(drv.env[name])
    shown: dict[str, object] = {
        "args": [to_unicode(each) for each in drv.args],
        "builder": to_unicode(drv.builder),
        "env": env,
        "inputs": {"drvs": drvs, "srcs": [store.base_name(path) for path in sorted(drv.input_srcs)]},
        "name": to_unicode(drv.name),
        "outputs": outputs,
    }
    if drv.structured_attrs is not None:
        shown["structuredAttrs"] = json_text.loads(drv.structured_attrs)
    shown["system"] = to_unicode(drv.platform)
    shown["version"] = VERSION
    return shown


def node_to_json(root: InputNode) -> dict[str, object]:
    shown: dict[str, object] = {}
    todo: list[tuple[InputNode, dict[str, object]]] = [(root, shown)]
    while todo:
        node, into = todo.pop()
        dynamic: dict[str, object] = {}
        into["dynamicOutputs"] = dynamic
        into["outputs"] = [to_unicode(each) for each in sorted(node.outputs)]
        for name in sorted(node.dynamic):
            below: dict[str, object] = {}
            dynamic[to_unicode(name)] = below
            todo.append((node.dynamic[name], below))
    return shown


def output_to_json(output: Output, store: StoreDir) -> dict[str, object]:
    if isinstance(output, InputAddressed):
        return {"path": store.base_name(output.known_path)}
    if isinstance(output, Fixed):
        return {"hash": output.address.hash.render(hashes.SRI), "method": output.address.method}
    if isinstance(output, Floating):
        return {"hashAlgo": output.algorithm, "method": output.method}
    if isinstance(output, Impure):
        return {"hashAlgo": output.algorithm, "impure": True, "method": output.method}
    return {}


def from_json(value: object, store: StoreDir) -> Derivation:
    """Raises FormatError, for what is in it BadHash, BadStorePath and UsageError.

    Nothing is computed: outputs without a path are deferred.
    """
    members = object_of(value)
    drv = Derivation(string_of(member(members, "name")))
    check_version(member(members, "version"))
    key = ""
    try:
        key = "outputs"
        for name, output in object_of(member(members, key)).items():
            drv.outputs[to_byte_text(name)] = output_from_json(output, store)
        key = "inputs"
        read_inputs(object_of(member(members, key)), drv, store)
        key = ""
        drv.platform = string_of(member(members, "system"))
        drv.builder = string_of(member(members, "builder"))
        drv.args = [string_of(each) for each in array_of(member(members, "args"))]
        variables = member(members, "env")
        key = "env"
        for name, text in object_of(variables).items():
            drv.env[to_byte_text(name)] = string_of(text)
        key = ""
        if "structuredAttrs" in members:
            drv.structured_attrs = json_text.dumps(object_of(members["structuredAttrs"]))
    except FormatError as error:
        if key:
            error.frames.append("while reading key '" + key + "'")
        raise
    return drv


def check_version(version: object) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        name = json_text.type_name(version)
        if name == "number":
            name = "floating point number" if isinstance(version, float) else "signed integral number"
        raise FormatError(
            "Expected JSON value to be an unsigned integral number but it is of type '"
            + name
            + "': "
            + json_text.dumps(version)
        )
    if version != VERSION:
        raise FormatError(
            f"Unsupported derivation JSON format version {version},"
            f" only format version {VERSION} is currently supported."
        )


def read_inputs(inputs: dict[str, object], drv: Derivation, store: StoreDir) -> None:
    key = "srcs"
    try:
        for each in array_of(member(inputs, key)):
            drv.input_srcs.add(store.join(string_of(each)))
        key = "drvs"
        for base, node in object_of(member(inputs, key)).items():
            drv.input_drvs[store.join(to_byte_text(base))] = node_from_json(node)
    except FormatError as error:
        error.frames.append("while reading key '" + key + "'")
        raise


def node_from_json(value: object) -> InputNode:
    root = InputNode()
    todo: list[tuple[object, InputNode]] = [(value, root)]
    while todo:
        shown, node = todo.pop()
        members = object_of(shown)
        for each in array_of(member(members, "outputs")):
            node.outputs.add(string_of(each))
        for name, below in object_of(member(members, "dynamicOutputs")).items():
            todo.append((below, node.child(to_byte_text(name))))
    return root


def output_from_json(value: object, store: StoreDir) -> Output:
    members = object_of(value)
    names = sorted(members)
    if not names:
        return Deferred()
    if names == ["path"]:
        return InputAddressed(store.join(string_of(members["path"])))
    if names == ["hash", "method"]:
        method = content_address.check_method(string_of(members["method"]))
        return Fixed(ContentAddress(method, hashes.parse_sri(string_of(members["hash"]))))
    if names == ["hashAlgo", "method"] or names == ["hashAlgo", "impure", "method"]:
        method = content_address.check_method(string_of(members["method"]))
        algorithm = hashes.check_algorithm(string_of(members["hashAlgo"]))
        return Floating(method, algorithm) if len(names) == 2 else Impure(method, algorithm)
    raise FormatError("invalid JSON for derivation output")


def member(members: dict[str, object], name: str) -> object:
    if name not in members:
        raise FormatError(
            "Expected JSON object to contain key '" + name + "' but it doesn't: " + json_text.dumps(members)
        )
    return members[name]


def object_of(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise wrong_type("object", value)
    return value


def array_of(value: object) -> list[object]:
    if not isinstance(value, list):
        raise wrong_type("array", value)
    return value


def string_of(value: object) -> str:
    """The string, as byte text."""
    if not isinstance(value, str):
        raise wrong_type("string", value)
    return to_byte_text(value)


def wrong_type(wanted: str, value: object) -> FormatError:
    return FormatError(
        "Expected JSON value to be of type '"
        + wanted
        + "' but it is of type '"
        + json_text.type_name(value)
        + "': "
        + json_text.dumps(value)
    )
