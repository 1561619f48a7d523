"""Experimental features."""

from __future__ import annotations

from tvix_eval.errors import NixError
from tvix_eval.vm.machine import session


def require_feature(name: str) -> None:
    """Raise NixError when an experimental feature is not enabled."""
    if name not in session().experimental:
        raise feature_is_disabled(name)


def feature_is_disabled(name: str) -> NixError:
    return NixError(
        "experimental Nix feature '"
        + name
        + "' is disabled; add '--extra-experimental-features "
        + name
        + "' to enable it"
    )
