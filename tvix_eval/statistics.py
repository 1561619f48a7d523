"""What an evaluation came to, in figures: ``NIX_SHOW_STATS``.

The keys are Nix's. What this evaluator does not count, or has nothing like, is null.
"""

from __future__ import annotations

import resource

from tvix_eval.evaluation import Evaluation
from tvix_eval.output.floats import format_float_json

UNKNOWN = "null"


def statistics(evaluation: Evaluation, calls: bool) -> str:
    """A JSON document, with a line end. `calls`: with the keys of ``NIX_COUNT_CALLS``."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = format_float_json(usage.ru_utime)
    symbols = evaluation.session.symbols.numbers
    tree: dict[str, str | dict[str, str]] = {
        "cpuTime": cpu,
        "envs": unknown("bytes", "elements", "number"),
        "gc": {"cycles": "0", "heapSize": str(usage.ru_maxrss * 1024), "totalBytes": UNKNOWN},
        "list": unknown("bytes", "concats", "elements"),
        "nrAvoided": UNKNOWN,
        "nrExprs": UNKNOWN,
        "nrFunctionCalls": UNKNOWN,
        "nrLookups": UNKNOWN,
        "nrOpUpdateValuesCopied": UNKNOWN,
        "nrOpUpdates": UNKNOWN,
        "nrPrimOpCalls": UNKNOWN,
        "nrThunks": UNKNOWN,
        "sets": unknown("bytes", "elements", "number"),
        "sizes": unknown("Attr", "Bindings", "Env", "Value"),
        "symbols": {"bytes": str(sum(len(name) for name in symbols)), "number": str(len(symbols))},
        "time": {"cpu": cpu, "gc": "0.0", "gcFraction": "0.0"},
        "values": unknown("bytes", "number"),
    }
    if calls:
        tree.update(unknown("attributes", "functions", "primops"))
    entries = [f'  "{name}": {shown(value)}' for name, value in sorted(tree.items())]
    return "{\n" + ",\n".join(entries) + "\n}\n"


def unknown(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, UNKNOWN)


def shown(value: str | dict[str, str]) -> str:
    if isinstance(value, str):
        return value
    return "{\n" + ",\n".join(f'    "{name}": {text}' for name, text in value.items()) + "\n  }"
