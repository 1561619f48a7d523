"""Nix's settings: their names and kinds, and values for them from files, environment and flags.

All settings of Nix are known here, so that any ``nix.conf`` can be read; only those of the
evaluator have an effect.
"""

from __future__ import annotations

from nix_compat.nix_conf import split_blanks
from tvix_eval.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

BOOLEAN: Final = "Boolean"
NUMBER: Final = "number"
BIG_NUMBER: Final = "64-bit number"
TEXT: Final = "text"
PATH: Final = "path"
LIST: Final = "list"
LEVEL: Final = "level"
FEATURES: Final = "features"
JOBS: Final = "jobs"
SANDBOX: Final = "sandbox"

# Of each kind the names: name@feature=alias=alias.
NAMES: Final = {
    BOOLEAN: """
        abort-on-warn accept-flake-config@flakes allow-dirty allow-dirty-locks@flakes
        allow-import-from-derivation allow-new-privileges allow-symlinked-store
        allow-unsafe-native-code-during-evaluation always-allow-substitutes
        auto-allocate-uids@auto-allocate-uids auto-optimise-store builders-use-substitutes
        compress-build-log=build-compress-log debugger-on-trace debugger-on-warn eval-cache
        fallback=build-fallback filter-syscalls fsync-metadata fsync-store-paths http2 ignore-try
        impersonate-linux-26=build-impersonate-linux-26 keep-build-log=build-keep-log
        keep-derivations=gc-keep-derivations keep-env-derivations=env-keep-derivations keep-failed
        keep-going keep-outputs=gc-keep-outputs nix-shell-always-looks-for-shell-nix
        nix-shell-shebang-arguments-relative-to-script preallocate-contents print-missing pure-eval
        require-drop-supplementary-groups require-sigs restrict-eval run-diff-hook sandbox-fallback
        show-trace substitute=build-use-substitutes sync-before-registering trace-function-calls
        trace-import-from-derivation trace-verbose trust-tarballs-from-git-forges use-case-hack
        use-cgroups use-registries@flakes use-sqlite-wal use-xdg-base-directories warn-dirty
        warn-short-path-literals""",
    NUMBER: """
        build-poll-interval download-attempts eval-attrset-update-layer-rhs-threshold
        eval-profiler-frequency id-count max-call-depth min-free-check-interval
        narinfo-cache-meta-ttl narinfo-cache-negative-ttl narinfo-cache-positive-ttl start-id
        tarball-ttl""",
    BIG_NUMBER: """
        connect-timeout cores=build-cores download-buffer-size download-speed gc-reserved-space
        http-connections=binary-caches-parallel-connections log-lines
        max-build-log-size=build-max-log-size max-free max-silent-time=build-max-silent-time
        max-substitution-jobs=substitution-max-jobs min-free nar-buffer-size
        stalled-download-timeout timeout=build-timeout warn-large-path-threshold""",
    TEXT: """
        bash-prompt bash-prompt-prefix bash-prompt-suffix build-dir build-users-group builders
        commit-lock-file-summary@flakes=commit-lockfile-summary diff-hook eval-profiler eval-system
        external-builders flake-registry@flakes json-log-path post-build-hook pre-build-hook
        sandbox-dev-shm-size store system upgrade-nix-store-path-url user-agent-suffix""",
    PATH: "eval-profile-file netrc-file sandbox-build-dir ssl-cert-file",
    LIST: """
        access-tokens allowed-impure-host-deps allowed-uris allowed-users build-hook extra-platforms
        hashed-mirrors ignored-acls impure-env@configurable-impure-env nix-path plugin-files
        sandbox-paths=build-chroot-dirs=build-sandbox-paths secret-key-files
        substituters=binary-caches system-features trusted-public-keys=binary-cache-public-keys
        trusted-substituters=trusted-binary-caches trusted-users""",
    LEVEL: "lint-absolute-path-literals lint-short-path-literals lint-url-literals",
    FEATURES: "experimental-features",
    JOBS: "max-jobs=build-max-jobs",
    SANDBOX: "sandbox=build-use-chroot=build-use-sandbox",
}

FEATURE_NAMES: Final = frozenset(
    (
        "ca-derivations impure-derivations flakes fetch-tree nix-command git-hashing recursive-nix"
        " fetch-closure auto-allocate-uids cgroups daemon-trust-override dynamic-derivations"
        " parse-toml-timestamps read-only-local-store local-overlay-store configurable-impure-env"
        " mounted-ssh-store verified-fetches pipe-operators external-builders blake3-hashes"
    ).split()
)
TRUE: Final = ("true", "yes", "1")
FALSE: Final = ("false", "no", "0")
LEVELS: Final = ("ignore", "warn", "fatal")
UNITS: Final = {"K": 10, "M": 20, "G": 30, "T": 40}
EXTRA: Final = "extra-"
SHORT_PATHS: Final = "lint-short-path-literals"


class Setting:
    """A setting. `feature`: the experimental feature it belongs to, or ""."""

    def __init__(self, name: str, kind: str, feature: str) -> None:
        self.name: Final = name
        self.kind: Final = kind
        self.feature: Final = feature

    def is_appendable(self) -> bool:
        return self.kind == LIST or self.kind == FEATURES


