"""What an evaluation came to, in figures: ``NIX_SHOW_STATS``.

The keys are Nix's. Calls, lookups and updates are counted as Nix counts them; thunks, sets, lists and
activations are those of our machine, and bytes the size of its objects.
"""

from __future__ import annotations

import resource
import sys

from nix_compat.json_floats import format_float_json
from tvix_eval.evaluation import Evaluator
from tvix_eval.observers.counters import Counters, FunctionCount
from tvix_eval.output.json import quote
from tvix_eval.vm.attrs import EMPTY_ATTRS
from tvix_eval.vm.observer import (
    AVOIDED,
    CONCATS,
    COPIED,
    ENV_ELEMENTS,
    ENVS,
    EXPRESSIONS,
    LIST_ELEMENTS,
    LOOKUPS,
    SET_ELEMENTS,
    SETS,
    THUNKS,
    UPDATES,
)
from tvix_eval.vm.values import NO_ENV, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

POINTER: Final = 8
MARGIN: Final = "  "


def statistics(evaluation: Evaluator, counters: Counters, calls: bool, names: bool) -> str:
    """A JSON document, with a line end.

    `calls`: with the keys of ``NIX_COUNT_CALLS``. `names`: all symbols, in place of their number.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = format_float_json(usage.ru_utime)
    symbols = evaluation.session.symbols.numbers
    events = counters.events
    env_size = sys.getsizeof(NO_ENV)
    set_size = sys.getsizeof(EMPTY_ATTRS)
    value_size = sys.getsizeof(Thunk(None, None))
    env_bytes = events[ENVS] * env_size + events[ENV_ELEMENTS] * POINTER
    list_bytes = events[LIST_ELEMENTS] * POINTER
    set_bytes = events[SETS] * set_size + events[SET_ELEMENTS] * POINTER
    value_bytes = events[THUNKS] * value_size
    tree: dict[str, str] = {
        "cpuTime": cpu,
        "envs": numbers(bytes=env_bytes, elements=events[ENV_ELEMENTS], number=events[ENVS]),
        "gc": numbers(
            cycles=0,
            heapSize=usage.ru_maxrss * 1024,
            totalBytes=env_bytes + list_bytes + set_bytes + value_bytes,
        ),
        "list": numbers(bytes=list_bytes, concats=events[CONCATS], elements=events[LIST_ELEMENTS]),
        "nrAvoided": str(events[AVOIDED]),
        "nrExprs": str(events[EXPRESSIONS]),
        "nrFunctionCalls": str(sum(each.count for each in counters.functions.values())),
        "nrLookups": str(events[LOOKUPS]),
        "nrOpUpdateValuesCopied": str(events[COPIED]),
        "nrOpUpdates": str(events[UPDATES]),
        "nrPrimOpCalls": str(sum(counters.builtins.values())),
        "nrThunks": str(events[THUNKS]),
        "sets": numbers(bytes=set_bytes, elements=events[SET_ELEMENTS], number=events[SETS]),
        "sizes": numbers(Attr=POINTER, Bindings=set_size, Env=env_size, Value=value_size),
        "symbols": numbers(bytes=sum(len(name) for name in symbols), number=len(symbols)),
        "time": shown_object({"cpu": cpu, "gc": "0.0", "gcFraction": "0.0"}, MARGIN),
        "values": numbers(bytes=value_bytes, number=events[THUNKS]),
    }
    if calls:
        tree["attributes"] = "null"  # as in Nix, which counts them and does not say
        tree["functions"] = shown_list(
            [shown_function(each, evaluation) for each in counters.functions.values()]
        )
        tree["primops"] = numbers(**counters.builtins)
    if names:
        tree["symbols"] = shown_list([quote(name) for name in symbols])
    return shown_object(tree, "") + "\n"


def numbers(**values: int) -> str:
    return shown_object({name: str(value) for name, value in values.items()}, MARGIN)


def shown_function(function: FunctionCount, evaluation: Evaluator) -> str:
    tree = {"count": str(function.count), "name": quote(function.name) if function.name else "null"}
    position = evaluation.sources.find(function.pos)
    if position is not None:
        tree["column"] = str(position.column)
        tree["line"] = str(position.line)
        if position.source.is_file:
            tree["file"] = quote(position.source.name)
    return shown_object(tree, MARGIN + MARGIN)


def shown_object(tree: dict[str, str], margin: str) -> str:
    if not tree:
        return "{}"
    inner = margin + MARGIN
    entries = [f"{inner}{quote(name)}: {text}" for name, text in sorted(tree.items())]
    return "{\n" + ",\n".join(entries) + "\n" + margin + "}"


def shown_list(items: list[str]) -> str:
    if not items:
        return "[]"
    inner = MARGIN + MARGIN
    return "[\n" + ",\n".join(inner + item for item in items) + "\n" + MARGIN + "]"
