"""Writes derivations as files: ATerms, ``Derive(…)``, and ``DrvWithVersion("xp-dyn-drv",…)``
where outputs of derivations that are outputs themselves are used.

Everything is in order of its bytes but arguments. Text is byte text; only builder, arguments and
environment are escaped, as in Nix, since nothing else can need it.
"""

from __future__ import annotations

from nix_compat.derivation import STRUCTURED, Derivation, InputNode
from nix_compat.errors import InvalidDerivation
from nix_compat.store_path import StoreDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# What stands for the punctuation of an environment while that is escaped as a whole.
WITHIN: Final = "\0"
BETWEEN: Final = "\1"


def write_derivation(drv: Derivation, store: StoreDir) -> str:
    """The contents of the ``.drv``. Raises InvalidDerivation, and FormatError for a name that is too long."""
    return head(drv, store, False) + inputs(drv.input_drvs) + tail(drv, False)


def head(drv: Derivation, store: StoreDir, masked: bool) -> str:
    """What precedes the input derivations. `masked`: without the paths of outputs."""
    start = 'DrvWithVersion("xp-dyn-drv",[' if drv.has_dynamic_inputs() else "Derive(["
    parts: list[str] = []
    for name in sorted(drv.outputs):
        path, algorithm, hash = drv.outputs[name].fields(store, drv.name, name, masked)
        parts.append('("' + name + '","' + path + '","' + algorithm + '","' + hash + '")')
    return start + ",".join(parts) + "],["


def inputs(nodes: dict[str, InputNode]) -> str:
    """The input derivations, by path or by hash."""
    parts: list[str] = []
    for path in sorted(nodes):
        node = nodes[path]
        value = dynamic_inputs(node) if node.dynamic else unquoted(sorted(node.outputs))
        parts.append('("' + path + '",' + value + ")")
    return ",".join(parts)


def dynamic_inputs(node: InputNode) -> str:
    """A node with nodes below, however deep."""
    parts: list[str] = []
    todo: list[object] = [node]
    while todo:
        item = todo.pop()
        if not isinstance(item, InputNode):
            parts.append(str(item))
            continue
        values = unquoted(sorted(item.outputs))
        if not item.dynamic:
            parts.append(values)
            continue
        parts.append("(" + values + ",[")
        todo.append("])")
        comma = ")"
        for name in sorted(item.dynamic, reverse=True):
            todo.append(comma)
            todo.append(item.dynamic[name])
            todo.append('("' + name + '",')
            comma = "),"
    return "".join(parts)


def tail(drv: Derivation, masked: bool) -> str:
    """What follows the input derivations. `masked`: variables that are called as outputs are empty."""
    return (
        "],"
        + unquoted(sorted(drv.input_srcs))
        + ',"'
        + drv.platform
        + '","'
        + escaped(drv.builder)
        + '",'
        + unquoted([escaped(each) for each in drv.args])
        + ",["
        + environment(drv, masked)
        + "])"
    )


def environment(drv: Derivation, masked: bool) -> str:
    variables = drv.env
    if STRUCTURED in variables:
        raise InvalidDerivation(
            "Cannot have an environment variable named '__json'. This key is reserved for encoding"
            " structured attrs"
        )
    if drv.structured_attrs is not None:
        variables = variables.copy()
        variables[STRUCTURED] = drv.structured_attrs
    if not variables:
        return ""
    outputs = drv.outputs
    names = sorted(variables)
    pairs: list[str] = []
    for name in names:
        value = "" if masked and name in outputs else variables[name]
        pairs.append(f"{name}{WITHIN}{value}")
    text = escaped(BETWEEN.join(pairs))
    within = text.replace(WITHIN, '","')
    whole = within.replace(BETWEEN, '"),("')
    if len(within) - len(text) == 2 * len(names) and len(whole) - len(within) == 4 * len(names) - 4:
        return '("' + whole + '")'
    pairs = []  # the variables themselves have such characters
    for name in names:
        value = "" if masked and name in outputs else variables[name]
        pairs.append(f'("{escaped(name)}","{escaped(value)}")')
    return ",".join(pairs)


def unquoted(texts: list[str]) -> str:
    """A list of texts that need no escapes."""
    return '["' + '","'.join(texts) + '"]' if texts else "[]"


def escaped(text: str) -> str:
    """Most texts have no backslash, no carriage return and no tab, which is quickly seen."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    text = text.replace('"', '\\"').replace("\n", "\\n")
    if "\r" in text:
        text = text.replace("\r", "\\r")
    if "\t" in text:
        text = text.replace("\t", "\\t")
    return text
