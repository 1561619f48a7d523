"""``builtins.derivationStrict``: a set of attributes becomes a derivation.

What is checked, in which order and with which words is as in C++ Nix 2.34.
"""

from __future__ import annotations

from nix_compat import content_address, hashes, json_text
from nix_compat.content_address import ContentAddress
from nix_compat.derivation import Deferred, Derivation, Fixed, Floating, Impure, Output
from nix_compat.errors import BadStorePathName, FormatError, UsageError
from nix_compat.hash_modulo import Instantiated
from nix_compat.placeholders import hash_placeholder, unknown_derivation, unknown_output
from nix_compat.store_path import DERIVATION, check_name
from tvix_eval.builtins.features import feature_is_disabled, require_feature
from tvix_eval.errors import EvalError, NixError
from tvix_eval.formats import from_format_error
from tvix_eval.output.json import quote, to_json
from tvix_eval.vm.attrs import Attrs, from_sorted
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.force import (
    force,
    force_attrs,
    force_bool,
    force_list,
    force_string_no_context,
    force_string_value,
    get_attr,
)
from tvix_eval.vm.machine import session
from tvix_eval.vm.show import show_name
from tvix_eval.vm.strings import BUILT, DRV_DEEP, ContextBuilder, NixString, decode, element, single
from tvix_eval.vm.values import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nix_compat.placeholders import DownstreamPlaceholder
    from tvix_eval.vm.strings import ContextElement
    from tvix_glue.glue import Glue

OF_BUILTIN: Final = "attribute passed to builtins.derivationStrict"
# What a derivation with structured attributes says in ``outputChecks`` instead.
CHECKS: Final = (
    "allowedReferences",
    "allowedRequisites",
    "disallowedReferences",
    "disallowedRequisites",
    "maxSize",
    "maxClosureSize",
)


def derivation_strict(glue: Glue, argument: object) -> object:
    """The set of ``drvPath`` and the outputs of a derivation, which is instantiated."""
    attrs = force_attrs(argument, 0, "while evaluating the argument passed to builtins.derivationStrict")
    place = get_attr(attrs, "name", "in the attrset passed as argument to builtins.derivationStrict")
    pos = attrs.position("name")
    try:
        name = force_string_no_context(place, 0, "while evaluating the `name` " + OF_BUILTIN)
    except NixError as error:
        error.add_frame(pos, "while evaluating the derivation attribute 'name'")
        raise
    try:
        try:
            return Builder(glue, name).build(attrs)
        except FormatError as malformed:
            raise nix_error(malformed) from None
    except NixError as error:
        where = session().sources.describe(pos)
        error.add_frame(
            0, "while evaluating derivation '" + name + "'\n  whose name attribute is located at " + where
        )
        raise


def nix_error(error: FormatError) -> NixError:
    """A complaint about a format, as an error of the program."""
    made = from_format_error(error)
    for frame in error.frames:
        made.add_frame(0, frame)
    return made


def words(text: str) -> list[str]:
    for blank in "\t\n\r":
        text = text.replace(blank, " ")
    return [word for word in text.split(" ") if word]


def warn(message: str) -> None:
    session().emit("warning", message)


