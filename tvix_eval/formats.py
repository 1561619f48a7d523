"""What `nix_compat` finds wrong, as an error of an evaluation."""

from __future__ import annotations

from nix_compat import errors
from tvix_eval.errors import NixError, UsageError


def from_format_error(error: errors.FormatError) -> NixError:
    """The error that is raised instead."""
    if isinstance(error, errors.UsageError):
        return UsageError(error.message)
    return NixError(error.message)
