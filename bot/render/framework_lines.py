"""Owns other frameworks on a terminal: a table, and the same as plain lines for a pipe."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from bot.core.framework_rows import ReferenceReport
from bot.core.metric import IMPORT_CASE, METRICS
from bot.core.report import Report
from bot.core.units import format_ratio
from bot.render import framework_words, labels
from bot.render.columns import Column, Columns, Kind
from bot.render.escape import NO_BREAK_SPACE, TERMINAL, clean
from bot.render.estimate import quantity, span
from bot.render.frameworks import coverage, frameworks, rows_to_show

_MOST_ROWS = 20
"""A longer table keeps the metrics that come first; the job summary has all."""

_FIGURES = {"takes": 0, "ratio": 0, "95 % interval": 1, "baseline": 2}
"""Those that come last leave first, where a terminal is narrow."""


def frameworks_table(report: Report) -> Iterator[RenderableType]:
    """Draw one row for each figure, below a line that says that nobody judges them."""
    yield Text(framework_words.title(clean(report.baseline)), style="dim")
    rows = _rows(report)
    figures = [_figures(row) for row in rows]
    columns = (
        _column("framework", [row.reference for row in rows], kind="name"),
        _column("case", [row.case for row in rows], kind="name"),
        _column("metric", [labels.METRICS[row.metric] for row in rows], kind="label"),
        *(
            _column(title, [its[number] for its in figures], leaves=leaves)
            for number, (title, leaves) in enumerate(_FIGURES.items())
        ),
    )
    yield Columns(columns=columns)


def _column(title: str, cells: Sequence[str], *, kind: Kind = "figure", leaves: int = 0) -> Column:
    texts = [Text(_plain(cell)) for cell in cells]  # as text: brackets are no markup
    return Column(title=title, cells=texts, kind=kind, leaves=leaves)


def frameworks_lines(report: Report) -> list[str]:
    """Write one line for each figure."""
    return [_line(row) for row in _rows(report)]


def _line(row: ReferenceReport) -> str:
    value, ratio, interval, baseline = _figures(row)
    metric = labels.METRICS[row.metric]
    figure = metric if row.case == IMPORT_CASE else f"{clean(row.case)} {metric}"
    line = framework_words.line(
        clean(row.reference), figure, value=value, baseline=baseline, change=f"{ratio} ({interval})"
    )
    return _plain(line)


def results_lines(report: Report) -> list[str]:
    """Say how far the results are from the baseline's, and how many cases there are at all."""
    if not report.references:
        return []
    results = [
        framework_words.result(
            clean(each.reference),
            clean(each.case),
            labels.LIKENESS[each.word],
            clean(each.reason),
        )
        for each in report.reference_results
    ]
    return [*results, f"{coverage(report, TERMINAL)}."]


def _rows(report: Report) -> list[ReferenceReport]:
    order = frameworks(report)
    rows = sorted(rows_to_show(report), key=lambda row: order.index(row.reference))
    if len(rows) <= _MOST_ROWS:
        return rows
    return [row for row in rows if METRICS[row.metric].is_primary]


def _figures(row: ReferenceReport) -> tuple[str, str, str, str]:
    if row.ratio is None:
        return framework_words.UNMEASURED, "", "", ""
    return (
        quantity(row.reference_value, row.unit),
        format_ratio(row.ratio),
        span(row.interval, format_ratio),
        quantity(row.baseline_value, row.unit),
    )


def _plain(text: str) -> str:
    return clean(text.replace(NO_BREAK_SPACE, " "))
