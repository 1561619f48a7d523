"""The lookup path: what ``<name/rest>`` finds. Filled from ``-I`` and ``NIX_PATH``."""

from __future__ import annotations

from tvix_eval.errors import NixError, RestrictedPathError, ThrownError
from tvix_eval.eval_io import INTERNAL_ROOT, EvalIO, join
from tvix_eval.hints import i64
from tvix_eval.vm.machine import session

INTERNAL_PREFIX = "nix/"


class Entry:
    """Names that begin with `prefix` (whole components) are looked for below `path`."""

    def __init__(self, prefix: str, path: str) -> None:
        self.prefix = prefix
        self.path = path

    def rest_of(self, name: str) -> str | None:
        """What of `name` is to be looked for below the path, or None if this is not its entry."""
        prefix = self.prefix
        if not prefix or name == prefix:
            return name[len(prefix) :]
        if name.startswith(prefix + "/"):
            return name[len(prefix) + 1 :]
        return None


def parse_entry(text: str) -> Entry:
    """``prefix=path``, or only ``path``."""
    prefix, equals, path = text.partition("=")
    return Entry(prefix, path) if equals else Entry("", text)


def parse_nix_path(text: str) -> list[Entry]:
    """Entries of ``NIX_PATH``."""
    return [parse_entry(part) for part in split_nix_path(text)]


def split_nix_path(text: str) -> list[str]:
    """What is separated by colons, but for the colons that belong to URLs."""
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = text.find(":", start)
        if end < 0:
            end = len(text)
        else:
            location = text[text.rfind("=", start, end) + 1 or start :]
            if is_pseudo_url(location) or location.startswith("flake:"):
                end = text.find(":", end + 1)
                if end < 0:
                    end = len(text)
        parts.append(text[start:end])
        start = end + 1
    return parts


def is_pseudo_url(text: str) -> bool:
    """Whether a location is fetched and not a path."""
    if text.startswith("channel:"):
        return True
    scheme, separator, _ = text.partition("://")
    return bool(separator) and scheme in ("http", "https", "file", "channel", "git", "s3", "ssh")


class SearchPath:
    """Looks names up, and remembers which entries are of use."""

    def __init__(self, io: EvalIO) -> None:
        self.io = io
        self.resolved: dict[str, str | None] = {}

    def find(self, entries: list[Entry], name: str, pos: i64) -> str:
        """The path of the file that ``<name>`` means. Raises ThrownError when there is none."""
        io = self.io
        for entry in entries:
            rest = entry.rest_of(name)
            if rest is None:
                continue
            root = self.resolve(entry.path)
            if root is None:
                continue
            inside = join("/", rest)
            found = io.resolve_symlinks(root if inside == "/" else root.rstrip("/") + inside)
            if io.path_exists(found):
                return found
            self.refuse(found)
        if name.startswith(INTERNAL_PREFIX):
            return INTERNAL_ROOT + join("/", name[len(INTERNAL_PREFIX) :]) + ">"
        if session().pure:
            raise ThrownError(
                "cannot look up '<" + name + ">' in pure evaluation mode (use '--impure' to override)", pos
            )
        raise ThrownError(
            "file '" + name + "' was not found in the Nix search path (add it using $NIX_PATH or -I)", pos
        )

    def resolve(self, location: str) -> str | None:
        """The path of an entry; None, after a warning the first time, when it is not there."""
        if location in self.resolved:
            return self.resolved[location]
        found: str | None = None
        if is_pseudo_url(location) or ":" in location:
            found = self.io.fetch_entry(location)
            if found is None and is_pseudo_url(location):
                raise NixError("cannot fetch '" + location + "': this evaluation fetches nothing")
        if found is None:
            path = join(self.io.working_directory(), location)
            if self.io.path_exists(self.io.resolve_symlinks(path)):
                found = path
            else:
                self.refuse(path)
                session().emit("warning", "Nix search path entry '" + location + "' does not exist, ignoring")
        self.resolved[location] = found
        return found

    def refuse(self, path: str) -> None:
        """Raises RestrictedPathError when the reason that nothing was found is that it is forbidden."""
        reason = self.io.absent(path)
        if isinstance(reason, RestrictedPathError):
            raise reason
