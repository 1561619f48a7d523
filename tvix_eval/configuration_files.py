"""Where Nix's settings come from: ``nix.conf``, the user's files, ``NIX_CONFIG``."""

from __future__ import annotations

import os

from nix_compat import nix_conf
from nix_compat.errors import FormatError
from tvix_eval.configuration import Configuration
from tvix_eval.eval_io import join
from tvix_eval.formats import from_format_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

SYSTEM_FOLDER: Final = "/etc/nix"
FEATURE_SETTINGS: Final = ("experimental-features", "extra-experimental-features")
PATH_SETTINGS: Final = ("nix-path", "extra-nix-path")


def system_file(environment: dict[str, str]) -> str:
    return join("/", environment.get("NIX_CONF_DIR") or SYSTEM_FOLDER).rstrip("/") + "/nix.conf"


def user_files(environment: dict[str, str], home: str) -> list[str]:
    """The user's files, the most important first."""
    given = environment.get("NIX_USER_CONF_FILES")
    if given is not None:
        return given.split(":") if given else []
    own = environment.get("NIX_CONFIG_HOME")
    if own is None:
        own = (environment.get("XDG_CONFIG_HOME") or home + "/.config") + "/nix"
    others = (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    return [own + "/nix.conf"] + [folder + "/nix/nix.conf" for folder in others]


def load(configuration: Configuration, environment: dict[str, str], home: str) -> None:
    """Read all that applies, the most important last. Raises NixError and UsageError."""
    keep_path = "NIX_PATH" in environment
    for path in [system_file(environment)] + user_files(environment, home)[::-1]:
        text = read(path)
        if text is not None:
            apply(configuration, text, path, keep_path)
    if "NIX_CONFIG" in environment:
        apply(configuration, environment["NIX_CONFIG"], "NIX_CONFIG", keep_path)


def read(path: str) -> str | None:
    """The text of a file, None if it can't be read."""
    try:
        with open(path.encode("latin-1"), "rb") as file:
            return file.read().decode("latin-1")
    except OSError:
        return None


def exists(path: str) -> bool:
    return os.path.lexists(path.encode("latin-1"))


def apply(configuration: Configuration, text: str, path: str, keep_path: bool) -> None:
    """Assign what a file says. `keep_path`: but not the lookup path."""
    try:
        lines = nix_conf.read_settings(text, path, read, exists)
    except FormatError as error:
        raise from_format_error(error) from None
    assign(configuration, [line for line in lines if line[0] in FEATURE_SETTINGS])
    skipped = FEATURE_SETTINGS + PATH_SETTINGS if keep_path else FEATURE_SETTINGS
    assign(configuration, [line for line in lines if line[0] not in skipped])


def assign(configuration: Configuration, lines: Iterable[tuple[str, str]]) -> None:
    for name, value in lines:
        configuration.assign(name, value)
