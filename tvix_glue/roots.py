"""Roots of garbage collection: links from outside to what is to be kept."""

from __future__ import annotations

import os

from tvix_eval.errors import NixError
from tvix_glue.store import Store


def add_root(store: Store, path: str, link: str) -> str:
    """Make `link` lead to a store path, in place of an older link there. Returns `link`.

    The store that keeps files notes it, so that the path is not collected. A store that keeps none
    can't be linked to: then the path itself is returned. Raises NixError.
    """
    where = store.physical(path)
    if where is None:
        return path
    temporary = f"{link}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(link), exist_ok=True)
        if os.path.lexists(link) and not os.path.islink(link):
            raise NixError("cannot create symlink '" + link + "'; already exists")
        os.symlink(where.encode("latin-1"), temporary.encode("latin-1"))
        os.rename(temporary.encode("latin-1"), link.encode("latin-1"))
    except OSError as error:
        raise NixError("creating symlink '" + link + "': " + os.strerror(error.errno or 0)) from None
    store.add_root(link)
    return link
