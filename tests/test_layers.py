"""The architecture, as a table of what may import what. See ARCHITECTURE.md for the reasons."""

from __future__ import annotations

import ast
import sys

import pytest

from .importing import IMPORTS, MODULES, running_code

# A folder stands for its modules, which may import each other; the longest name that fits counts.
# What is in the same package is named without it.
# Both wings, `syntax` with `compiler` and `vm`, stand on `errors` and know nothing of each other;
# `linker` joins what they make, `evaluation` and `cli` join everything.
LAYERS: dict[str, set[str]] = {
    # Nix's formats, for all others.
    "nix_compat.errors": set(),
    "nix_compat.nixbase32": {"errors"},
    "nix_compat.hashes": {"errors", "nixbase32"},
    "nix_compat.content_address": {"errors", "hashes"},
    "nix_compat.paths": {"errors"},
    "nix_compat.store_path": {"errors", "nixbase32", "hashes", "content_address", "paths"},
    "nix_compat.placeholders": {"nixbase32", "hashes", "store_path"},
    "nix_compat.json_floats": set(),
    "nix_compat.json_text": {"errors", "json_floats"},
    "nix_compat.derivation": {"errors", "content_address", "store_path"},
    "nix_compat.aterm": {"errors", "store_path", "derivation"},
    "nix_compat.aterm_reader": {
        *("errors", "hashes", "content_address", "store_path", "json_text", "derivation"),
    },
    "nix_compat.hash_modulo": {"errors", "hashes", "store_path", "derivation", "aterm"},
    "nix_compat.derivation_json": {
        *("errors", "hashes", "content_address", "store_path", "json_text", "derivation"),
    },
    "nix_compat.wire": {"errors"},
    "nix_compat.nar": {"errors", "json_text", "wire"},
    "nix_compat.signatures": {"errors", "hashes"},
    "nix_compat.narinfo": {"errors", "hashes", "content_address", "store_path", "signatures"},
    "nix_compat.nix_conf": {"errors", "paths"},
    # The language.
    "tvix_eval.hints": set(),
    "tvix_eval.patterns": set(),
    "tvix_eval.errors": {"hints"},
    "tvix_eval.formats": {"errors", "nix_compat.errors"},
    # What is written.
    "tvix_eval.syntax": {"errors"},
    "tvix_eval.grammar": {"errors", "syntax"},
    "tvix_eval.compiler": {"hints", "errors", "syntax"},
    # What runs.
    "tvix_eval.vm": {"hints", "errors"},
    "tvix_eval.vm.operations": {"hints", "errors", "vm"},
    "tvix_eval.output": {"hints", "errors", "patterns", "vm", "nix_compat.json_floats"},
    # What is asked of the world, and the builtins.
    "tvix_eval.resources": set(),
    "tvix_eval.eval_io": {"hints", "errors", "vm", "resources"},
    "tvix_eval.restricted": {"hints", "errors", "vm", "eval_io"},
    "tvix_eval.search_path": {"hints", "errors", "vm", "eval_io"},
    "tvix_eval.worlds": {"eval_io", "restricted", "search_path"},
    "tvix_eval.builtins": {
        "hints",
        "errors",
        "patterns",
        "vm",
        "vm.operations",
        "output",
        "eval_io",
        "search_path",
        "formats",
        "nix_compat.errors",
        "nix_compat.hashes",
        "nix_compat.placeholders",
    },
    # Where the wings meet.
    "tvix_eval.linker": {"hints", "errors", "syntax", "compiler", "vm", "vm.operations"},
    "tvix_eval.instruments": {"linker", "vm", "vm.operations"},
    # What is told of an evaluation.
    "tvix_eval.observers": {"hints", "errors", "vm"},
    "tvix_eval.probes": {"errors", "hints", "linker", "observers", "vm", "vm.operations"},
    # An evaluation.
    "tvix_eval.deep": {"errors"},
    "tvix_eval.polling": {"errors"},
    "tvix_eval.activation": {"vm"},
    "tvix_eval.settings": {"vm"},
    "tvix_eval.front": {"hints", "settings", "syntax", "compiler"},
    "tvix_eval.first_symbols": set(),
    "tvix_eval.evaluation": {
        *("hints", "errors", "settings", "syntax", "compiler", "front", "vm", "linker", "builtins"),
        *("instruments", "eval_io", "deep", "polling", "activation", "first_symbols"),
    },
    # For hosts in Python.
    "tvix_eval.convert": {"errors", "vm", "evaluation"},
    "tvix_eval.host_functions": {"errors", "vm", "evaluation", "convert"},
    "tvix_eval.host_values": {"errors", "vm", "builtins", "convert", "host_functions"},
    "tvix_eval.api": {
        *("errors", "settings", "eval_io", "search_path", "vm", "output", "builtins", "evaluation"),
        *("convert", "host_values", "program"),
    },
    # For tools.
    "tvix_eval.source": {"errors", "syntax", "vm", "api"},
    # Programs.
    "tvix_eval.auto_call": {"errors", "vm"},
    "tvix_eval.diagnostics": {
        *("errors", "syntax", "vm", "output", "builtins", "eval_io", "search_path"),
    },
    "tvix_eval.options": {"errors"},
    "tvix_eval.lints": {"errors", "syntax", "diagnostics", "options", "program"},
    "tvix_eval.store_access": {"hints", "errors", "builtins"},
    "tvix_eval.program": {"errors", "syntax", "output", "vm"},
    "tvix_eval.precompile": {"errors", "eval_io", "evaluation", "program"},
    "tvix_eval.profiling.resources": set(),
    "tvix_eval.profiling": {"errors", "probes", "program", "vm"},
    "tvix_eval.repl": {
        *("errors", "syntax", "compiler", "vm", "output", "builtins", "observers", "eval_io", "worlds"),
        *("activation", "evaluation", "auto_call", "packages", "program", "search_path", "source"),
    },
    "tvix_eval.debugger": {
        *("errors", "syntax", "compiler", "linker", "vm", "probes", "output", "builtins", "eval_io"),
        *("search_path", "repl", "auto_call", "profiling", "program", "worlds"),
    },
    "tvix_eval.shell_completion": {"errors", "options", "lints"},
    "tvix_eval.cli": {
        "shell_completion",
        *("errors", "options", "settings", "eval_io", "search_path", "builtins", "evaluation", "auto_call"),
        *("debugger", "profiling", "repl"),
        *("compiler", "deep", "output", "precompile", "program", "store_access", "worlds"),
        *("diagnostics", "lints"),
    },
    "tvix_eval.configuration": {"errors", "nix_compat.nix_conf"},
    "tvix_eval.configuration_files": {
        *("formats", "eval_io", "configuration", "nix_compat.errors", "nix_compat.nix_conf"),
    },
    "tvix_eval.packages": {"errors", "vm", "auto_call"},
    "tvix_eval.statistics": {"evaluation", "observers", "output", "vm", "nix_compat.json_floats"},
    "tvix_eval.instantiate_options": {"errors", "output", "configuration", "program"},
    "tvix_eval.instantiate_job": {
        *("errors", "eval_io", "search_path", "worlds", "output", "evaluation", "auto_call", "packages"),
        *("program", "instantiate_options"),
    },
    "tvix_eval.observation": {"configuration", "evaluation", "program", "observers", "statistics", "vm"},
    "tvix_eval.instantiate": {
        *("settings", "search_path", "worlds", "builtins", "evaluation", "program", "configuration"),
        *("configuration_files", "instantiate_options", "instantiate_job", "observation", "store_access"),
        "debugger",
    },
    "tvix_eval.__main__": {"cli", "instantiate"},
    "tvix_eval.testing": {"cli"},
    # Where the evaluator meets a store.
    "tvix_glue.known_paths": {"nix_compat.derivation", "nix_compat.store_path"},
    "tvix_glue.store": {"tvix_eval.hints", "nix_compat.store_path"},
    "tvix_glue.incoming": {
        *("store", "nix_compat.content_address", "nix_compat.errors", "nix_compat.hashes"),
        *("nix_compat.nar", "nix_compat.wire"),
    },
    "tvix_glue.memory": {
        *("store", "incoming", "nix_compat.errors", "nix_compat.nar", "nix_compat.store_path"),
        *("tvix_eval.errors", "tvix_eval.eval_io"),
    },
    "tvix_glue.disk": {"nix_compat.hashes", "nix_compat.nar"},
    "tvix_glue.info_file": {
        *("store", "nix_compat.content_address", "nix_compat.errors"),
        *("nix_compat.hashes", "nix_compat.store_path"),
    },
    "tvix_glue.folder": {
        *("store", "incoming", "disk", "info_file", "folder_io"),
        *("nix_compat.content_address", "nix_compat.errors", "nix_compat.nar", "nix_compat.store_path"),
    },
    "tvix_glue.folder_io": {"nix_compat.store_path", "tvix_eval.eval_io"},
    "tvix_glue.reports": set(),
    "tvix_glue.diff": {
        "reports",
        *("trees", "nix_compat.derivation", "nix_compat.aterm_reader", "nix_compat.errors"),
        *("nix_compat.hashes", "nix_compat.json_text", "nix_compat.placeholders", "nix_compat.store_path"),
        *("tvix_eval.errors", "tvix_eval.eval_io"),
    },
    "tvix_glue.compare": {
        *("diff", "reports", "folder", "glue", "loader", "nar_hashes", "read_only", "store", "store_io"),
        *("tvix_eval.builtins", "tvix_eval.errors", "tvix_eval.eval_io", "tvix_eval.evaluation"),
        *("tvix_eval.output", "tvix_eval.program", "tvix_eval.search_path", "tvix_eval.settings"),
        "tvix_eval.vm",
    },
    "tvix_glue.compare.program": {
        *("compare", "reports", "nix_compat.hashes", "tvix_eval.search_path"),
    },
    "tvix_glue.diff.program": {"diff", "reports", "nix_compat.store_path"},
    "tvix_glue.verify": {"store", "folder", "disk", "nix_compat.errors"},
    "tvix_glue.read_only": {
        *("forwarding_io", "store", "memory", "nix_compat.content_address", "nix_compat.store_path"),
        "tvix_eval.eval_io",
    },
    "tvix_glue.trees": {
        *("nix_compat.errors", "nix_compat.hashes", "nix_compat.nar"),
        *("tvix_eval.errors", "tvix_eval.eval_io"),
    },
    "tvix_glue.nar_hashes": {"trees", "nix_compat.hashes", "tvix_eval.eval_io"},
    "tvix_glue.forwarding_io": {"tvix_eval.errors", "tvix_eval.eval_io"},
    "tvix_glue.store_io": {"forwarding_io", "store", "tvix_eval.errors", "tvix_eval.eval_io", "tvix_eval.vm"},
    "tvix_glue.derivation_strict": {
        *(
            "nix_compat.content_address",
            "nix_compat.derivation",
            "nix_compat.errors",
            "nix_compat.hash_modulo",
        ),
        *("nix_compat.hashes", "nix_compat.json_text", "nix_compat.placeholders", "nix_compat.store_path"),
        *("tvix_eval.builtins", "tvix_eval.errors", "tvix_eval.formats", "tvix_eval.output", "tvix_eval.vm"),
    },
    "tvix_glue.sources": {
        *("store", "trees", "derivation_strict"),
        *("nix_compat.content_address", "nix_compat.errors", "nix_compat.hashes"),
        *("tvix_eval.errors", "tvix_eval.eval_io", "tvix_eval.vm"),
    },
    "tvix_glue.git": set(),
    "tvix_glue.git.repository": {"tvix_eval.errors"},
    "tvix_glue.git.files": {"git.repository", "tvix_eval.errors", "tvix_eval.eval_io"},
    "tvix_glue.git.reference": {
        *("derivation_strict", "nix_compat.errors", "nix_compat.hashes", "nix_compat.json_text"),
        *("tvix_eval.builtins", "tvix_eval.errors"),
    },
    "tvix_glue.git.fetching": {
        *("git.files", "git.reference", "git.repository", "derivation_strict", "sources", "trees"),
        *("nix_compat.hashes", "tvix_eval.errors", "tvix_eval.eval_io", "tvix_eval.vm"),
    },
    "tvix_glue.fetchers": {
        *(
            "derivation_strict",
            "git.fetching",
            "sources",
            "trees",
            "nix_compat.content_address",
            "nix_compat.errors",
        ),
        *("nix_compat.hashes", "nix_compat.store_path"),
        *("tvix_eval.builtins", "tvix_eval.errors", "tvix_eval.eval_io", "tvix_eval.vm"),
    },
    "tvix_glue.resources": set(),
    "tvix_glue.builtins": {
        *(
            "derivation_strict",
            "fetchers",
            "resources",
            "sources",
            "tvix_eval.builtins",
            "tvix_eval.errors",
            "tvix_eval.vm",
        ),
    },
    "tvix_glue.loader": {"derivation_strict", "resources", "tvix_eval.builtins", "tvix_eval.vm"},
    "tvix_glue.named_stores": {"read_only", "memory", "folder", "store", "tvix_eval.errors"},
    "tvix_glue.roots": {"store", "tvix_eval.errors"},
    "tvix_glue.glue": {
        *("known_paths", "store", "builtins", "sources", "tvix_eval.errors"),
        *("nix_compat.aterm_reader", "nix_compat.derivation", "nix_compat.errors"),
        *("nix_compat.hash_modulo", "nix_compat.hashes", "nix_compat.store_path"),
    },
    "tvix_glue.programs": {
        *("glue", "loader", "named_stores", "nar_hashes", "roots", "store_io"),
        *("tvix_eval.__main__", "tvix_eval.cli", "tvix_eval.instantiate", "tvix_eval.store_access"),
    },
    "tvix_glue.testing": {"programs", "tvix_eval.instantiate"},
}

