"""From source text to a chunk: parse, resolve, compile; or out of the code cache."""

from __future__ import annotations

from tvix_eval.compiler.bytecode import Chunk
from tvix_eval.compiler.code_cache import CodeCache
from tvix_eval.compiler.compiler import compile_tree
from tvix_eval.compiler.resolver import resolve
from tvix_eval.hints import i64
from tvix_eval.settings import Settings
from tvix_eval.syntax.nodes import Node
from tvix_eval.syntax.parser import ParseResult, parse
from tvix_eval.syntax.settings import ParseSettings, ParseWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class Front:
    """Compiles sources for one evaluation.

    `known`: names that exist before any source is read, numbered; `global_names`: those of
    them that the host binds. `warn` is given a source's display name, its text, and a
    warning of the parser.
    """

    def __init__(
        self,
        settings: Settings,
        known: dict[str, int],
        global_names: frozenset[str],
        warn: Callable[[str, str, ParseWarning], None],
    ) -> None:
        self.known: Final = known
        self.global_names: Final = global_names
        self.warn: Final = warn
        self.parse_settings: Final = ParseSettings(
            pipe_operators="pipe-operators" in settings.experimental_features,
            pure_eval=settings.pure_eval,
            lint_url_literals=settings.lint_url_literals,
            lint_short_path_literals=settings.lint_short_path_literals,
            lint_absolute_path_literals=settings.lint_absolute_path_literals,
        )
        self.lints: Final = (
            settings.lint_url_literals
            + settings.lint_short_path_literals
            + (settings.lint_absolute_path_literals)
        )
        self.cache_folder: Final = settings.code_cache
        self.cache: CodeCache | None = None

    def open_cache(self) -> CodeCache | None:
        cache = self.cache
        if cache is None and self.cache_folder is not None:
            salt = "\0".join(
                [
                    self.lints,
                    str(self.parse_settings.pipe_operators),
                    str(self.parse_settings.pure_eval),
                    *sorted(self.global_names),
                    "",
                    *self.known,
                ]
            )
            cache = CodeCache(self.cache_folder, salt.encode("latin-1"))
            self.cache = cache
        return cache

    def load_stamped(self, stamp: bytes) -> Chunk | None:
        """What was kept of the file that has this stamp, unless there is something to warn about."""
        cache = self.open_cache()
        if cache is None:
            return None
        chunk = cache.load(cache.key_of_stamp(stamp))
        return chunk if chunk is not None and not chunk.warnings else None

    def compile_file(self, source: bytes, stamp: bytes | None, name: str, max_depth: i64) -> Chunk:
        """The chunk of a file's text, which is kept for the next time."""
        cache = self.open_cache()
        if cache is None:
            return self.compile(source.decode("latin-1"), name, max_depth)
        key = cache.key(source)
        chunk = cache.load(key)
        if chunk is None:
            chunk = self.compile(source.decode("latin-1"), name, max_depth)
            cache.store(key, chunk)
        elif chunk.warnings:
            text = source.decode("latin-1")
            for pos, message in chunk.warnings:
                self.warn(name, text, ParseWarning(pos, message))
        if stamp is not None and not chunk.warnings:
            cache.link(key, cache.key_of_stamp(stamp))
        return chunk

    def compile(self, text: str, name: str, max_depth: i64, scope: list[str] | None = None) -> Chunk:
        """The chunk of an expression. `scope`: variables it finds in its outermost frame.

        Raises ParseError, UndefinedVarError, StackOverflowError with positions in this
        source (offset plus one).
        """
        parsed = self.parse(text, name)
        symbols = parsed.symbols
        frame_size = resolve(parsed.root, self.global_names, symbols, max_depth, scope)
        warnings = [(int(warning.pos), warning.text) for warning in parsed.warnings]
        return compile_tree(parsed.root, symbols, frame_size, warnings, max_depth)

    def parse(self, text: str, name: str) -> ParseResult:
        warnings: list[ParseWarning] = []
        try:
            return parse(text, name, self.parse_settings, self.known, warnings)
        finally:
            for warning in warnings:
                self.warn(name, text, warning)

    def parse_and_resolve(self, text: str, name: str, max_depth: i64) -> Node:
        """The tree of an expression whose variables are all bound."""
        parsed = self.parse(text, name)
        resolve(parsed.root, self.global_names, parsed.symbols, max_depth)
        return parsed.root
