"""A world that is put together from others."""

from __future__ import annotations

from tvix_eval.errors import NixError
from tvix_eval.eval_io import EvalIO, OpenFile


class ForwardingIO(EvalIO):
    """Reads each path through the world that `of` says it belongs to."""

    def of(self, path: str) -> EvalIO:
        raise NotImplementedError

    def file_type(self, path: str) -> str | None:
        return self.of(path).file_type(path)

    def read_link(self, path: str) -> str:
        return self.of(path).read_link(path)

    def read_file(self, path: str) -> bytes:
        return self.of(path).read_file(path)

    def open_file(self, path: str) -> OpenFile:
        return self.of(path).open_file(path)

    def stamp(self, path: str) -> bytes | None:
        return self.of(path).stamp(path)

    def read_dir(self, path: str) -> dict[str, str]:
        return self.of(path).read_dir(path)

    def absent(self, path: str) -> NixError:
        return self.of(path).absent(path)
