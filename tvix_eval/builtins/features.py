"""Experimental features."""

from __future__ import annotations

from tvix_eval.errors import NixError
from tvix_eval.vm.machine import session


def require_feature(name: str) -> None:
    """Raise NixError when an experimental feature is not enabled."""
    if name not in session().experimental:
        raise feature_is_disabled(name)


def feature_is_disabled(name: str, reason: str = "") -> NixError:
    """`reason`: what wants the feature, if that is not plain."""
    return NixError(
        "experimental Nix feature '"
        + name
        + "' is disabled"
        + (" (" + reason + ")" if reason else "")
        + "; add '--extra-experimental-features "
        + name
        + "' to enable it"
    )
