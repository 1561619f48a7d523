"""What of the world a program may see: all of it, what the lookup path names, or nothing."""

from __future__ import annotations

from tvix_eval.eval_io import EvalIO, StdIO, join
from tvix_eval.search_path import Entry, SearchPath, is_pseudo_url


def world(pure: bool, restrict: bool, allowed_uris: list[str] | None = None) -> EvalIO:
    """The files and environment of an evaluation. `allowed_uris` counts only with `restrict`."""
    if not pure and not restrict:
        return StdIO()
    from tvix_eval.restricted import PURE, RESTRICTED, NoFollowIO, RestrictedIO

    return RestrictedIO(
        NoFollowIO(), (), PURE if pure else RESTRICTED, (allowed_uris or []) if restrict else None
    )


def open_search_path(io: EvalIO, entries: list[Entry], lookup: SearchPath, folder: str) -> None:
    """Restricted programs may see what is on the lookup path, and so all of it is looked at now."""
    if isinstance(io, StdIO):
        return
    from tvix_eval.restricted import RestrictedIO

    for entry in entries:
        if isinstance(io, RestrictedIO) and not is_pseudo_url(entry.path):
            io.allow(join(folder, entry.path))
        lookup.resolve(entry.path)
