"""The schemes of flake references: what attributes each has, and how it reads and writes URLs."""

from __future__ import annotations

import re

from nix_compat import hashes
from nix_compat.hashes import Hash
from tvix_eval.builtins.features import require_feature
from tvix_eval.builtins.hashes import parse_hash
from tvix_eval.builtins.urls import BadURL, Url, parse_url
from tvix_eval.errors import NixError, UsageError
from tvix_eval.output.json import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    Fields = dict[str, str | int | bool]

REVISION: Final = "[0-9a-fA-F]{40}"
REF: Final = r"[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*"
FLAKE_ID: Final = re.compile("[a-zA-Z][a-zA-Z0-9_-]*")
HOST: Final = re.compile("[a-zA-Z0-9.-]*")
BAD_IN_REF: Final = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|/\.|\.lock(?:/|\Z)|\A[/.-]|[/.]\Z|\A@\Z"
)
FLAKES: Final = "flakes"


def show_fields(fields: Fields) -> str:
    """As JSON, for messages."""
    parts: list[str] = []
    for name in sorted(fields):
        value = fields[name]
        if isinstance(value, str):
            text = quote(value)
        elif isinstance(value, bool):
            text = "true" if value else "false"
        else:
            text = str(value)
        parts.append(quote(name) + ":" + text)
    return "{" + ",".join(parts) + "}"


def optional_text(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    raise NixError(f"input attribute '{name}' is not a string {show_fields(fields)}")


def text_of(fields: Fields, name: str) -> str:
    value = optional_text(fields, name)
    if value is None:
        raise NixError("input attribute '" + name + "' is missing")
    return value


def is_set(fields: Fields, name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise NixError("input attribute '" + name + "' is not a Boolean")
    return value


def revision(fields: Fields) -> str | None:
    text = optional_text(fields, "rev")
    if text is None:
        return None
    prefixed = ":" in text or "-" in text
    return parse_hash(text, None if prefixed else hashes.SHA1).digest.hex()


def nar_hash(fields: Fields) -> str | None:
    text = optional_text(fields, "narHash")
    if text is None:
        return None
    if not text:
        return Hash(hashes.SHA256, bytes(32)).render(hashes.SRI)
    if "-" not in text:
        raise NixError("hash '" + text + "' is not SRI")
    hash = parse_hash(text, None)
    if hash.algorithm != hashes.SHA256:
        raise UsageError("narHash must use SHA-256")
    return hash.render(hashes.SRI)


def check_common(fields: Fields) -> None:
    text_of(fields, "type")
    optional_text(fields, "ref")
    for name in ("revCount", "lastModified"):
        value = fields.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int):
            raise NixError("input attribute '" + name + "' is not an integer")


def is_ref_name(name: str) -> bool:
    """Whether Git accepts a name of a branch or tag."""
    return bool(name) and BAD_IN_REF.search(name) is None


def whole_number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) <= 20 and int(text) < 1 << 64 else None


class Scheme:
    """`names`: the attributes it may have. `feature`: what must be enabled to use it."""

    names: tuple[str, ...] = ()
    feature = ""

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def from_url(self, url: Url) -> Fields | None:
        """The attributes that a URL says; None if it is of another scheme."""
        raise NotImplementedError

    def check(self, fields: Fields) -> Fields:
        return fields

    def to_url(self, fields: Fields) -> Url:
        raise NotImplementedError


class Forge(Scheme):
    """GitHub, GitLab, SourceHut."""

    names: tuple[str, ...] = ("owner", "repo", "ref", "rev", "narHash", "lastModified", "host", "treeHash")
    feature = FLAKES

    def from_url(self, url: Url) -> Fields | None:
        if url.scheme != self.name:
            return None
        path = url.parts()
        if len(path) < 2:
            raise BadURL("URL '" + url.show() + "' is invalid")
        fields: Fields = {"type": self.name, "owner": path[0], "repo": path[1]}
        rest = "/".join(path[2:])
        if rest:
            fields["rev" if re.fullmatch(REVISION, rest) else "ref"] = rest
        for name, what in (("rev", "commit hashes"), ("ref", "branch/tag names")):
            if name in url.query:
                if name in fields:
                    raise BadURL("URL '" + url.show() + "' contains multiple " + what)
                fields[name] = url.query[name]
        for name in ("host", "narHash"):
            if name in url.query:
                fields[name] = url.query[name]
        return self.check(fields)

    def check(self, fields: Fields) -> Fields:
        text_of(fields, "owner")
        text_of(fields, "repo")
        ref = optional_text(fields, "ref")
        rev = optional_text(fields, "rev")
        if ref and rev:
            raise BadURL(
                f"input {show_fields(fields)} contains both a commit hash ('{rev}') and a branch/tag name ('{ref}')"
            )
        if rev is not None:
            parse_hash(rev, hashes.SHA1)
        if ref is not None and not is_ref_name(ref):
            raise BadURL("input " + show_fields(fields) + " contains an invalid branch/tag name")
        host = optional_text(fields, "host")
        if host is not None and HOST.fullmatch(host) is None:
            raise BadURL("input " + show_fields(fields) + " contains an invalid instance host")
        return fields

    def to_url(self, fields: Fields) -> Url:
        path = [text_of(fields, "owner"), text_of(fields, "repo")]
        for part in (optional_text(fields, "ref"), revision(fields)):
            if part is not None:
                path.append(part)
        query: dict[str, str] = {}
        for name, value in (("narHash", nar_hash(fields)), ("host", optional_text(fields, "host"))):
            if value is not None:
                query[name] = value
        return Url(self.name, None, path, query)


