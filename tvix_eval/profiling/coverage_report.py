"""Coverage in the format of lcov's tracefiles, which genhtml and editors read."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tvix_eval.profiling.profile import unicode_text

if TYPE_CHECKING:
    from tvix_eval.errors import Position, Sources
    from tvix_eval.probes.coverage import CoverageInstruments


class FileCoverage:
    """What lcov says of a file. `functions`: name and count by place; the others, counts by place."""

    def __init__(self) -> None:
        self.lines: Final[dict[int, int]] = {}
        self.functions: Final[dict[tuple[int, int], tuple[str, int]]] = {}
        self.branches: Final[dict[tuple[int, int], tuple[int, int]]] = {}

    def text(self, name: str) -> str:
        rows = ["TN:", f"SF:{name}"]
        functions = sorted(self.functions.items())
        rows += [f"FN:{line},{function}" for (line, _), (function, _) in functions]
        rows += [f"FNDA:{count},{function}" for _, (function, count) in functions]
        rows += [f"FNF:{len(functions)}", f"FNH:{sum(count > 0 for _, (_, count) in functions)}"]
        taken: list[int] = []
        for block, ((line, _), counts) in enumerate(sorted(self.branches.items())):
            taken += counts
            for number, count in enumerate(counts):
                rows.append(f"BRDA:{line},{block},{number},{count if sum(counts) else '-'}")
        rows += [f"BRF:{len(taken)}", f"BRH:{sum(count > 0 for count in taken)}"]
        rows += [f"DA:{line},{count}" for line, count in sorted(self.lines.items())]
        rows += [f"LF:{len(self.lines)}", f"LH:{sum(count > 0 for count in self.lines.values())}"]
        return "\n".join([*rows, "end_of_record", ""])


def lcov_text(coverage: CoverageInstruments, sources: Sources) -> str:
    """Of files only, and not of those that come with the evaluator. A line was executed as often as that of its expressions that was evaluated most."""
    files: defaultdict[str, FileCoverage] = defaultdict(FileCoverage)

    def find(pos: int) -> Position | None:
        found = sources.find(pos)
        return found if found is not None and found.source.is_file and found.source.name[:1] == "/" else None

    for (pos, _), tally in coverage.expressions.items():
        if place := find(pos):
            lines = files[place.source.name].lines
            lines[place.line] = max(lines.get(place.line, 0), int(tally.count))
    for pos, function in coverage.functions.items():
        if place := find(pos):
            file = files[place.source.name]
            key = (place.line, place.column)
            before = file.functions.get(key, ("", 0))[1]
            # Names must be unique within a file; those of lambdas are not.
            name = f"{unicode_text(function.name) or 'lambda'}@{place.line}:{place.column}"
            file.functions[key] = (name, before + int(function.count))
    for pos, (then, otherwise) in coverage.branches.items():
        if place := find(pos):
            branches = files[place.source.name].branches
            key = (place.line, place.column)
            a, b = branches.get(key, (0, 0))
            branches[key] = (a + int(then.count), b + int(otherwise.count))
    return "".join(file.text(unicode_text(name)) for name, file in sorted(files.items()))
