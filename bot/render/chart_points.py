"""Owns what charts show of a cell: its kind, its ratio where an axis holds it, its name."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.metric import METRICS, MetricName
from bot.core.report import CellReport, Report
from bot.render import labels
from bot.render.cell_kind import Kind, kind_of
from bot.render.chart_style import NAME_LENGTH
from bot.render.escape import EMPTY, NAME_LIMIT, clean
from bot.render.plot import Interval, is_drawable

_ELLIPSIS = "…"
_METRIC_ORDER = {
    name: (not metric.is_primary, place) for place, (name, metric) in enumerate(METRICS.items())
}
_KIND_ORDER: dict[Kind, int] = {
    "worse": 0,
    "missing": 1,
    "undecided": 2,
    "excused": 3,
    "small": 3,
    "better": 3,
    "unchanged": 4,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A cell on a chart; a bound that is None is not known."""

    cell: CellReport
    kind: Kind
    ratio: float
    interval: Interval

    @property
    def distance(self) -> float:
        """How far it is from no change; half and double are equally far."""
        return abs(math.log(self.ratio))


def point(cell: CellReport) -> Point | None:
    """Make a point of a cell, or nothing where no axis of ratios holds it."""
    ratio = cell.ratio
    if ratio is None or not is_drawable(ratio):
        return None
    low, high = (bound if is_drawable(bound) else None for bound in cell.interval)
    return Point(cell=cell, kind=kind_of(cell), ratio=ratio, interval=(low, high))


def points(cells: Iterable[CellReport]) -> list[Point]:
    """Make points of all cells that have a ratio."""
    return [made for cell in cells if (made := point(cell)) is not None]


def main_cells(report: Report) -> dict[str, dict[str, CellReport]]:
    """Choose one metric for each case, its step where it has one: case -> candidate -> cell."""
    found: dict[str, dict[MetricName, dict[str, CellReport]]] = {}
    for cell in report.cells:
        if METRICS[cell.metric].scale == "ratio":
            metrics = found.setdefault(cell.case, {})
            metrics.setdefault(cell.metric, {})[cell.candidate] = cell
    return {
        case: metrics[min(metrics, key=lambda name: _METRIC_ORDER[name])]
        for case, metrics in found.items()
    }


def worst_first(cells: Iterable[CellReport]) -> tuple[int, float]:
    """Key a case by its worst cell: what counts, what is missing, what is open, then by size."""
    orders = [(_order(cell), cell) for cell in cells]
    first = min(order for order, _ in orders)
    largest = points(cell for order, cell in orders if order == first)
    return first, -max((each.distance for each in largest), default=0.0)


def worst(drawn: Iterable[Point]) -> Point:
    """Choose what is said in words."""
    return min(drawn, key=lambda each: worst_first([each.cell]))


def _order(cell: CellReport) -> int:
    return _KIND_ORDER["unchanged" if cell.foreseen else kind_of(cell)]


def named(text: str) -> str:
    """Write a foreign name as data: one line of what can be shown."""
    return clean(text, limit=NAME_LIMIT) or EMPTY


def row_name(cell: CellReport) -> str:
    """Name the row of a case; its metric is said where it is not the usual one."""
    is_said = cell.metric in {"step", cell.case}
    return short(cell.case if is_said else f"{cell.case} · {labels.METRICS[cell.metric]}")


def short(text: str, *, length: int = NAME_LENGTH) -> str:
    """Cut a long name in its middle: cases differ at both ends."""
    name = named(text)
    if len(name) <= length:
        return name
    head = (length - 1) // 2
    return f"{name[:head].rstrip()}{_ELLIPSIS}{name[head + 1 - length :].lstrip()}"