# Who may import what is not in Python's library.
OTHERS: dict[str, set[str]] = {
    "attrs": {"tvix_eval.testing", "tvix_glue.compare", "tvix_glue.compare.program", "tvix_glue.diff"},
    "blake3": {"nix_compat.hashes", "tvix_eval.compiler"},
    "cryptography": {"nix_compat.signatures"},
    "lark": {"tvix_eval.grammar"},
    "pytest": {"tvix_eval.testing"},
    "prompt_toolkit": {"tvix_eval.repl"},
    "rich": {"tvix_glue.reports", "tvix_glue.compare", "tvix_glue.compare.program", "tvix_glue.diff"},
}

# Who may look at the arguments and the environment of the process.
PROCESS: dict[str, set[str]] = {
    "sys.argv": {
        *("tvix_eval.cli", "tvix_eval.instantiate", "tvix_glue.compare.program", "tvix_glue.diff.program"),
    },
    "os.environ": {
        *("tvix_eval.cli", "tvix_eval.instantiate", "tvix_eval.testing", "tvix_glue.programs"),
        *("tvix_glue.compare.program", "tvix_glue.git.repository"),
    },
    "os.environb": {"tvix_eval.eval_io"},
    "os.getenv": set(),
    "os.getenvb": set(),
}

PACKAGES = {module.split(".")[0] for module in MODULES}


