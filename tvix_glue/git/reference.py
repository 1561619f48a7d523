"""References to Git trees: what ``builtins.fetchGit`` is given."""

from __future__ import annotations

import os
import re
from typing import Final

from nix_compat import hashes
from nix_compat.errors import FormatError
from nix_compat.json_text import dumps, to_unicode
from tvix_eval.builtins.features import require_feature
from tvix_eval.builtins.urls import BadURL, Url, parse_url
from tvix_eval.errors import NixError
from tvix_glue.derivation_strict import nix_error, warn

Attributes = dict[str, object]

TEXTS: Final = ("url", "ref", "rev", "narHash", "name", "keytype", "publicKey", "publicKeys")
FLAGS: Final = ("shallow", "submodules", "lfs", "exportIgnore", "allRefs", "verifyCommit")
NUMBERS: Final = ("lastModified", "revCount")
OTHERS: Final = ("type", "dirtyRev", "dirtyShortRev")
VERIFIED: Final = ("verifyCommit", "keytype", "publicKey", "publicKeys")

SCP: Final = re.compile("([^/]*)@(.*):(.*)", re.DOTALL)
BAD_IN_REF: Final = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|/\.|\.lock/")


class GitInput:
    """A reference to a Git tree. Raises NixError for what is none."""

    def __init__(self, attributes: Attributes) -> None:
        self.attributes: Final = attributes
        for name in sorted(attributes):
            if name not in TEXTS + FLAGS + NUMBERS + OTHERS:
                raise NixError("input attribute '" + name + "' not supported by scheme 'git'")
        for name in VERIFIED:
            if name in attributes:
                require_feature("verified-fetches")
        self.ref: Final = self.text("ref")
        if self.ref is not None and not is_legal_ref(self.ref):
            raise BadURL("invalid Git branch/tag name '" + self.ref + "'")
        url = self.text("url")
        if url is None:
            raise NixError("input attribute 'url' is missing")
        self.url: Final = git_url(url)
        self.shallow: Final = self.flag("shallow")
        self.submodules: Final = self.flag("submodules")
        self.export_ignore: Final = self.flag("exportIgnore")
        self.rev: Final = self.revision()
        for name in NUMBERS:
            self.number(name)

    def no_text(self, name: str) -> NixError:
        shown = self.attributes
        if name != "url" and "url" in shown:
            shown = shown | {"url": git_url(str(shown["url"])).show()}
        try:
            texts = {
                key: to_unicode(value) if isinstance(value, str) else value for key, value in shown.items()
            }
            return NixError("input attribute '" + name + "' is not a string " + dumps(texts))
        except FormatError as malformed:
            return nix_error(malformed)

    def text(self, name: str) -> str | None:
        value = self.attributes.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self.no_text(name)

    def flag(self, name: str) -> bool:
        value = self.attributes.get(name, False)
        if isinstance(value, bool):
            return value
        raise NixError("input attribute '" + name + "' is not a Boolean")

    def number(self, name: str) -> int | None:
        value = self.attributes.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise NixError("input attribute '" + name + "' is not an integer")

    def revision(self) -> str | None:
        text = self.text("rev")
        if text is None:
            return None
        try:
            try:
                return hashes.parse_any(text).digest.hex()
            except FormatError:
                return hashes.parse_any(text, hashes.SHA1).digest.hex()
        except FormatError as malformed:
            raise nix_error(malformed) from None

    def show(self, known: Attributes | None = None) -> str:
        """The reference as a URL, with what has become known of it."""
        query = self.url.query.copy()
        ref, rev = self.ref, self.rev
        if known is not None:
            ref, rev = str(known.get("ref", ref or "")), str(known.get("rev", rev or ""))
        for name, value in ("ref", ref), ("rev", rev):
            if value:
                query[name] = value
        for name in "exportIgnore", "lfs", "shallow", "submodules":
            if self.flag(name):
                query[name] = "1"
        scheme = self.url.scheme
        scheme = scheme if scheme == "git" else "git+" + scheme
        return Url(scheme, self.url.authority, self.url.path, query, self.url.fragment).show()

    def location(self) -> str | None:
        """The path of this machine that it names."""
        if self.url.scheme != "file":
            return None
        path = "/".join(self.url.path)
        if not path.startswith("/"):
            warn(
                "Fetching Git repository '"
                + self.url.show()
                + "', which uses a path relative to the current "
                "directory. This is not supported and will stop working in a future release. "
                "See https://github.com/NixOS/nix/issues/12281 for details."
            )
        return os.path.abspath(path.encode("latin-1")).decode("latin-1")


def git_url(text: str) -> Url:
    """What a program means by the place of a repository. Raises BadURL."""
    if not text.startswith("/"):
        found = SCP.fullmatch(text)
        if found is not None:
            text = f"ssh://{found[1]}@{found[2]}/{found[3]}"
    if not text.startswith(("file:", "git+file:")) and "://" not in text:
        parts = text.split("/")
        if ":" in parts[0]:
            raise BadURL(
                "SCP-like URL '" + text + "' is not supported; use SSH URL syntax instead (ssh://...)"
            )
        return Url("file", "" if text.startswith("/") else None, parts, {})
    url = parse_url(text)
    if url.application() == "git":
        url.scheme = url.transport()
    return url


def is_legal_ref(ref: str) -> bool:
    """Whether Git takes it as the name of a branch or tag (git-check-ref-format)."""
    if not ref or ref in ("@", "-", "HEAD/") or ref.startswith((".", "/", "-")):
        return False
    return not ref.endswith(("/", ".", ".lock")) and BAD_IN_REF.search(ref) is None
