"""Owns the heatmaps of the page: cases down, versions across, one for each metric."""

import math

from bot.core.metric import METRICS, MetricName
from bot.core.report import CellReport, Report
from bot.render import cell_lines, labels, page_words
from bot.render.cell_kind import kind_of
from bot.render.escape import clean
from bot.render.estimate import bounds, size
from bot.render.web.cells import SIGNS
from bot.render.web.view import Heatmap, Tile

SHADES = (0.02, 0.10, 0.30, 0.70)
"""From how large a change, as a logarithm (2 %, 10 %, 35 %, a factor of 2), a colour is darker."""


def heatmaps(report: Report) -> tuple[Heatmap, ...]:
    """Build one for each metric that a cell has, in the order of the metrics."""
    found = {cell.metric for cell in report.cells}
    return tuple(_heatmap(report, metric) for metric in METRICS if metric in found)


def _heatmap(report: Report, metric: MetricName) -> Heatmap:
    cells = {(cell.case, cell.candidate): cell for cell in report.cells if cell.metric == metric}
    cases = dict.fromkeys(case for case, _ in cells)
    rows = (
        (clean(case), tuple(_tile(cells.get((case, label))) for label in report.candidates))
        for case in cases
    )
    baseline = "" if report.subject else clean(report.baseline)
    return Heatmap(
        title=page_words.heatmap_title(labels.METRICS[metric], baseline),
        versions=tuple(map(clean, report.candidates)),
        rows=tuple(rows),
    )


def _tile(cell: CellReport | None) -> Tile | None:
    if cell is None:
        return None
    kind, word = kind_of(cell), cell_lines.word(cell)
    return Tile(
        kind=kind,
        sign=SIGNS[kind],
        text=size(cell) or word,
        shade=shade(cell),
        title=page_words.tile_title(
            cell_lines.word(cell), size(cell), bounds(cell) if size(cell) else ""
        ),
    )


def shade(cell: CellReport) -> int:
    """Say how dark a tile is, from -4 to 4; what is not shown to be a change stays pale."""
    if cell.verdict not in {"REGRESSION", "IMPROVEMENT"}:
        return 0
    sign = 1 if cell.verdict == "REGRESSION" else -1
    if cell.ratio is None or not 0 < cell.ratio < math.inf:
        return 2 * sign if cell.matters else 0
    distance = abs(math.log(cell.ratio))
    return sign * sum(distance >= limit for limit in SHADES)
