"""URLs as Nix reads and writes them."""

from __future__ import annotations

import re

from tvix_eval.errors import NixError
from tvix_eval.vm.machine import session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ESCAPED: Final = "%[0-9A-Fa-f]{2}"
IN_PATH: Final = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|{ESCAPED})*"
IN_QUERY: Final = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/? \"-]|{ESCAPED})*"
IN_FRAGMENT: Final = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/? \"^-]|{ESCAPED})*"
URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://(?P<authority>[^/?#]*)(?=[/?#]|\Z))?"
    rf"(?P<path>{IN_PATH})(?:\?(?P<query>{IN_QUERY}))?(?:#(?P<fragment>{IN_FRAGMENT}))?",
)
AUTHORITY: Final = re.compile(
    rf"(?:(?P<user>(?:[A-Za-z0-9._~!$&'()*+,;=-]|{ESCAPED})*)"
    rf"(?P<password>:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|{ESCAPED})*)?@)?"
    rf"(?P<host>\[[0-9A-Fa-f:.]+(?:%25[A-Za-z0-9._~-]+)?\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|{ESCAPED})*)"
    r"(?::(?P<port>[0-9]*))?"
)
ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
RESERVED: Final = re.compile("[^A-Za-z0-9._~-]")
KEPT_IN_PATH: Final = ":@"
KEPT_IN_QUERY: Final = ":@/?"


class BadURL(NixError):
    """The text is no URL, or not one of the wanted kind."""


class Url:
    """`path` is decoded, in parts; it begins with "" if the URL's begins with a slash.

    `authority` is as it is written, None if there is none.
    """

    def __init__(
        self, scheme: str, authority: str | None, path: list[str], query: dict[str, str], fragment: str = ""
    ) -> None:
        self.scheme = scheme
        self.authority: Final = authority
        self.path: Final = path
        self.query: Final = query
        self.fragment: Final = fragment

    def application(self) -> str | None:
        """What the scheme says before a "+"."""
        before, plus, _ = self.scheme.partition("+")
        return before if plus else None

    def transport(self) -> str:
        return self.scheme.partition("+")[2] or self.scheme

    def parts(self) -> list[str]:
        return [part for part in self.path if part]

    def show(self) -> str:
        text = self.scheme + ":"
        if self.authority is not None:
            text += "//" + self.authority
        text += "/".join([encode(part, KEPT_IN_PATH) for part in self.path])
        if self.query:
            text += "?" + encode_query(self.query)
        if self.fragment:
            text += "#" + encode(self.fragment, "")
        return text


def encode(text: str, kept: str) -> str:
    return RESERVED.sub(lambda found: found[0] if found[0] in kept else f"%{ord(found[0]):02X}", text)


def decode(text: str) -> str:
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def encode_query(query: dict[str, str]) -> str:
    parts = [encode(name, KEPT_IN_QUERY) + "=" + encode(query[name], KEPT_IN_QUERY) for name in sorted(query)]
    return "&".join(parts)


def decode_query(text: str) -> dict[str, str]:
    query: dict[str, str] = {}
    for part in text.split("&") if text else []:
        name, equals, value = part.partition("=")
        if equals:
            query.setdefault(decode(name), decode(value))
        else:
            session().emit("warning", "dubious URI query '" + name + "' is missing equal sign '=', ignoring")
    return query


def parse_url(text: str) -> Url:
    """Raises BadURL."""
    found = URL.fullmatch(text)
    if found is None:
        raise BadURL("'" + text + "' is not a valid URL: leftover")
    authority: str | None = found["authority"]
    path: str = found["path"]
    transport = found["scheme"].partition("+")[2] or found["scheme"]
    if authority is not None:
        authority = check_authority(authority)
        if authority and transport == "file":
            raise BadURL("file:// URL '" + text + "' has unexpected authority '" + authority + "'")
    if transport == "file" and not path:
        path = "/"
    parts = [decode(part) for part in path.split("/")]
    return Url(
        found["scheme"], authority, parts, decode_query(found["query"] or ""), decode(found["fragment"] or "")
    )


def check_authority(text: str) -> str:
    """An authority in its normal form."""
    found = AUTHORITY.fullmatch(text)
    if found is None:
        raise BadURL("invalid URL authority: '" + text + "': leftover")
    port: str = found["port"] or ""
    if port and not 0 < int(port[:6]) < 1 << 16:
        raise BadURL("port '" + port + "' is invalid")
    result = ""
    if found["user"] is not None:
        result = encode(decode(found["user"]), "")
        if found["password"] is not None:
            result += ":" + encode(decode(found["password"][1:]), "")
        result += "@"
    host: str = found["host"]
    result += host if host.startswith("[") else encode(decode(host), "")
    return result + ":" + str(int(port)) if port else result
