"""Commands about how something is evaluated: ``:time``, ``:profile``, ``:ast``, ``:bytecode``."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from tvix_eval.compiler.disassembler import disassemble
from tvix_eval.errors import NixError, Source
from tvix_eval.observers.function_times import FunctionTimes
from tvix_eval.program import STRING_NAME
from tvix_eval.repl import tree as syntax_tree

if TYPE_CHECKING:
    from tvix_eval.errors import Sources
    from tvix_eval.repl.repl import Repl

MILLISECOND: Final = 0.001
MOST_ROWS: Final = 15


def time(repl: Repl, argument: str) -> None:
    begin = perf_counter()
    value = repl.scope.evaluate(argument)
    evaluated = perf_counter()
    repl.print(value, 1)
    printed = perf_counter()
    repl.write(f"evaluated in {duration(evaluated - begin)}, printed in {duration(printed - evaluated)}\n")


def duration(seconds: float) -> str:
    if seconds < MILLISECOND:
        return f"{seconds * 1e6:.0f} \xc2\xb5s"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def tree(repl: Repl, argument: str) -> None:
    root = repl.scope.parse_expression(argument).root
    repl.write(syntax_tree.show_tree(root, Source(STRING_NAME, argument, False)) + "\n")


def bytecode(repl: Repl, argument: str) -> None:
    scope = repl.scope
    parsed = scope.parse_expression(argument)
    chunk = scope.compiled(parsed, scope.mentioned(parsed), scope.add_source(argument))
    repl.write(disassemble(chunk, Source(STRING_NAME, argument, False)).encode().decode("latin-1"))


def profile(repl: Repl, argument: str) -> None:
    """Evaluate in a session of its own, where nothing has been evaluated yet and all is observed."""
    repl.scope.parse_expression(argument)
    times = FunctionTimes()
    observed = repl.repeated(times)

    def work() -> None:
        observed.replay(repl)
        times.reset()
        observed.print(observed.scope.evaluate(argument), 1)

    try:
        observed.evaluator.run(work)
    except NixError as error:
        repl.complain(error, observed.evaluator.sources)
    repl.write(profile_table(observed.evaluator.sources, times))


def profile_table(sources: Sources, times: FunctionTimes) -> str:
    """Byte text: the functions that took most of the time themselves."""
    found = sorted(times.functions.values(), key=lambda each: -each.own)
    whole = sum(each.own for each in found)
    if whole == 0:
        return "nothing was called\n"
    rows = [f"{'calls':>9} {'own ms':>9} {'':>4} {'total ms':>9}  function"]
    for each in found[:MOST_ROWS]:
        name = each.name or ("anonymous" if each.pos else "not known")
        place = sources.describe(each.pos) if each.pos else ""
        shown = " ".join(word for word in (name, place) if word)
        share = f"{each.own * 100 // whole}%"
        rows.append(f"{each.calls:9} {milliseconds(each.own)} {share:>4} {milliseconds(each.total)}  {shown}")
    if len(found) > MOST_ROWS:
        rows.append(f"... and {len(found) - MOST_ROWS} more functions")
    return "\n".join(rows) + "\n"


def milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:9.2f}"
