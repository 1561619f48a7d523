"""The world with a store in it: what is below the store's folder is read through the store."""

from __future__ import annotations

from tvix_eval.errors import EvalError, NixError
from tvix_eval.eval_io import EvalIO, base_name
from tvix_eval.vm.strings import BUILT, Context, decode
from tvix_glue.forwarding_io import ForwardingIO
from tvix_glue.store import Realiser, Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class StoreIO(ForwardingIO):
    """`outer` is the rest of the world. `realiser` builds what programs want to read; None: nothing is.

    `allow_builds`: Nix's setting ``allow-import-from-derivation``.
    """

    def __init__(
        self, outer: EvalIO, store: Store, realiser: Realiser | None = None, allow_builds: bool = True
    ) -> None:
        self.outer: Final = outer
        self.store: Final = store
        self.inner: Final = store.files()
        self.prefix: Final = store.dir.prefix
        self.realiser: Final = realiser
        self.allow_builds: Final = allow_builds

    def of(self, path: str) -> EvalIO:
        return self.inner if path.startswith(self.prefix) else self.outer

    def check_uri(self, uri: str) -> None:
        self.outer.check_uri(uri)

    def physical(self, path: str) -> str | None:
        if path.startswith(self.prefix):
            return self.store.physical(path)
        return self.outer.physical(path)

    def get_env(self, name: str) -> str:
        return self.outer.get_env(name)

    def working_directory(self) -> str:
        return self.outer.working_directory()

    def fetch_entry(self, location: str) -> str | None:
        return self.outer.fetch_entry(location)

    def realise(self, path: str, context: Context) -> str:
        """Make valid what a string mentions. Raises NixError."""
        builds: list[tuple[str, str]] = []
        for member in context.elements:
            top = member
            while top.path.startswith("!"):
                top = decode(top.path)
            if self.store.path_info(top.path) is None:
                raise NixError("path '" + base_name(top.path) + "' is not valid")
            if member.kind == BUILT:
                if top is not member:
                    raise NixError(
                        "cannot build '" + member.display() + "', whose derivation is itself built"
                    )
                builds.append((member.path, member.output))
        if builds:
            self.build(builds)
        return path

    def build(self, builds: list[tuple[str, str]]) -> None:
        if not self.allow_builds:
            raise EvalError(
                "cannot build '"
                + "^".join(builds[0])
                + "' during evaluation because the option 'allow-import-from-derivation' is disabled"
            )
        if self.realiser is None:
            raise NixError("cannot build '" + "^".join(builds[0]) + "': there are no builders")
        outputs: dict[str, list[str]] = {}
        for derivation, output in builds:
            outputs.setdefault(derivation, []).append(output)
        for derivation, names in outputs.items():
            try:
                self.realiser.realise(derivation, names)
            except StoreError as error:
                raise NixError(error.message) from None
