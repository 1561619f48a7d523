"""Floats as JSON shows them."""

from __future__ import annotations

from nix_compat.json_floats import format_float_json as format_float_json
