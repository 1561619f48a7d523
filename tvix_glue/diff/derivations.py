"""In what two derivations differ, apart from their inputs."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from nix_compat import json_text
from nix_compat.derivation import Derivation, InputNode, Output
from nix_compat.errors import FormatError
from nix_compat.store_path import StoreDir
from tvix_glue.diff.matching import Matching
from tvix_glue.diff.records import Difference
from tvix_glue.diff.references import Finder, Text
from tvix_glue.diff.texts import Canon

# Variables that only repeat what is said elsewhere of a derivation.
REPEATED: Final = {
    "name": ("name",),
    "builder": ("builder",),
    "system": ("system",),
    "outputs": ("outputs",),
    "outputHash": ("outputs.out.hash",),
    "outputHashAlgo": ("outputs.out.hash", "outputs.out.method"),
    "outputHashMode": ("outputs.out.method",),
}


def aligned_texts(
    left: Derivation, right: Derivation, finders: tuple[Finder, Finder]
) -> list[tuple[Text, Text]]:
    """The texts that are in the same place in both."""
    pairs = [(left.builder, right.builder)]
    pairs += zip(left.args, right.args, strict=False)
    pairs += [(value, right.env[name]) for name, value in left.env.items() if name in right.env]
    if left.structured_attrs is not None and right.structured_attrs is not None:
        ours, theirs = leaves(left.structured_attrs), leaves(right.structured_attrs)
        pairs += [(value, theirs[name]) for name, value in ours.items() if name in theirs]
    return [(finders[0].split(one), finders[1].split(other)) for one, other in pairs if one != other]


def likeness(left: Derivation, right: Derivation) -> float:
    """How much of two derivations' texts is the same."""
    ours, theirs = set(left.env.items()), set(right.env.items())
    same = len(ours & theirs) + len(set(left.args) & set(right.args))
    return same / (1 + max(len(ours), len(theirs)))


def own_differences(
    left: Derivation, right: Derivation, inputs: Matching, canon: Canon, store: StoreDir
) -> list[Difference]:
    found = list(fields(left, right, canon, store))
    subjects = {each.subject for each in found}
    for each in variables(left.env, right.env, "env.", canon):
        repeats = REPEATED.get(each.subject.removeprefix("env."), ())
        if subjects.isdisjoint(repeats):
            found.append(each)
    if left.structured_attrs is not None or right.structured_attrs is not None:
        ours, theirs = leaves(left.structured_attrs), leaves(right.structured_attrs)
        for each in variables(ours, theirs, "structuredAttrs", canon):
            if subjects.isdisjoint(REPEATED.get(each.subject.removeprefix("structuredAttrs."), ())):
                found.append(each)
    found += differing_inputs(left, right, inputs, store)
    return found


def fields(left: Derivation, right: Derivation, canon: Canon, store: StoreDir) -> Iterator[Difference]:
    if left.name != right.name:
        yield Difference("name", left.name, right.name)
    if left.platform != right.platform:
        yield Difference("system", left.platform, right.platform)
    one, other = canon.texts(left.builder, right.builder)
    if one != other:
        yield Difference("builder", one, other)
    yield from arguments(left.args, right.args, canon)
    yield from outputs(left, right, store)


def arguments(left: list[str], right: list[str], canon: Canon) -> Iterator[Difference]:
    if len(left) == len(right):
        for at, (a, b) in enumerate(zip(left, right, strict=True)):
            one, other = canon.texts(a, b)
            if one != other:
                yield Difference(f"args[{at}]", one, other)
        return
    ours, theirs = [canon.side(each, 0) for each in left], [canon.side(each, 1) for each in right]
    for kind, start, end, start_there, end_there in SequenceMatcher(None, ours, theirs, False).get_opcodes():
        if kind != "equal":
            pairs = zip_longest(range(start, end), range(start_there, end_there))
            for at, there in pairs:
                yield Difference(
                    f"args[{there if at is None else at}]",
                    None if at is None else ours[at],
                    None if there is None else theirs[there],
                )


def outputs(left: Derivation, right: Derivation, store: StoreDir) -> Iterator[Difference]:
    if set(left.outputs) != set(right.outputs):
        yield Difference("outputs", " ".join(sorted(left.outputs)), " ".join(sorted(right.outputs)))
    for name in sorted(set(left.outputs) & set(right.outputs)):
        one, other = left.outputs[name], right.outputs[name]
        a, b = described(one, left, store, name), described(other, right, store, name)
        if a[0] != b[0]:
            yield Difference("outputs." + name + ".method", a[0], b[0])
        if a[1] != b[1]:
            yield Difference("outputs." + name + ".hash", a[1] or None, b[1] or None)


def described(output: Output, drv: Derivation, store: StoreDir, name: str) -> tuple[str, str]:
    """How an output gets its path, and its hash if that is fixed."""
    _, method, hash = output.fields(store, drv.name, name, True)
    kind = output.kind()
    return (kind + " " + method if method else kind), hash


def variables(left: dict[str, str], right: dict[str, str], prefix: str, canon: Canon) -> Iterator[Difference]:
    for name in sorted({*left, *right}):
        if name not in right:
            yield Difference(prefix + name, canon.side(left[name], 0), None)
        elif name not in left:
            yield Difference(prefix + name, None, canon.side(right[name], 1))
        elif left[name] != right[name]:
            one, other = canon.texts(left[name], right[name])
            if one != other:
                yield Difference(prefix + name, one, other)


def leaves(text: str | None) -> dict[str, str]:
    """The scalars in a JSON object, by their place: ``.a.b[0]``."""
    try:
        root = json_text.loads(text) if text is not None else {}
    except FormatError:
        return {"": text or ""}
    found: dict[str, str] = {}
    waiting: list[tuple[str, object]] = [("", root)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(place + "." + json_text.to_byte_text(str(key)), each) for key, each in value.items()]
        elif isinstance(value, list) and value:
            waiting += [(f"{place}[{at}]", each) for at, each in enumerate(value)]
        elif isinstance(value, str):
            found[place] = json_text.to_byte_text(value)
        else:
            found[place] = json_text.dumps(value)
    return found


def differing_inputs(
    left: Derivation, right: Derivation, inputs: Matching, store: StoreDir
) -> Iterator[Difference]:
    for path in inputs.left_only:
        yield Difference(("input " if path in left.input_drvs else "source ") + store.name(path), path, None)
    for path in inputs.right_only:
        yield Difference(("input " if path in right.input_drvs else "source ") + store.name(path), None, path)
    for one, other in sorted(inputs.pairs.items()):
        used, used_there = left.input_drvs.get(one), right.input_drvs.get(other)
        a, b = used_outputs(used), used_outputs(used_there)
        if a != b:
            yield Difference("outputs used of " + store.name(one), a or None, b or None)


def used_outputs(node: InputNode | None) -> str:
    names: list[str] = []
    waiting = [("", node)] if node is not None else []
    while waiting:
        prefix, each = waiting.pop()
        names += [prefix + name for name in each.outputs]
        waiting += [(prefix + name + "^", child) for name, child in each.dynamic.items()]
    return " ".join(sorted(names))