class Indirect(Scheme):
    """A name that a registry knows."""

    names: tuple[str, ...] = ("id", "ref", "rev", "narHash")
    feature = FLAKES

    def from_url(self, url: Url) -> Fields | None:
        if url.scheme != "flake":
            return None
        path = url.parts()
        fields: Fields = {"type": self.name}
        begin = "in flake URL '" + url.show() + "', '"
        if not 1 <= len(path) <= 3:
            raise BadURL("GitHub URL '" + url.show() + "' is invalid")
        if len(path) == 2 and re.fullmatch(REVISION, path[1]):
            fields["rev"] = path[1].lower()
        elif len(path) >= 2:
            if not is_ref_name(path[1]):
                what = "a commit hash or branch/tag name" if len(path) == 2 else "a branch/tag name"
                raise BadURL(begin + path[1] + "' is not " + what)
            fields["ref"] = path[1]
        if len(path) == 3:
            if not re.fullmatch(REVISION, path[2]):
                raise BadURL(begin + path[2] + "' is not a commit hash")
            fields["rev"] = path[2].lower()
        fields["id"] = path[0]
        return self.check(fields)

    def check(self, fields: Fields) -> Fields:
        name = text_of(fields, "id")
        if FLAKE_ID.fullmatch(name) is None:
            raise BadURL("'" + name + "' is not a valid flake ID")
        return fields

    def to_url(self, fields: Fields) -> Url:
        path = [text_of(fields, "id")]
        for part in (optional_text(fields, "ref"), revision(fields)):
            if part is not None:
                path.append(part)
        return Url("flake", None, path, {})


class PathScheme(Scheme):
    names: tuple[str, ...] = ("path", "rev", "revCount", "lastModified", "narHash")
    feature = FLAKES

    def from_url(self, url: Url) -> Fields | None:
        if url.scheme != self.name:
            return None
        if url.authority:
            raise NixError(f"path URL '{url.show()}' should not have an authority ('{url.authority}')")
        fields: Fields = {"type": self.name, "path": re.sub("/+", "/", "/".join(url.path))}
        for name in sorted(url.query):
            value = url.query[name]
            if name in ("rev", "narHash"):
                fields[name] = value
            elif name in ("revCount", "lastModified"):
                number = whole_number(value)
                if number is None:
                    raise NixError(f"path URL '{url.show()}' has invalid parameter '{name}'")
                fields[name] = number
            else:
                raise NixError(f"path URL '{url.show()}' has unsupported parameter '{name}'")
        return fields

    def check(self, fields: Fields) -> Fields:
        text_of(fields, "path")
        return fields

    def to_url(self, fields: Fields) -> Url:
        query: dict[str, str] = {}
        for name, value in fields.items():
            if name not in ("path", "type", "__final"):
                query[name] = str(int(value)) if isinstance(value, int) else value
        return Url(self.name, None, text_of(fields, "path").split("/"), query)


