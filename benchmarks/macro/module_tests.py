"""The tests of nixpkgs' module system as one list of configurations.

Its script, ``lib/tests/modules.sh``, evaluates one option of one configuration at a time and looks at
what is printed. Here every configuration that must evaluate becomes one item of a list, for
``expressions/module-tests.nix``: as many evaluations of the module system, in one process.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

SCRIPT = Path("lib", "tests", "modules.sh")
MODULES = Path("lib", "tests", "modules")
CHECK = "checkConfigOutput"
# Attributes and numbers of items. What has quotes in it is left out.
ATTRIBUTE_PATH = re.compile(r"[A-Za-z_][\w'-]*(\.[\w'-]+)*")
NEEDS_STORE = "import-from-store.nix"  # evaluates what it has put into a store


def test_list(lib: Path) -> str:
    """The configurations, as a Nix expression. `lib`: a checkout of nixpkgs.lib."""
    items = []
    for path, modules in configurations((lib / SCRIPT).read_text()):
        words = " ".join(f'"{word}"' for word in path.split("."))
        # The script names modules from their folder; the expression lies elsewhere.
        modules = re.sub(r"(?<![\w./])\./", f"{lib / MODULES}/", modules)
        items.append(f"  {{ path = [ {words} ]; modules = [ {modules} ]; }}\n")
    return "[\n" + "".join(items) + "]\n"


def configurations(script: str) -> list[tuple[str, str]]:
    """The attribute path and the modules of each test that must evaluate."""
    found: list[tuple[str, str]] = []
    arguments: list[str] = []  # what "$@" stands for
    for line in script.replace("\\\n", " ").splitlines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError:  # the quotes go on in the next line
            continue
        expanded = [each for word in words for each in (arguments if word == "$@" else [word])]
        if words[:2] == ["set", "--"]:
            arguments = expanded[2:]
        elif words[:1] == [CHECK] and len(expanded) > 3 and ATTRIBUTE_PATH.fullmatch(expanded[2]):
            modules = " ".join(expanded[3:])
            if "/{" not in modules and NEEDS_STORE not in modules:  # bash would expand the brace
                found.append((expanded[2], modules))
    return found
