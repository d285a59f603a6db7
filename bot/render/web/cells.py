"""Owns the table of all cells on the page: one line each, with its interval on one axis."""

import math
from collections import Counter
from collections.abc import Iterator

from bot.core.report import CellReport, NumericReport, Report
from bot.core.units import format_percent
from bot.render import cell_lines, confirmed, labels, page_words, pull_request_words
from bot.render.cell_kind import Kind, kind_of
from bot.render.escape import clean
from bot.render.estimate import bounds, quantity, shared_axis, size
from bot.render.plot import Axis
from bot.render.web.view import CellLine, Count, Drawn

SIGNS: dict[Kind, str] = {
    "worse": "▲",
    "excused": "△",
    "missing": "✕",
    "undecided": "?",
    "small": "≈",
    "better": "▼",
    "unchanged": "=",
}
"""A shape for each, so that colour is never alone; the most urgent first."""


def urgency(cell: CellReport) -> tuple[int, float]:
    """Order cells: what to act on first, the largest first."""
    return (list(SIGNS).index(kind_of(cell)), -abs(math.log(_ratio(cell))))


def table_lines(report: Report) -> tuple[CellLine, ...]:
    """Write every cell of a report, the most urgent first."""
    axis = page_axis(report)
    return tuple(_line(cell, axis) for cell in sorted(report.cells, key=urgency))


def page_axis(report: Report) -> Axis:
    """Choose the axis of all intervals."""
    return shared_axis(report.cells)


def _line(cell: CellReport, axis: Axis) -> CellLine:
    kind = kind_of(cell)
    return CellLine(
        kind=kind,
        sign=SIGNS[kind],
        word=cell_lines.word(cell),
        case=clean(cell.case),
        metric=labels.METRICS[cell.metric],
        version=clean(cell.candidate),
        before=quantity(cell.baseline_value, cell.unit),
        after=quantity(cell.candidate_value, cell.unit),
        before_wall=_wall(cell.baseline_wall_seconds),
        after_wall=_wall(cell.candidate_wall_seconds),
        change=size(cell),
        percent="" if cell.ratio is None else format_percent(cell.ratio - 1),
        interval=bounds(cell) if size(cell) else "",
        drawn=drawn(axis, cell),
        blocks=cell.blocks,
        why=tuple(why(cell)),
        ratio=_ratio(cell),
        before_value=_known(cell.baseline_value),
        after_value=_known(cell.candidate_value),
    )


def _wall(seconds: float | None) -> str:
    return "" if seconds is None else f"{labels.WALL} {quantity(seconds, 'seconds')}"


def why(cell: CellReport | NumericReport) -> Iterator[str]:
    """Say why a verdict is what it is, and what was said of it later."""
    yield clean(cell.reason)
    if (word := cell.acknowledged) is not None:
        yield pull_request_words.accepted(
            clean(word.author), clean(word.until or ""), clean(word.reason)
        )
    if (again := cell.confirmation) is not None:
        yield confirmed.measured_again(again, clean(again.reason))


def _ratio(cell: CellReport) -> float:
    """What to sort by; a difference has no ratio, and a broken one none that can be sorted."""
    ratio = cell.ratio
    return ratio if ratio is not None and 0 < ratio < math.inf else 1.0


def _known(value: float | None) -> float:
    return value if value is not None and math.isfinite(value) else -1.0


def drawn(axis: Axis, cell: CellReport) -> Drawn | None:
    """Place an interval on the axis; None where there is no ratio that an axis could hold."""
    if cell.ratio is None or not 0 < cell.ratio < math.inf:
        return None
    low, high = (_bound(each) for each in cell.interval)
    return Drawn(
        left=0.0 if low is None else _percent(axis, low),
        right=100.0 if high is None else _percent(axis, high),
        point=_percent(axis, cell.ratio),
        opens_left=low is None or low < axis.low,
        opens_right=high is None or high > axis.high,
    )


def _bound(value: float | None) -> float | None:
    return value if value is not None and 0 < value < math.inf else None


def one_on(axis: Axis) -> float:
    """Say where x1 is, in percent."""
    return _percent(axis, 1.0)


def _percent(axis: Axis, ratio: float) -> float:
    share = math.log(ratio / axis.low) / math.log(axis.high / axis.low)
    return round(100 * min(max(share, 0.0), 1.0), 2)


def counts(report: Report) -> tuple[Count, ...]:
    """Count the cells of each kind, all of them together every cell once."""
    numbers = Counter(kind_of(cell) for cell in report.cells)
    return tuple(
        Count(kind=kind, sign=sign, text=page_words.kind_count(numbers[kind], kind))
        for kind, sign in SIGNS.items()
        if numbers[kind]
    )