class Builder:
    """Reads the attributes of one derivation."""

    def __init__(self, glue: Glue, name: str) -> None:
        self.glue: Final = glue
        self.name: Final = name
        self.drv: Final = Derivation(name)
        self.context: Final = ContextBuilder()
        self.content_addressed = False
        self.impure = False
        self.outputs = ["out"]
        self.hash: str | None = None
        self.algorithm: str | None = None
        self.method: str | None = None

    def build(self, attrs: Attrs) -> object:
        try:
            check_name(self.name)
        except BadStorePathName as wrong_name:
            raise EvalError(
                "invalid derivation name: " + wrong_name.message + ". Please pass a different 'name'."
            ) from None
        structured = self.flag(attrs, "__structuredAttrs")
        ignore_nulls = self.flag(attrs, "__ignoreNulls")
        json: list[str] | None = [] if structured else None
        places = attrs.places()
        at = 0
        for key in attrs.names():
            place = places[at]
            at += 1
            if key == "__ignoreNulls":
                continue
            try:
                if ignore_nulls and force(place, 0) is None:
                    continue
                if not self.read_special(key, place):
                    if json is None:
                        self.read_variable(key, place)
                    elif key != "__structuredAttrs":
                        json.append(quote(key) + ":" + to_json(place, True, 0, self.context))
                        self.read_structured(key, place)
            except FormatError as malformed:
                raise self.of_attribute(nix_error(malformed), attrs, key) from None
            except NixError as error:
                self.of_attribute(error, attrs, key)
                raise
        if json is not None:
            self.drv.structured_attrs = "{" + ",".join(json) + "}"
        self.add_inputs()
        made = self.finish()
        self.glue.keep_derivation(made, self.drv)
        return self.result(made.path)

    def flag(self, attrs: Attrs, name: str) -> bool:
        place = attrs.place(name)
        return place is not MISSING and force_bool(
            place, 0, "while evaluating the `" + name + "` " + OF_BUILTIN
        )

    def of_attribute(self, error: NixError, attrs: Attrs, key: str) -> NixError:
        text = "while evaluating attribute '" + show_name(key) + "' of derivation '" + self.name + "'"
        return error.with_frame(attrs.position(key), text)

    # One attribute.

    def read_special(self, key: str, place: object) -> bool:
        """Whether this is an attribute that is not for the builder; it is read then."""
        if key == "args":
            why = "while evaluating an element of the argument list"
            for item in force_list(place, 0, ""):
                self.drv.args.append(coerce_to_string(item, self.context, 0, why, True))
        elif key == "__contentAddressed":
            if force_bool(place, 0, ""):
                self.content_addressed = True
                require_feature("ca-derivations")
        elif key == "__impure":
            if force_bool(place, 0, ""):
                self.impure = True
                require_feature("impure-derivations")
        else:
            return False
        return True

    def read_variable(self, key: str, place: object) -> None:
        text = coerce_to_string(place, self.context, 0, "", True)
        if key == "__json":
            warn(
                f"In derivation '{self.name}': setting structured attributes via '__json' is deprecated, and "
                "may be disallowed in future versions of Nix. Set '__structuredAttrs = true' instead."
            )
            self.drv.structured_attrs = json_text.canonical_object(text)
            return
        self.drv.env[key] = text
        if key == "builder":
            self.drv.builder = text
        elif key == "system":
            self.drv.platform = text
        elif key == "outputs":
            self.set_outputs(words(text))
        else:
            self.read_hash(key, text)

    def read_structured(self, key: str, place: object) -> None:
        if key == "builder":
            value = force_string_value(place, 0, "")
            if isinstance(value, NixString):
                self.context.add(value.context)
                value = value.text
            assert isinstance(value, str)
            self.drv.builder = value
        elif key == "system":
            self.drv.platform = force_string_no_context(place, 0, "")
        elif key == "outputs":
            self.set_outputs([force_string_no_context(item, 0, "") for item in force_list(place, 0, "")])
        elif key in ("outputHash", "outputHashAlgo", "outputHashMode"):
            self.read_hash(key, force_string_no_context(place, 0, ""))
        elif key in CHECKS:
            warn(
                f"In a derivation named '{self.name}', 'structuredAttrs' disables the effect of the derivation "
                f"attribute '{key}'; use 'outputChecks.<output>.{key}' instead"
            )

    def read_hash(self, key: str, text: str) -> None:
        if key == "outputHash":
            self.hash = text
        elif key == "outputHashAlgo":
            self.algorithm = text if text in hashes.SIZES else None
        elif key == "outputHashMode":
            self.method = self.parse_method(text)

    def parse_method(self, text: str) -> str:
        if text == "recursive":
            return content_address.NAR
        try:
            method = content_address.check_method(text)
        except UsageError:
            raise EvalError("invalid value '" + text + "' for 'outputHashMode' attribute") from None
        if method == content_address.TEXT:
            feature = "dynamic-derivations"
            if feature not in session().experimental:
                reason = "text-hashed derivation '" + self.name + '\', outputHashMode = "text"'
                raise feature_is_disabled(feature, reason)
        elif method == content_address.GIT:
            require_feature("git-hashing")
        return method

    def set_outputs(self, names: list[str]) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise EvalError("duplicate derivation output '" + name + "'")
            if name == "drvPath":
                raise EvalError("invalid derivation output name 'drvPath'")
            seen.add(name)
        if not names:
            raise EvalError("derivation cannot have an empty set of outputs")
        self.outputs = sorted(names)

    # The whole.

    def add_inputs(self) -> None:
        """What the strings mention is what the derivation depends on."""
        context = self.context.context
        if context is None:
            return
        drv = self.drv
        for member in context.elements:
            if member.kind == BUILT:
                self.add_output(member)
            elif member.kind == DRV_DEEP:
                for path in self.glue.closure(member.path):
                    drv.input_srcs.add(path)
                    if path.endswith(DERIVATION):
                        drv.input_node(path).outputs.update(self.glue.read_derivation(path).outputs)
            else:
                drv.input_srcs.add(member.path)

    def add_output(self, member: ContextElement) -> None:
        path = [member.output]
        while member.path.startswith("!"):
            member = decode(member.path)
            path.append(member.output)
        node = self.drv.input_node(member.path)
        while len(path) > 1:
            node = node.child(path.pop())
        node.outputs.add(path[0])

    def finish(self) -> Instantiated:
        """Give the derivation its outputs, and make its file."""
        drv = self.drv
        if not drv.builder:
            raise EvalError("required attribute 'builder' missing")
        if not drv.platform:
            raise EvalError("required attribute 'system' missing")
        only_out = self.outputs == ["out"]
        if self.name.endswith(DERIVATION) and not (self.method == content_address.TEXT and only_out):
            raise EvalError(
                "derivation names are allowed to end in '.drv' only if they produce a single derivation file"
            )
        known = self.glue.hashes
        if self.hash is not None:
            if not only_out:
                raise EvalError("multiple outputs are not supported in fixed-output derivations")
            hash = hashes.parse_or_empty(self.hash, self.algorithm, warn)
            if hash.algorithm == hashes.BLAKE3:
                require_feature("blake3-hashes")
            fixed = Fixed(ContentAddress(self.method or content_address.FLAT, hash))
            drv.env["out"] = fixed.path(known.store, self.name, "out")
            drv.outputs["out"] = fixed
            return known.instantiate(drv)
        if self.content_addressed or self.impure:
            if self.content_addressed and self.impure:
                raise EvalError("derivation cannot be both content-addressed and impure")
            for name in self.outputs:
                drv.env[name] = hash_placeholder(name)
                drv.outputs[name] = self.unknown_output()
            return known.instantiate(drv)
        for name in self.outputs:
            drv.env[name] = ""
            drv.outputs[name] = Deferred()
        return known.complete(drv)

    def unknown_output(self) -> Output:
        method = self.method or content_address.NAR
        algorithm = self.algorithm or hashes.SHA256
        return Impure(method, algorithm) if self.impure else Floating(method, algorithm)

    def result(self, path: str) -> object:
        drv = self.drv
        table: dict[str, object] = {"drvPath": NixString(path, single(element(DRV_DEEP, path)))}
        store = self.glue.store.dir
        for name in self.outputs:
            text = drv.outputs[name].path(store, drv.name, name) or unknown_output(store, path, name).render()
            table[name] = NixString(text, single(element(BUILT, path, name)))
        names = sorted(table)
        return from_sorted(names, [table[each] for each in names])


def placeholder_of(glue: Glue, member: ContextElement) -> DownstreamPlaceholder:
    """What stands for an output that is not known before something is built."""
    if member.path.startswith("!"):
        return unknown_derivation(placeholder_of(glue, decode(member.path)), member.output)
    return unknown_output(glue.store.dir, member.path, member.output)
