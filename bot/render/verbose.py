"""Owns what `--verbose` adds: the machine, where the time went, and every counter."""

from collections.abc import Iterable

from bot.core.report import CounterReport, Report
from bot.render import labels
from bot.render.counted import machine_rows
from bot.render.escape import NO_BREAK_SPACE, clean


def verbose_lines(report: Report) -> list[str]:
    """Write one line per fact, names and figures lined up."""
    return [*_aligned(machine_rows(report)), *_aligned(map(_counter, report.counters))]


def _counter(counter: CounterReport) -> tuple[str, str]:
    place = f"{clean(counter.case)} in {clean(counter.candidate)}"
    values = (counter.baseline_value, counter.candidate_value)
    figures = " to ".join("?" if value is None else f"{value:,.0f}" for value in values)
    comparison = labels.COMPARISONS[counter.comparison]
    return f"{place}: {labels.COUNTERS[counter.counter]}", f"{figures}, {comparison}"


def _aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    kept = list(rows)
    width = max((len(row[0]) for row in kept), default=0)
    return [f"  {row[0]:<{width}}  {row[1]}".replace(NO_BREAK_SPACE, " ") for row in kept]
