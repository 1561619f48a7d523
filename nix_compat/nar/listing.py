"""Listings of archives: what is in one and where, as binary caches keep it in ``.ls`` files.

A listing is JSON: members ``type`` (``regular``, ``directory``, ``symlink``), and ``size``,
``narOffset``, perhaps ``executable``, or ``entries``, or ``target``.
"""

from __future__ import annotations

from nix_compat import json_text
from nix_compat.json_text import to_unicode
from nix_compat.nar.format import Directory, DirectoryEnd, File, Symlink
from nix_compat.nar.reader import NarReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

VERSION: Final = 1


def list_archive(reader: NarReader) -> dict[str, object]:
    """The listing. Raises FormatError, also for names that are not UTF-8."""
    root: dict[str, object] = {}
    folders: list[dict[str, object]] = []
    event = reader.next()
    while event is not None:
        if isinstance(event, DirectoryEnd):
            folders.pop()
        else:
            node: dict[str, object] = {}
            if folders:
                folders[len(folders) - 1][to_unicode(event.name.decode("latin-1"))] = node
            else:
                root = node
            if isinstance(event, Directory):
                entries: dict[str, object] = {}
                node["entries"] = entries
                node["type"] = "directory"
                folders.append(entries)
            elif isinstance(event, Symlink):
                node["target"] = to_unicode(event.target.decode("latin-1"))
                node["type"] = "symlink"
            elif isinstance(event, File):
                if event.executable:
                    node["executable"] = True
                node["narOffset"] = event.offset
                node["size"] = event.size
                node["type"] = "regular"
        event = reader.next()
    return root


def listing_text(root: dict[str, object]) -> bytes:
    """The contents of the ``.ls`` file."""
    return json_text.dumps({"root": root, "version": VERSION}).encode("latin-1")
