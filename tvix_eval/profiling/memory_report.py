"""What is alive, by the expressions that made it: as a table, or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tvix_eval.probes.allocations import place_of
from tvix_eval.profiling.profile import unicode_text

if TYPE_CHECKING:
    from tvix_eval.errors import Sources
    from tvix_eval.probes.allocations import Site


def rows(sites: list[Site], sources: Sources) -> list[dict[str, Any]]:
    """The largest first. Sites of one expression are added up."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for site in sites:
        pos = site.pos or place_of(site.operation)
        place = unicode_text(sources.describe(pos)) if pos else ""
        name = unicode_text(site.name)
        row = found.setdefault(
            (site.kind, place, name),
            {"kind": site.kind, "place": place, "name": name, "count": 0, "bytes": 0},
        )
        row["count"] += int(site.count)
        row["bytes"] += int(site.bytes)
    return sorted(found.values(), key=lambda row: (-row["bytes"], row["place"], row["kind"]))


def memory_json(sites: list[Site], sources: Sources) -> str:
    return json.dumps(rows(sites, sources), indent=1, ensure_ascii=False) + "\n"


def memory_table(sites: list[Site], sources: Sources) -> str:
    found = rows(sites, sources)
    lines = [f"{'bytes':>12} {'objects':>10}  {'kind':<8} made by"]
    for row in found:
        made_by = " ".join(word for word in (row["place"], row["name"]) if word) or "(not known)"
        lines.append(f"{row['bytes']:12} {row['count']:10}  {row['kind']:<8} {made_by}")
    whole = sum(row["bytes"] for row in found)
    lines.append(f"{whole:12} {sum(row['count'] for row in found):10}  all")
    return "\n".join(lines) + "\n"
