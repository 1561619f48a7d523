"""The build hook of the wheel: compiles the packages by mypyc, where that can be done.

hatchling loads it (``pyproject.toml``). The environment variable TVIX_MYPYC says what is wanted:

=======  ======================================================================
unset    compiled where there is a C compiler and Python's headers, else pure
``1``    compiled, or no wheel
``0``    pure
=======  ======================================================================

A pure wheel holds the same modules, interpreted. TVIX_OPT is the C compiler's optimisation
level, 3 by default; CC and CFLAGS mean what they always do.

Compiling happens in a process of its own, because mypyc and setuptools end theirs when they fail,
and in a temporary folder: nothing is left in the tree.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILER: Final = ["mypy[mypyc]==2.4.1"]

# The modules and folders of each package that stay interpreted, and why. Packages that are not
# here are not compiled at all.
INTERPRETED: Final[dict[str, dict[str, str]]] = {
    "nix_compat": {},
    "tvix_eval": {
        "hints.py": "stands in at run time for what mypyc itself is told",
        "polling.py": "entering interpreted code is what lets CPython run signal handlers",
        "grammar.py": "stands on lark's classes, which are not compiled; evaluating does not need it",
        "builtins/flakerefs.py": "cold, and its class attributes are not what mypyc accepts",
        "builtins/urls.py": "cold, and its class attributes are not what mypyc accepts",
        "api.py": "the library's face: nothing in it runs often",
        "convert.py": "its views derive from the abstract classes of collections",
        "diagnostics": "runs when something is wrong",
        "host_functions.py": "asks `inspect` and `typing` about functions",
        "host_values.py": "asks what its Python objects are as abstract classes do",
        "debugger": "waits for people",
        "lints": "looks at sources, which are parsed by what is compiled",
        "profiling": "runs once, when the evaluation is over",
        "repl": "waits for people",
        "shell_completion.py": "runs once in a shell's life",
        "source": "for tools, which wait for people",
        "testing": "used by pytest only, with attrs classes and generators",
    },
    "tvix_glue": {
        "compare": "cold",
        "diff": "cold",
        "disk.py": "waits for the disk",
        "folder.py": "waits for the disk",
        "folder_io.py": "waits for the disk",
        "git": "waits for Git",
        "incoming.py": "waits for the disk",
        "info_file.py": "waits for the disk",
        "memory.py": "cold: stores are a host's to give, and this one is an example, too",
        "named_stores.py": "runs once",
        "programs.py": "runs once",
        "reports.py": "runs once",
        "roots.py": "waits for the disk",
        "testing.py": "for tests",
        "verify.py": "waits for the disk",
    },
}

# In every package: `python -m` wants source text, and a folder's file has nothing in it that runs.
NEVER_COMPILED: Final = ("__init__.py", "__main__.py")

LIBRARY: Final = "tvix_eval._native"

# It is one library: what it defines is called directly, not through what a linker may redirect.
C_FLAGS: Final = "-fvisibility=hidden -fno-semantic-interposition -fno-plt"


class CompileHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What building needs besides hatchling: nothing, where nothing will be compiled."""
        return COMPILER if obstacle() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled modules to the wheel. Raises when they are demanded and can't be made."""
        if version == "editable":
            return
        demanded = wanted() == "1"
        why_not = obstacle()
        if why_not is not None:
            if demanded:
                raise RuntimeError(f"TVIX_MYPYC=1, but {why_not}")
            self.app.display_info(f"tvix will be interpreted: {why_not}")
            return
        self.folder = tempfile.TemporaryDirectory(prefix="tvix-build-")
        self.app.display_info(
            "Compiling tvix, which takes a few minutes (TVIX_MYPYC=0: leave it interpreted)"
        )
        log = compile_packages(Path(self.root), Path(self.folder.name))
        if log is not None:
            if demanded:
                raise RuntimeError(f"TVIX_MYPYC=1, but compiling failed:\n{log}")
            self.app.display_warning(f"tvix will be interpreted: compiling failed:\n{log}")
            return
        libraries = Path(self.folder.name, "lib")
        for library in libraries.rglob("*.*"):
            build_data["force_include"][str(library)] = library.relative_to(libraries).as_posix()
        build_data["infer_tag"] = True
        build_data["pure_python"] = False

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        folder = getattr(self, "folder", None)
        if folder is not None:
            folder.cleanup()


def wanted() -> str:
    value = os.environ.get("TVIX_MYPYC", "")
    if value not in ("", "0", "1"):
        raise ValueError(f"TVIX_MYPYC is 0, 1 or unset, not {value!r}")
    return value


def obstacle() -> str | None:
    """Why nothing can, or should, be compiled; None when all is there."""
    if wanted() == "0":
        return "TVIX_MYPYC is 0"
    if platform.python_implementation() != "CPython":
        return "mypyc is for CPython"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "the evaluator relies on the interpreter lock, which this Python has not"
    if os.name != "nt" and not can_compile():
        return "there is no C compiler, or Python's headers are missing"
    return None


def can_compile() -> bool:
    """Whether an extension module can be compiled at all. (Windows: setuptools finds out.)"""
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    headers = sysconfig.get_paths()["include"]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "probe.c")
        source.write_text("#include <Python.h>\n")
        command = [*compiler.split(), f"-I{headers}", "-c", str(source), "-o", str(source.with_suffix(".o"))]
        try:
            return subprocess.run(command, capture_output=True).returncode == 0
        except OSError:
            return False


def compile_packages(root: Path, folder: Path) -> str | None:
    """Compile in `folder`, the libraries into ``lib``. Returns the end of the log if that fails."""
    for package in INTERPRETED:
        ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
        shutil.copytree(root / package, folder / package, ignore=ignored)
    environment = dict(os.environ)
    if os.name != "nt":
        environment["CFLAGS"] = f"{environment.get('CFLAGS', '')} {C_FLAGS}".strip()
    made = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if made.returncode == 0:
        return None
    return "\n".join([line for line in made.stdout.splitlines() if "warning:" not in line][-40:])


def sources(package: str) -> list[str]:
    """The modules of a package, in the current folder, that get compiled."""
    interpreted = {Path(package, name) for name in INTERPRETED[package]}
    missing = sorted(str(path) for path in interpreted if not path.exists())
    assert not missing, f"listed as interpreted, but not there: {missing}"
    modules = [path for path in Path(package).rglob("*.py") if path.name not in NEVER_COMPILED]
    return sorted(str(path) for path in modules if interpreted.isdisjoint([path, *path.parents]))


def main() -> None:
    """Compile the packages in the current folder. What this file does when it is run."""
    from mypyc.build import mypycify
    from setuptools import setup

    modules = [module for package in INTERPRETED for module in sources(package)]
    # One library of all: what one package calls of another is called directly. Several (`separate`)
    # cost a tenth of the speed.
    extensions = mypycify(
        ["--config-file=", "--ignore-missing-imports", "--cache-dir=cache", *modules],
        group_name=LIBRARY,
        opt_level=os.environ.get("TVIX_OPT", "3"),
        debug_level="0",
        target_dir="c",
    )
    command = ["build_ext", "--build-lib", "lib", "--build-temp", "objects"]
    setup(name="tvix", ext_modules=extensions, packages=[], py_modules=[], script_args=command)


if __name__ == "__main__":
    main()