def read_table() -> dict[str, Setting]:
    table: dict[str, Setting] = {}
    for kind, names in NAMES.items():
        for entry in names.split():
            words = entry.split("=")
            name, _, feature = words[0].partition("@")
            setting = Setting(name, kind, feature)
            table[name] = setting
            for alias in words[1:]:
                table[alias] = setting
    return table


class Configuration:
    """Values of settings. `warn` is told what is wrong with some of them.

    `unknown`: values of names that no setting has.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.warn: Final = warn
        self.settings: Final = read_table()
        self.texts: Final[dict[str, str]] = {}
        self.lists: Final[dict[str, list[str]]] = {}
        self.unknown: Final[dict[str, str]] = {}

    def find(self, name: str) -> tuple[Setting | None, bool]:
        """The setting that a name means, and whether a value is to be added to what it has."""
        found = self.settings.get(name)
        if found is None and name.startswith(EXTRA):
            found = self.settings.get(name[len(EXTRA) :])
            return (found, True) if found is not None and found.is_appendable() else (None, False)
        return found, False

    def assign(self, name: str, text: str) -> None:
        """Give a setting a value. Raises UsageError for a value that it cannot have."""
        setting, append = self.find(name)
        if setting is None:
            self.unknown.setdefault(name, text)
        elif setting.feature and not self.has_feature(setting.feature):
            self.warn(
                f"Ignoring setting '{setting.name}' because experimental feature"
                f" '{setting.feature}' is not enabled"
            )
        else:
            self.put(setting, text, append)

    def put(self, setting: Setting, text: str, append: bool) -> None:
        name = setting.name
        if setting.is_appendable():
            words = split_blanks(text)
            if setting.kind == FEATURES:
                words = self.known_features(words)
            self.lists[name] = self.lists.get(name, []) + words if append else words
        else:
            self.texts[name] = checked(setting, text)
            if name == "warn-short-path-literals":
                self.deprecated_lint(self.is_true(name))

    def deprecated_lint(self, wanted: bool) -> None:
        level = "warn" if wanted else "ignore"
        self.warn(f"'warn-short-path-literals' is deprecated, use '{SHORT_PATHS} = {level}' instead")
        self.texts.setdefault(SHORT_PATHS, level)

    def known_features(self, names: list[str]) -> list[str]:
        known: list[str] = []
        for name in sorted(set(names)):
            if name in FEATURE_NAMES:
                known.append(name)
                if name == "flakes":
                    known.append("fetch-tree")
            elif name == "no-url-literals":
                self.warn(
                    "experimental feature 'no-url-literals' has been stabilized and renamed;"
                    " use 'lint-url-literals = fatal' setting instead"
                )
            else:
                self.warn(f"unknown experimental feature '{name}'")
        return known

    def report_unknown(self) -> None:
        for name in sorted(self.unknown):
            self.warn(f"unknown setting '{name}'")

    def has_feature(self, name: str) -> bool:
        return name in self.features()

    def features(self) -> list[str]:
        return self.lists.get("experimental-features", [])

    def is_true(self, name: str) -> bool:
        return self.texts.get(name, "") in TRUE

    def text(self, name: str, default: str = "") -> str:
        return self.texts.get(name, default)

    def number(self, name: str, default: int) -> int:
        text = self.texts.get(name)
        value = None if text is None else parse_number(text)
        return default if value is None else value

    def words(self, name: str) -> list[str]:
        return self.lists.get(name, [])


def checked(setting: Setting, text: str) -> str:
    """The text of a value. Raises UsageError if the setting cannot have it."""
    name = setting.name
    kind = setting.kind
    if kind == BOOLEAN and text not in TRUE and text not in FALSE:
        raise UsageError(f"Boolean setting '{name}' has invalid value '{text}'")
    if kind == LEVEL and text not in LEVELS:
        raise UsageError(
            f"option '{name}' has invalid value '{text}' (expected 'ignore', 'warn', or 'fatal')"
        )
    if kind == NUMBER or kind == BIG_NUMBER:
        value = parse_number(text)
        if value is None or value >= 1 << (32 if kind == NUMBER else 64):
            raise UsageError(f"setting '{name}' has invalid value '{text}'")
    if kind == JOBS and text != "auto" and parse_number(text) is None:
        raise UsageError(f"configuration setting '{name}' should be 'auto' or an integer")
    if kind == SANDBOX and text not in TRUE and text not in FALSE and text != "relaxed":
        raise UsageError(f"option '{name}' has invalid value '{text}'")
    if kind == PATH and not text:
        raise UsageError(f"setting '{name}' is a path and paths cannot be empty")
    if name == "eval-profiler" and text not in ("disabled", "flamegraph"):
        raise UsageError(f"option '{name}' has invalid value '{text}'")
    return text


def parse_number(text: str) -> int | None:
    """A number, perhaps with a unit: K, M, G, T."""
    shift = UNITS.get(text[-1:].upper(), 0)
    digits = text[:-1] if shift else text
    digits = digits.removeprefix("+")
    if not digits.isascii() or not digits.isdigit():
        return None
    return int(digits) << shift if len(digits) < 25 else None
