"""References to flakes: ``parseFlakeRef`` and ``flakeRefToString``. Nothing is fetched here.

A reference is a set of attributes whose ``type`` is a scheme (`flake_schemes`).
"""

from __future__ import annotations

import re

from tvix_eval.builtins.features import require_feature
from tvix_eval.builtins.flake_schemes import REF, REVISION, SCHEMES, check_common, optional_text, show_fields
from tvix_eval.builtins.urls import BadURL, Url, decode, decode_query, parse_url
from tvix_eval.errors import EvalError, NixError
from tvix_eval.vm.attrs import from_table
from tvix_eval.vm.force import force, force_attrs, force_string_no_context
from tvix_eval.vm.machine import session
from tvix_eval.vm.show import show_name, show_type
from tvix_eval.vm.strings import NixString

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.builtins.flake_schemes import Fields

SHORT: Final = re.compile(
    rf"(?P<path>[a-zA-Z][a-zA-Z0-9_-]*(?:/(?:{REVISION}|{REF}(?:/{REVISION})?))?)"
    r"(?:#(?P<fragment>(?:[a-zA-Z0-9._~!$&'\"()*+,;=:@/? ^-]|%[0-9a-fA-F]{2})*))?"
)
PATH_LIKE: Final = re.compile(r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?", re.DOTALL)


def fields_of_url(url: Url) -> Fields:
    """The attributes of a reference that is a URL."""
    directory = url.query.pop("dir", "")
    url = Url(url.scheme, url.authority, url.path, url.query)
    for scheme in SCHEMES:
        fields = scheme.from_url(url)
        if fields is not None:
            if scheme.feature:
                require_feature(scheme.feature)
            check_common(fields)
            if directory:
                fields["dir"] = directory
            return fields
    if url.application() == "file" and url.transport() == "git":
        raise NixError(f"input '{url.show()}' is unsupported; did you mean 'git+file' instead of 'file+git'?")
    raise NixError("input '" + url.show() + "' is unsupported")


def parse_reference(text: str) -> Fields:
    """The attributes of a reference: a name that a registry knows, a URL, or an absolute path."""
    fragment = ""
    short = SHORT.fullmatch(text)
    if short is not None:
        fields = fields_of_url(Url("flake", None, short["path"].split("/"), {}))
        fragment = decode(short["fragment"] or "")
    else:
        try:
            url = parse_url(text)
            fields = fields_of_url(url)
            fragment = url.fragment
        except BadURL:
            found = PATH_LIKE.fullmatch(text)
            assert found is not None
            query = decode_query(found["query"] or "")
            fragment = decode(found["fragment"] or "")
            path: str = found["path"]
            if not path.startswith("/"):
                raise BadURL("flake reference '" + text + "' is not an absolute path") from None
            fields = fields_of_url(Url("path", "", path.split("/"), query))
    if fragment:
        raise NixError("unexpected fragment '" + fragment + "' in flake reference '" + text + "'")
    return fields


def show_reference(fields: Fields) -> str:
    """The URL of a reference."""
    directory = optional_text(fields, "dir") or ""
    fields = {name: value for name, value in fields.items() if name != "dir"}
    name = optional_text(fields, "type")
    if name is None:
        raise NixError("'type' attribute to specify input scheme is required but not provided")
    for scheme in SCHEMES:
        if scheme.name == name:
            break
    else:
        check_common(fields)
        raise NixError("cannot show unsupported input '" + show_fields(fields) + "'")
    if scheme.feature:
        require_feature(scheme.feature)
    for field in sorted(fields):
        if field != "type" and field != "__final" and field not in scheme.names:
            raise NixError(f"input attribute '{field}' not supported by scheme '{name}'")
    fields = scheme.check(fields)
    check_common(fields)
    url = scheme.to_url(fields)
    if directory:
        url.query.setdefault("dir", directory)
    return url.show()


def parse_flake_ref(a: object) -> object:
    text = force_string_no_context(a, 0, "while evaluating the argument passed to builtins.parseFlakeRef")
    symbols = session().symbols
    table: dict[str, object] = {}
    for name, value in parse_reference(text).items():
        symbols.number(name)
        table[name] = value
    return from_table(table)


def flake_ref_to_string(a: object) -> object:
    attrs = force_attrs(a, 0, "while evaluating the argument passed to builtins.flakeRefToString")
    names = attrs.names()
    places = attrs.places()
    fields: Fields = {}
    for at in attrs.symbol_order(session().symbols):
        name = names[at]
        value = force(places[at], attrs.position(name))
        if isinstance(value, NixString):
            value = value.text
        if value is True or value is False:
            fields[name] = value
        elif isinstance(value, int):
            if value < 0:
                raise EvalError(f"negative value given for flake ref attr {show_name(name)}: {value}")
            fields[name] = value
        elif isinstance(value, str):
            fields[name] = value
        else:
            raise EvalError(
                "flake reference attribute sets may only contain integers, Booleans, and strings, but attribute '"
                + show_name(name)
                + "' is "
                + show_type(value)
            )
    return show_reference(fields)