def layer(module: str) -> str:
    """The entry of the table that a module belongs to."""
    name = module
    while name not in LAYERS:
        name, dot, _ = name.rpartition(".")
        assert dot, f"{module} is in no layer"
    return name


def qualified(name: str, package: str) -> str:
    """An entry of a row in full."""
    return name if name in LAYERS else f"{package}.{name}"


def modules() -> list[str]:
    return [module for module in MODULES if module not in PACKAGES]


@pytest.mark.parametrize("module", modules())
def test_imports_of_ours(module: str) -> None:
    own = layer(module)
    allowed = {own} | {qualified(name, own.split(".")[0]) for name in LAYERS[own]}
    ours = {each for each in IMPORTS[module] if each.split(".")[0] in PACKAGES and each not in PACKAGES}
    assert sorted(each for each in ours if layer(each) not in allowed) == []


def test_the_table_allows_no_more_than_there_is() -> None:
    unused = {row: {qualified(name, row.split(".")[0]) for name in LAYERS[row]} for row in LAYERS}
    for module in modules():
        for each in IMPORTS[module] - PACKAGES:
            if each.split(".")[0] in PACKAGES:
                unused[layer(module)].discard(layer(each))
    assert {row: names for row, names in unused.items() if names} == {}


def test_the_wings_do_not_know_each_other() -> None:
    written = {"tvix_eval.syntax", "tvix_eval.compiler", "tvix_eval.grammar", "tvix_eval.front"}
    running = {"tvix_eval.vm", "tvix_eval.vm.operations", "tvix_eval.output", "tvix_eval.builtins"}
    for module in modules():
        for wing, other in ((written, running), (running, written)):
            if layer(module) in wing:
                assert [each for each in IMPORTS[module] & set(modules()) if layer(each) in other] == []


def test_no_cycles() -> None:
    """Every module can be read after those it imports."""
    left = {module: IMPORTS[module] & set(MODULES) for module in MODULES}
    while ready := [module for module, wanted in left.items() if not wanted & set(left)]:
        for module in ready:
            del left[module]
    assert sorted(left) == []


@pytest.mark.parametrize("module", modules())
def test_imports_of_others(module: str) -> None:
    names = {each.split(".")[0] for each in IMPORTS[module]} - PACKAGES - set(sys.stdlib_module_names)
    assert sorted(name for name in names if layer(module) not in OTHERS.get(name, set())) == []


@pytest.mark.parametrize("module", modules())
def test_use_of_the_process(module: str) -> None:
    names = {
        f"{node.value.id}.{node.attr}"
        for node in running_code(ast.parse(MODULES[module].read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert sorted(name for name in names & set(PROCESS) if layer(module) not in PROCESS[name]) == []
