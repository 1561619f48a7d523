"""``builtins.fetchGit``: where a tree is found, and what is said of it.

Follows C++ Nix 2.34.8 for repositories of this machine: a working tree as it is where no branch
and no revision is asked for, and otherwise a commit. Nothing is fetched from elsewhere.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from nix_compat import hashes
from tvix_eval.errors import EvalError, NixError
from tvix_eval.eval_io import DIRECTORY, EvalIO, StdIO
from tvix_eval.vm.attrs import from_table
from tvix_eval.vm.machine import session
from tvix_glue.derivation_strict import warn
from tvix_glue.git.files import CommitFiles
from tvix_glue.git.reference import Attributes, GitInput
from tvix_glue.git.repository import GitError, Repository
from tvix_glue.sources import HASH_MISMATCH, NOTHING, mention
from tvix_glue.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tvix_glue.glue import Glue

NO_REVISION: Final = "0" * 40
SHORT: Final = 7  # digits of a revision
CODE: Final = " (libgit2 error code = {})"


class Found:
    """A tree: the world it is read from, which of its files count, and what is known of it."""

    def __init__(self, files: EvalIO, path: str, keep: Callable[[str, str], bool] | None) -> None:
        self.files: Final = files
        self.path: Final = path
        self.keep: Final = keep
        self.kept: set[str] = set()
        self.known: Attributes = {}
        self.dirty = False


def fetch(glue: Glue, attributes: Attributes) -> object:
    """The attribute set that ``fetchGit`` returns. Raises NixError."""
    wanted = GitInput(attributes)
    shown = wanted.show()
    if session().pure and wanted.rev in (None, NO_REVISION):
        if "narHash" not in attributes:
            raise EvalError(
                "in pure evaluation mode, 'fetchGit' doesn't fetch unlocked input '" + shown + "'"
            )
        warn(
            "Input '" + shown + "' is unlocked (e.g. lacks a Git revision) but is checked by NAR hash. "
            "This is not reproducible and will break after garbage collection or when shared."
        )
    glue.io.check_uri(shown)
    key = shown + " " + str(attributes.get("name"))
    done = glue.fetched.get(key)
    if done is None or "narHash" in attributes:
        try:
            found = find(glue.io, wanted)
            check_locks(wanted, found.known)
        except NixError as error:
            error.add_frame(0, "while fetching the input '" + shown + "'")
            raise
        done = from_table(in_store(glue, wanted, found))
        glue.fetched[key] = done
    return done


def find(io: EvalIO, wanted: GitInput) -> Found:
    if wanted.export_ignore and wanted.submodules:
        raise NixError("exportIgnore and submodules are not supported together yet")
    named = wanted.location()
    path = None if named is None else io.physical(named)
    if path is None:
        raise NixError("cannot fetch '" + wanted.url.show() + "': this evaluation fetches nothing")
    there = StdIO()
    if there.file_type(path) is None:
        raise NixError('Git repository "' + path + '" does not exist.')
    bare = there.file_type(path + "/.git") is None
    try:
        repository = Repository(path, bare)
    except GitError as trouble:
        if bare:
            warn(trouble.message)
            raise NixError("Failed to fetch git repository '" + wanted.url.show() + "'") from None
        raise
    if bare or wanted.ref is not None or wanted.rev is not None:
        return commit(io, wanted, repository)
    return working_tree(io, wanted, repository)


def commit(io: EvalIO, wanted: GitInput, repository: Repository) -> Found:
    ref = wanted.ref
    if ref is None:
        ref = repository.head_ref() or (repository.head() if repository.bare else None)
        if ref is None:
            warn("could not read HEAD ref from repo at '" + repository.path + "', using 'master'")
            ref = "master"
    name = ref
    if repository.bare and ref != "HEAD" and not ref.startswith("refs/") and not wanted.flag("allRefs"):
        name = "refs/heads/" + ref
    rev = wanted.rev or repository.resolve(name)
    if repository.bare and (rev is None or repository.resolve(rev) is None):
        raise NixError("Failed to fetch git repository '" + wanted.url.show() + "'")
    if rev is None:
        raise NixError(
            "resolving Git reference '" + ref + "': revspec '" + ref + "' not found" + CODE.format(4)
        )
    if repository.resolve(rev) is None:
        raise NixError(
            "getting Git object '"
            + rev
            + "': object not found - no match for id ("
            + rev
            + ")"
            + CODE.format(9)
        )
    if repository.is_shallow() and not wanted.shallow:
        raise NixError(
            "'"
            + repository.path
            + "' is a shallow Git repository, but shallow repositories are only allowed "
            "when `shallow = true;` is specified"
        )
    files = CommitFiles(repository, rev, wanted.export_ignore)
    if wanted.submodules:
        for module in repository.submodules(rev):
            node = files.nodes.get("/" + module.path)
            if node is not None and node.object and node.kind() == DIRECTORY:
                below = submodule(io, repository, module.url, node.object, module.branch, ref)
                files.mount(module.path, below)
    found = Found(files, "/", None)
    found.known = {"ref": ref, "rev": rev, "lastModified": repository.last_modified(rev)}
    if not wanted.shallow:
        found.known["revCount"] = repository.count(rev)
    return found


def submodule(io: EvalIO, repository: Repository, url: str, rev: str, branch: str, ref: str) -> CommitFiles:
    attributes: Attributes = {"url": repository.submodule_url(url), "rev": rev, "submodules": True}
    if branch:
        attributes["ref"] = ref if branch == "." else branch
    wanted = GitInput(attributes)
    try:
        files = find(io, wanted).files
    except NixError as error:
        error.add_frame(0, "while fetching the input '" + wanted.show() + "'")
        raise
    assert isinstance(files, CommitFiles)
    return files


def working_tree(io: EvalIO, wanted: GitInput, repository: Repository) -> Found:
    status = repository.status()
    dirty = status.dirty
    files = status.files
    kept = with_folders(files)
    if wanted.export_ignore:
        kept = without(kept, repository.not_exported(sorted(kept), None))
    if wanted.submodules:
        for module in repository.submodules(None):
            below = GitInput({"url": repository.path + "/" + module.path, "submodules": True})
            found = find(io, below)
            dirty = dirty or found.dirty
            kept |= {module.path + "/" + path for path in found.kept} | with_folders({module.path})
    prefix = len(repository.path) + 1
    tree = Found(StdIO(), repository.path, lambda path, kind: path[prefix:] in kept)
    tree.kept = kept
    tree.dirty = dirty
    head = repository.head()
    known = tree.known
    if dirty:
        warn("Git tree '" + repository.path + "' is dirty")
        if head is not None:
            known |= {"dirtyRev": head + "-dirty", "dirtyShortRev": head[:SHORT] + "-dirty"}
    else:
        ref = repository.head_ref()
        if ref is not None:
            known["ref"] = ref
        known["rev"] = head or NO_REVISION
        if not wanted.shallow:
            known["revCount"] = repository.count(head) if head else 0
    known["lastModified"] = repository.last_modified(head) if head else 0
    return tree


def with_folders(files: set[str]) -> set[str]:
    found = set(files)
    for path in files:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def without(files: set[str], left_out: set[str]) -> set[str]:
    """The files that are neither left out nor below what is."""
    kept: set[str] = set()
    for path in files:
        above = path
        while above and above not in left_out:
            above = above.rpartition("/")[0]
        if not above:
            kept.add(path)
    return kept


def check_locks(wanted: GitInput, known: Attributes) -> None:
    """What was said of the tree must be so."""
    stated = wanted.number("lastModified")
    if stated is not None and stated != known["lastModified"]:
        raise NixError(
            f"'lastModified' attribute mismatch in input '{wanted.show(known)}', "
            f"expected {stated}, got {known['lastModified']}"
        )
    stated = wanted.number("revCount")
    if stated is not None and stated != known.get("revCount"):
        raise NixError(f"'revCount' attribute mismatch in input '{wanted.show(known)}', expected {stated}")


def in_store(glue: Glue, wanted: GitInput, found: Found) -> dict[str, object]:
    """Put the tree into the store; what is said of it."""
    try:
        path, hash = glue.sources.put(
            wanted.text("name") or "source", Tree(found.files, found.path, found.keep), NOTHING, fetched=True
        )
    finally:
        if isinstance(found.files, CommitFiles):
            found.files.close()
    digest = hash.render(hashes.SRI, True)
    stated = wanted.text("narHash")
    if stated is not None and hashes.parse_or_empty(stated, hashes.SHA256, warn) != hash:
        error = NixError(
            f"NAR hash mismatch in input '{wanted.show()}', expected '{digest}' but got '{stated}'"
        )
        error.exit_status = HASH_MISMATCH
        raise error
    known = found.known
    rev = str(known.get("rev", NO_REVISION))
    modified = known["lastModified"]
    assert isinstance(modified, int)
    said: dict[str, object] = {
        "outPath": mention(path),
        "narHash": digest,
        "submodules": wanted.submodules,
        "rev": rev,
        "shortRev": rev[:SHORT],
        "revCount": known.get("revCount", 0),
        "lastModified": modified,
        "lastModifiedDate": time.strftime("%Y%m%d%H%M%S", time.gmtime(modified)),
    }
    for name in "dirtyRev", "dirtyShortRev":
        if name in known:
            said[name] = known[name]
    return said
