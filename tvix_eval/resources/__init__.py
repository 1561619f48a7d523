"""Files that come with the language: ``<nix/…>``."""

from __future__ import annotations

import os

# Of this module, which is never compiled: a compiled one may be told another place.
FOLDER = os.path.dirname(os.path.abspath(__file__))
