"""Owns what benchmarks report of themselves: a table to look at, without a verdict."""

from bot.core.plan import Role
from bot.core.report import Report
from bot.render import labels, words
from bot.render.escape import code_in_table
from bot.render.estimate import version_in_table
from bot.render.view import Column, Section, table

TOLD_ELSEWHERE = frozenset({"wall_time", "iters"})
"""The one is the case's step; the other is how a benchmark came by it."""

_MOST_COLUMNS = 8
_SMALLEST_WITHOUT_DIGITS, _LARGEST_PLAIN = 10**3, 10**12


def reported(report: Report) -> Section | None:
    """Put the figures of every version side by side; those of several reports have their names."""
    figures = {
        (each.case, each.name, each.role, each.environment): each.value
        for each in report.reported
        if each.name not in TOLD_ELSEWHERE
    }
    if not figures:
        return None
    versions: list[tuple[Role, str]] = [("baseline", report.baseline)]
    versions += [("candidate", label) for label in report.candidates]
    del versions[_MOST_COLUMNS:]
    places = dict.fromkeys((case, name) for case, name, *_ in figures)
    rows = [
        (
            code_in_table(case),
            code_in_table(name),
            *(_figure(figures.get((case, name, *version))) for version in versions),
        )
        for case, name in places
    ]
    columns = (
        Column(title="Case"),
        Column(title="Reported"),
        *(Column(title=version_in_table(label), is_number=True) for _, label in versions),
    )
    return Section(
        name="reported",
        title=words.reported_title(len(places)),
        is_folded=True,
        table=table(columns, rows),
    )


def _figure(value: float | None) -> str:
    if value is None:
        return labels.ABSENT
    is_plain = value.is_integer() or abs(value) >= _SMALLEST_WITHOUT_DIGITS
    return f"{value:,.0f}" if is_plain and abs(value) < _LARGEST_PLAIN else f"{value:.4g}"
