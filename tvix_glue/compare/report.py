"""A comparison, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen
from rich.text import Text

from tvix_glue.compare.result import AGREEING, DIFFERENT, STATUSES, Compared, counts
from tvix_glue.diff.causes import Summary, affected
from tvix_glue.diff.json_form import cause_json
from tvix_glue.diff.text import causes_lines

MOST_ATTRIBUTES = 8  # named with a cause


@frozen
class Report:
    """`causes`: of those `analysed`, in the order of its roots. `notes`: what could not be analysed, and why."""

    compared: list[Compared]
    causes: Summary | None
    analysed: list[Compared]
    notes: list[str]

    @property
    def agrees(self) -> bool:
        return all(each.status in AGREEING for each in self.compared)


def report_lines(report: Report, marked: bool) -> Iterator[Text]:
    """`marked`: without colours."""
    for status in STATUSES:
        if status in AGREEING:
            continue
        members = [each for each in report.compared if each.status == status]
        if members:
            yield Text(status[0].upper() + status[1:] + ":", "bold")
            for each in members:
                yield from attribute_lines(each)
            yield Text("")
    if report.causes is not None:
        notes = [named(report, numbers) for numbers in affected(report.causes)]
        yield Text("What made them differ (- reference, + here):", "bold")
        yield from causes_lines(report.causes, marked, notes)
        yield Text("")
    for note in report.notes:
        yield Text(note, "yellow")
    found = counts(report.compared)
    yield Text(
        ", ".join(f"{found[status]} {status}" for status in STATUSES if found[status]) or "nothing to compare"
    )


def attribute_lines(compared: Compared) -> Iterator[Text]:
    name = compared.attribute or "(the whole)"
    if compared.status == DIFFERENT:
        yield Text("  " + name)
        yield Text("    - " + compared.there.derivation, "red")
        yield Text("    + " + compared.here.derivation, "green")
        return
    error = compared.here.error or compared.there.error
    yield Text("  " + name + (": " + first_line(error) if error else ""))


def first_line(text: str) -> str:
    line, _, rest = text.partition("\n")
    return line + " …" if rest else line


def named(report: Report, numbers: list[int]) -> str:
    names = [report.analysed[number].attribute or "(the whole)" for number in numbers]
    more = len(names) - MOST_ATTRIBUTES
    return "in " + ", ".join(names[:MOST_ATTRIBUTES]) + (f" and {more} more" if more > 0 else "")


def report_json(report: Report) -> dict[str, object]:
    causes: list[dict[str, object]] = []
    if report.causes is not None:
        for cause, numbers in zip(report.causes.causes, affected(report.causes), strict=True):
            attributes = [report.analysed[number].attribute for number in numbers]
            causes.append({**cause_json(cause), "attributes": attributes})
    return {
        "agrees": report.agrees,
        "counts": counts(report.compared),
        "attributes": [
            {
                "attr": each.attribute,
                "attrPath": list(each.path),
                "status": each.status,
                "here": each.here.to_json(),
                "reference": each.there.to_json(),
            }
            for each in report.compared
        ],
        "causes": causes,
        "notes": report.notes,
    }
