"""Owns what the parts of a report say about each other: rows that fit together, and one verdict."""

from collections.abc import Hashable, Iterable, Iterator

from bot.core.conclusion import decide_again
from bot.core.metric import IMPORT_CASE
from bot.core.report import CellReport, Confirmation, ControlCell, Report
from bot.core.showable import escaped

Finding = tuple[tuple[str | int, ...], str, str]
"""Where, what was found, and what was expected."""

_EVERYTHING = "*"
Interval = tuple[float | None, float | None]


def contradictions(report: Report) -> Iterator[Finding]:
    """Yield what cannot be true together."""
    yield from _rows_of_unknown_things(report)
    yield from _rows_twice(report)
    yield from _intervals(report)
    yield from _said_by_the_wrong(report)
    yield from _another_verdict(report)


def _labels(report: Report) -> set[str]:
    environments = (environment.label for environment in report.environments)
    return {report.baseline, *report.candidates, *environments}


def _rows_of_unknown_things(report: Report) -> Iterator[Finding]:
    known = {
        "one of `cases`": {*report.cases, IMPORT_CASE},
        "one of `candidates`": {*report.candidates},
        "the label of an environment": _labels(report),
        "the label of an environment, or *": {*_labels(report), _EVERYTHING},
    }
    a_case, a_candidate, a_label, a_place = known
    # List, field of its rows, what that has to name.
    fields = (
        *(("cells", "case", a_case), ("cells", "candidate", a_candidate)),
        *(("cells", "against", a_label), ("numerics", "against", a_label)),
        *(("numerics", "case", a_case), ("numerics", "candidate", a_candidate)),
        *(("counters", "case", a_case), ("counters", "candidate", a_candidate)),
        *(("references", "case", a_case), ("references", "reference", a_label)),
        *(("reference_results", "case", a_case), ("reference_results", "reference", a_label)),
        *(("reported", "case", a_case), ("reported", "environment", a_label)),
        *(("versions", "candidate", a_candidate), ("failures", "environment", a_place)),
    )
    for name, field, said in fields:
        for number, row in enumerate(getattr(report, name)):
            what = getattr(row, field)
            if what is not None and what not in known[said]:
                yield (name, number, field), _shown(what), said
    yield from _unknown_keys(report, known[a_case], known[a_label])


def _unknown_keys(report: Report, cases: set[str], labels: set[str]) -> Iterator[Finding]:
    for number, cell in enumerate(report.control.cells):
        if cell.case not in cases:
            yield ("control", "cells", number, "case"), _shown(cell.case), "one of `cases`"
    for case in report.places:
        if case not in cases:
            yield ("places", case), _shown(case), "one of `cases`"
    for head, base in (report.subject.pairs if report.subject else {}).items():
        for label in {head, base} - labels:
            yield ("subject", "pairs", head), _shown(label), "the label of an environment"


def _shown(text: str) -> str:
    return f'"{escaped(text, limit=60)}"'


def _rows_twice(report: Report) -> Iterator[Finding]:
    keys: dict[str, Iterable[Hashable]] = {
        "cases": report.cases,
        "candidates": report.candidates,
        "cells": ((c.case, c.metric, c.candidate, c.against) for c in report.cells),
        "numerics": ((n.case, n.candidate, n.against) for n in report.numerics),
        "counters": ((c.case, c.candidate, c.counter) for c in report.counters),
        "versions": (version.candidate for version in report.versions),
        "references": ((r.case, r.metric, r.reference) for r in report.references),
        "reference_results": ((r.case, r.reference) for r in report.reference_results),
        "reported": ((r.case, r.environment, r.role, r.name) for r in report.reported),
    }
    for name, its in keys.items():
        seen: set[Hashable] = set()
        for number, key in enumerate(its):
            if key in seen:
                yield (name, number), "the same row again", "each row once"
            seen.add(key)


def _intervals(report: Report) -> Iterator[Finding]:
    control: Iterable[tuple[tuple[str | int, ...], CellReport | ControlCell | Confirmation]] = (
        (("control", "cells", n), cell) for n, cell in enumerate(report.control.cells)
    )
    cells = ((("cells", n), cell) for n, cell in enumerate(report.cells))
    again = (
        (("cells", n, "confirmation"), cell.confirmation)
        for n, cell in enumerate(report.cells)
        if cell.confirmation
    )
    for place, row in (*cells, *control, *again):
        is_ratio = row.difference is None
        yield from _interval((*place, "interval"), row.interval, is_ratio=is_ratio)
        if row.ratio is not None and row.difference is not None:
            yield place, "a ratio and a difference", "one of them"
    for number, reference in enumerate(report.references):
        place = ("references", number, "interval")
        yield from _interval(place, reference.interval, is_ratio=True)


def _interval(
    place: tuple[str | int, ...], interval: Interval, *, is_ratio: bool
) -> Iterator[Finding]:
    low, high = interval
    if low is not None and high is not None and low > high:
        yield place, f"{low:g} above {high:g}", "the lower bound first"
    if is_ratio and any(bound is not None and bound <= 0 for bound in interval):
        yield place, "a bound of a ratio that is not above 0", "bounds above 0, or null"


def _said_by_the_wrong(report: Report) -> Iterator[Finding]:
    """Find what no measuring job says."""
    for number, cell in enumerate(report.cells):
        if cell.matters and cell.verdict not in {"REGRESSION", "IMPROVEMENT"}:
            yield ("cells", number, "matters"), "true", f"false, as it is {cell.verdict}"
    if report.review is not None:
        yield ("review",), "an object", "null: only publishing reviews a report"
    flagged = sum(cell.flagged for cell in report.control.cells)
    if report.control.flagged != flagged:
        found = str(report.control.flagged)
        yield ("control", "flagged"), found, f"{flagged}, as many as are flagged in its cells"


def _another_verdict(report: Report) -> Iterator[Finding]:
    """Decide again from the rows alone: the heading and the exit code have to be of them."""
    again = decide_again(report)
    if report.overall != again.overall:
        yield ("overall",), report.overall, f"{again.overall}, as the rows say"
    if report.exit_code != again.exit_code:
        yield ("exit_code",), str(report.exit_code), f"{int(again.exit_code)}, as the rows say"
