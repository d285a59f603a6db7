"""Owns what is said about the A/A control, and about the machine it saw."""

import math
from collections.abc import Collection, Iterator
from statistics import fmean, median

from bot.core.bias import Bias
from bot.core.cell_reports import in_unit
from bot.core.detectable import FEWEST_BLOCKS_OF_NOISE, detectable_shift
from bot.core.metric import METRICS, MetricName
from bot.core.report import BiasReport, Control, ControlCell
from bot.core.table import Table
from bot.core.verdict import Cell


def control_report(table: Table, biases: Collection[Bias]) -> Control:
    """Report the A/A control: the same engine on two installs of the same release."""
    cells = tuple(_control_cells(table))
    shifts = [abs(math.log(cell.ratio)) for cell in cells if cell.metric == "step" and cell.ratio]
    return Control(
        cells=cells,
        flagged=sum(cell.flagged for cell in cells),
        noise_floor=median(shifts) if shifts else None,
        detectable=_detectable(table),
        biases=tuple(_bias_report(bias) for bias in biases),
    )


def _controls(table: Table) -> Iterator[tuple[str, MetricName, Cell]]:
    for (case, metric, environment), cell in table.cells.items():
        if environment == table.plan.control.id and cell.trials:
            yield case, metric, cell


def _control_cells(table: Table) -> Iterator[ControlCell]:
    for case, metric, cell in _controls(table):
        value, interval = in_unit(metric, cell.estimate())
        is_ratio = cell.limits.scale == "ratio"
        yield ControlCell(
            case=case,
            metric=metric,
            flagged=cell.decision in {"slower", "faster"},
            ratio=value if is_ratio else None,
            difference=None if is_ratio else value,
            interval=interval,
            blocks=len(cell.trials),
        )


def _detectable(table: Table) -> float | None:
    """Return the slowdown of a typical case's step that a run like this one would hardly miss."""
    steps = [
        cell
        for _, metric, cell in _controls(table)
        if metric == "step" and len(cell.trials) >= FEWEST_BLOCKS_OF_NOISE
    ]
    if not steps:
        return None
    steps.sort(key=lambda cell: fmean(abs(trial.log_ratio) for trial in cell.trials))
    typical = steps[len(steps) // 2]
    shift = detectable_shift(
        [trial.log_ratio for trial in typical.trials],
        typical.limits,
        most_blocks=table.plan.rule.most_blocks,
    )
    return None if shift is None else math.expm1(shift)


def _bias_report(bias: Bias) -> BiasReport:
    rule = METRICS[bias.metric]
    if rule.scale == "difference":
        shift, margin = bias.shift * rule.score_unit, bias.margin * rule.score_unit
    else:
        shift, margin = math.expm1(bias.shift), math.expm1(bias.margin)
    return BiasReport(metric=bias.metric, shift=shift, margin=margin)