class Git(Scheme):
    names: tuple[str, ...] = tuple(
        (
            "url ref rev shallow submodules lfs exportIgnore lastModified revCount narHash allRefs name dirtyRev"
            " dirtyShortRev verifyCommit keytype publicKey publicKeys"
        ).split()
    )
    texts: tuple[str, ...] = ("rev", "ref", "keytype", "publicKey", "publicKeys")
    flags: tuple[str, ...] = ("shallow", "submodules", "lfs", "exportIgnore", "allRefs", "verifyCommit")

    def from_url(self, url: Url) -> Fields | None:
        if url.scheme != "git" and url.application() != "git":
            return None
        fields: Fields = {"type": self.name}
        query: dict[str, str] = {}
        for name, value in url.query.items():
            if name in self.texts:
                fields[name] = value
            elif name in self.flags:
                fields[name] = value == "1"
            else:
                query[name] = value
        fields["url"] = Url(url.scheme, url.authority, url.path, query, url.fragment).show()
        return self.check(fields)

    def check(self, fields: Fields) -> Fields:
        for name in ("verifyCommit", "keytype", "publicKey", "publicKeys"):
            if name in fields:
                require_feature("verified-fetches")
        is_set(fields, "verifyCommit")
        ref = optional_text(fields, "ref")
        if ref is not None and not is_ref_name(ref):
            raise BadURL("invalid Git branch/tag name '" + ref + "'")
        fields["url"] = git_url(text_of(fields, "url")).show()
        for name in ("shallow", "submodules", "allRefs"):
            is_set(fields, name)
        return fields

    def to_url(self, fields: Fields) -> Url:
        url = parse_url(text_of(fields, "url"))
        if url.scheme != "git":
            url.scheme = "git+" + url.scheme
        for name, value in (("rev", revision(fields)), ("ref", optional_text(fields, "ref"))):
            if value is not None:
                url.query[name] = value
        for name in ("shallow", "lfs", "submodules", "exportIgnore", "verifyCommit"):
            if is_set(fields, name):
                url.query[name] = "1"
        key = optional_text(fields, "publicKey")
        if key is not None:
            url.query["keytype"] = optional_text(fields, "keytype") or "ssh-ed25519"
            url.query["publicKey"] = key
        return url


def git_url(text: str) -> Url:
    """What Git takes as the place of a repository, as a URL."""
    secure_copy = re.fullmatch("(?P<user>[^/]*)@(?P<host>.*):(?P<path>.*)", text)
    if secure_copy is not None and not text.startswith("/"):
        text = "ssh://" + secure_copy["user"] + "@" + secure_copy["host"] + "/" + secure_copy["path"]
    if not text.startswith("file:") and not text.startswith("git+file:") and "://" not in text:
        path = text.split("/")
        if ":" in path[0]:
            raise BadURL(
                "SCP-like URL '" + text + "' is not supported; use SSH URL syntax instead (ssh://...)"
            )
        return Url("file", "" if text.startswith("/") else None, path, {})
    url = parse_url(text)
    if url.application() == "git":
        url.scheme = url.transport()
    return url


class Mercurial(Scheme):
    names: tuple[str, ...] = ("url", "ref", "rev", "revCount", "narHash", "name")

    def from_url(self, url: Url) -> Fields | None:
        if url.scheme not in ("hg+http", "hg+https", "hg+ssh", "hg+file"):
            return None
        fields: Fields = {"type": self.name}
        query: dict[str, str] = {}
        for name, value in url.query.items():
            if name in ("rev", "ref"):
                fields[name] = value
            else:
                query[name] = value
        fields["url"] = Url(url.transport(), url.authority, url.path, query, url.fragment).show()
        return self.check(fields)

    def check(self, fields: Fields) -> Fields:
        parse_url(text_of(fields, "url"))
        ref = optional_text(fields, "ref")
        if ref is not None and re.fullmatch(REF, ref) is None:
            raise BadURL("invalid Mercurial branch/tag name '" + ref + "'")
        return fields

    def to_url(self, fields: Fields) -> Url:
        url = parse_url(text_of(fields, "url"))
        url.scheme = "hg+" + url.scheme
        for name, value in (("rev", revision(fields)), ("ref", optional_text(fields, "ref"))):
            if value is not None:
                url.query[name] = value
        return url


class Download(Scheme):
    """A file or an archive. `any_url`: it takes URLs that name no scheme of Nix."""

    names: tuple[str, ...] = ("url", "narHash", "name", "unpack", "rev", "revCount", "lastModified")

    def __init__(self, name: str, any_url: bool) -> None:
        super().__init__(name)
        self.any_url: Final = any_url

    def from_url(self, url: Url) -> Fields | None:
        application = url.application()
        if url.transport() not in ("file", "http", "https"):
            return None
        if not (self.any_url if application is None else application == self.name):
            return None
        fields: Fields = {}
        for name in ("narHash", "rev"):
            if name in url.query:
                fields[name] = url.query[name]
        for name in ("revCount", "lastModified"):
            number = whole_number(url.query.get(name, ""))
            if number is not None:
                fields[name] = number
        query = {name: value for name, value in url.query.items() if name not in self.names}
        fields["type"] = self.name
        fields["url"] = Url(url.transport(), url.authority, url.path, query, url.fragment).show()
        return fields

    def to_url(self, fields: Fields) -> Url:
        url = parse_url(text_of(fields, "url"))
        digest = nar_hash(fields)
        if digest is not None:
            url.query["narHash"] = digest
        return url


SCHEMES: Final[list[Scheme]] = [  # in the order in which they are asked
    Download("file", False),
    Git("git"),
    Forge("github"),
    Forge("gitlab"),
    Mercurial("hg"),
    Indirect("indirect"),
    PathScheme("path"),
    Forge("sourcehut"),
    Download("tarball", True),
]
