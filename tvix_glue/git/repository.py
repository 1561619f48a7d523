"""What is asked of a Git repository of this machine, through the program ``git``.

Git runs without what a repository's own configuration could make it run: no hooks, no file system
monitor, nothing written. Paths and names are byte text.
"""

from __future__ import annotations

import os
import subprocess
from typing import IO, Final

from tvix_eval.errors import NixError

SAFE: Final = [
    *("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
    *("-c", "log.showSignature=false", "-c", "protocol.allow=never"),
]
SUBMODULE: Final = "160000"
LINK: Final = "120000"
EXECUTABLE: Final = "100755"
FOLDER: Final = "040000"


class GitError(NixError):
    """Git could not do what was asked."""


class Status:
    """A working tree: the tracked `files` that are there, and whether they are other than HEAD's."""

    def __init__(self, files: set[str], dirty: bool) -> None:
        self.files: Final = files
        self.dirty: Final = dirty


class Submodule:
    def __init__(self, path: str, url: str, branch: str) -> None:
        self.path: Final = path
        self.url: Final = url
        self.branch: Final = branch


class Repository:
    """`path` is that of the working tree, or of a bare repository. GitError when it is neither."""

    def __init__(self, path: str, bare: bool) -> None:
        self.path: Final = path
        self.bare: Final = bare
        folder = path if bare else path + "/.git"
        self.options: Final = [*SAFE, "--git-dir=" + folder]
        if not bare:
            self.options.append("--work-tree=" + path)
        self.blobs: subprocess.Popen[bytes] | None = None
        self.ask("rev-parse", "--git-dir")

    # Asking.

    def start(self, arguments: list[str], index: str = "") -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        if index:
            environment["GIT_INDEX_FILE"] = index
        command = [word.encode("latin-1") for word in ["git", *self.options, *arguments]]
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=b"/",
                env=environment,
            )
        except OSError as error:
            raise GitError(f"executing 'git', which reads Git repositories: {error.strerror}") from None

    def run(self, arguments: list[str], given: str = "", index: str = "") -> tuple[int, str, str]:
        with self.start(arguments, index) as process:
            answer, complaint = process.communicate(given.encode("latin-1"))
        return process.returncode, answer.decode("latin-1"), complaint.decode("latin-1").strip()

    def ask(self, *arguments: str, given: str = "", index: str = "") -> str:
        """What Git says. Raises GitError when it fails."""
        code, answer, complaint = self.run([*arguments], given, index)
        if code:
            raise GitError("Git repository '" + self.path + "': " + complaint.removeprefix("fatal: "))
        return answer

    def ask_if_any(self, *arguments: str) -> str | None:
        """What Git says, without the line's end; None when it fails."""
        code, answer, _ = self.run([*arguments])
        return None if code else answer.rstrip("\n")

    # Revisions.

    def head(self) -> str | None:
        """The revision of HEAD; None before the first commit."""
        return self.ask_if_any("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def head_ref(self) -> str | None:
        """What HEAD names, as in ``refs/heads/main``; None when it is detached."""
        return self.ask_if_any("symbolic-ref", "--quiet", "HEAD")

    def resolve(self, ref: str) -> str | None:
        """The revision that a name stands for."""
        return self.ask_if_any("rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}")

    def is_shallow(self) -> bool:
        return self.ask("rev-parse", "--is-shallow-repository").strip() == "true"

    def last_modified(self, rev: str) -> int:
        """When a revision was committed, in seconds of 1970."""
        return int(self.ask("log", "-1", "--format=%ct", rev, "--"))

    def count(self, rev: str) -> int:
        """How many revisions led to this one, itself with them."""
        return int(self.ask("rev-list", "--count", rev, "--"))

    # Files.

    def status(self) -> Status:
        deleted: set[str] = set()
        said = self.ask(
            *("status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=all"),
            "--no-renames",
        )
        lines = said.split("\0")[:-1]
        for line in lines:
            if "D" in line[:2]:
                deleted.add(line[3:])
        files: set[str] = set()
        for line in self.ask("ls-files", "--stage", "-z").split("\0")[:-1]:
            about, _, path = line.partition("\t")
            if not about.startswith(SUBMODULE):
                files.add(path)
        return Status(files - deleted, bool(lines))

    def tree(self, rev: str) -> list[tuple[str, str, str]]:
        """All that is in a revision: mode, object and path of each."""
        found: list[tuple[str, str, str]] = []
        for line in self.ask("ls-tree", "-r", "-t", "-z", "--full-tree", rev).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, _, object = about.split(" ")
            found.append((mode, object, path))
        return found

    def blob(self, object: str) -> bytes:
        """The contents of a file."""
        if self.blobs is None:
            self.blobs = self.start(["cat-file", "--batch"])
        given, answers = self.blobs.stdin, self.blobs.stdout
        assert given is not None and answers is not None
        try:
            given.write(object.encode() + b"\n")
            given.flush()
            about = answers.readline().split()
            if len(about) == 3:
                return read_exactly(answers, int(about[2]) + 1)[:-1]
        except BrokenPipeError:
            pass
        raise GitError("Git repository '" + self.path + "': cannot read object " + object)

    def close(self) -> None:
        """End what was started to read files."""
        if self.blobs is not None:
            self.blobs.communicate()
            self.blobs = None

    def not_exported(self, paths: list[str], rev: str | None) -> set[str]:
        """Which files and folders have the attribute ``export-ignore``, in a revision or the index."""
        if rev is None:
            return self.marked(paths, "")
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="tvix-git-") as folder:
            index = folder + "/index"
            self.ask("read-tree", rev, index=index)
            return self.marked(paths, index)

    def marked(self, paths: list[str], index: str) -> set[str]:
        given = "".join([path + "\0" for path in paths])
        said = self.ask("check-attr", "--cached", "--stdin", "-z", "export-ignore", given=given, index=index)
        words = said.split("\0")
        return {words[at] for at in range(0, len(words) - 2, 3) if words[at + 2] == "set"}

    def submodules(self, rev: str | None) -> list[Submodule]:
        """What ``.gitmodules`` says, of a revision or of the working tree."""
        where = ["--file", self.path + "/.gitmodules"] if rev is None else ["--blob", rev + ":.gitmodules"]
        said = self.ask_if_any(
            "config", *where, "--null", "--get-regexp", r"^submodule\..*\.(path|url|branch)$"
        )
        entries: dict[str, str] = {}
        for entry in (said or "").split("\0")[:-1]:
            key, _, value = entry.partition("\n")
            entries[key.removeprefix("submodule.")] = value
        return [
            Submodule(
                entries[key].strip("/"),
                entries.get(key.removesuffix("path") + "url", ""),
                entries.get(key.removesuffix("path") + "branch", ""),
            )
            for key in sorted(entries)
            if key.endswith(".path")
        ]

    def submodule_url(self, url: str) -> str:
        """Where a submodule is; relative to where this repository came from. Raises GitError."""
        if url.startswith(("./", "../")):
            base = self.ask_if_any("config", "--get", "remote.origin.url") or self.path
            scheme, mark, path = base.partition("://")
            if not mark:
                scheme, path = "", base
            return scheme + mark + os.path.normpath(path + "/" + url)
        if ":" in url or url.startswith("/"):
            return url
        raise GitError("resolving Git submodule URL '" + url + "'")


def read_exactly(file: IO[bytes], size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise BrokenPipeError
    return data
