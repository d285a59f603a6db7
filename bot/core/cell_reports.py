"""Owns the rows about cells: what became of every (case, metric, candidate) of the plan."""

import math
from collections.abc import Iterator

from bot.core.counts import Count
from bot.core.failure_reports import is_foreseen
from bot.core.metric import IMPORT_CASE, METRICS, MetricName
from bot.core.plan import Environment
from bot.core.reasons import cell_reason, change_not_measured_reason, not_measured_reason
from bot.core.report import CellReport, CounterReport, Verdict
from bot.core.table import CellKey, Table
from bot.core.verdict import Cell, Direction, Estimate

VERDICTS: dict[Direction | None, Verdict] = {
    "slower": "REGRESSION",
    "faster": "IMPROVEMENT",
    "equivalent": "EQUIVALENT",
    None: "INCONCLUSIVE",
}
Bounds = tuple[float | None, float | None]


def cell_reports(table: Table, *, disturbance: str | None) -> Iterator[CellReport]:
    """Report every cell of the plan, measured or not.

    `disturbance` is what the machine suffered from; it is told where there is no answer.
    """
    for candidate in table.plan.candidates:
        for case, metric in _places(table):
            if not table.plan.judges(case, metric, candidate):
                continue  # only suspects are measured again
            yield cell_report(table, (case, metric, candidate.id), candidate, disturbance)


def _places(table: Table) -> Iterator[tuple[str, MetricName]]:
    for metric in table.plan.import_metrics:
        yield IMPORT_CASE, metric
    for case in table.plan.cases:
        for metric in table.plan.metrics_of(case):
            yield case.name, metric


def cell_report(
    table: Table, key: CellKey, candidate: Environment, disturbance: str | None = None
) -> CellReport:
    """Report one cell of the plan, measured or not."""
    cell = table.cells.get(key)
    missing = _why_not_measured(table, key[0], candidate, cell)
    if missing is None and cell is not None:
        return _measured_cell(table, key, cell, candidate, disturbance)
    case, metric, _ = key
    return CellReport(
        case=case,
        metric=metric,
        candidate=candidate.label,
        verdict="NOT_MEASURED",
        blocks=len(cell.trials) if cell else 0,
        reason=missing or not_measured_reason(),
        unit=METRICS[metric].unit,
        threshold=_threshold(table, case, metric),
        foreseen=is_foreseen(table, case, candidate),
        against=_against(table, candidate),
    )


def _measured_cell(
    table: Table, key: CellKey, cell: Cell, candidate: Environment, disturbance: str | None
) -> CellReport:
    case, metric, _ = key
    estimate = cell.estimate()
    before, after = table.absolute(key)
    walls = table.walls(key)
    matters = _matters(cell, metric, estimate, abs(after - before))
    value, interval = in_unit(metric, estimate)
    is_ratio = cell.limits.scale == "ratio"
    return CellReport(
        case=case,
        metric=metric,
        candidate=candidate.label,
        verdict="INCONCLUSIVE" if cell.is_unstable or cell.is_doubted else VERDICTS[cell.decision],
        ratio=value if is_ratio else None,
        difference=None if is_ratio else value,
        interval=interval,
        blocks=len(cell.trials),
        reason=cell_reason(
            cell, metric, estimate, matters=matters, plan=table.plan, disturbance=disturbance
        ),
        baseline_value=before,
        candidate_value=after,
        baseline_wall_seconds=walls[0],
        candidate_wall_seconds=walls[1],
        unit=METRICS[metric].unit,
        threshold=_threshold(table, case, metric),
        matters=matters,
        against=_against(table, candidate),
    )


def _against(table: Table, candidate: Environment) -> str | None:
    """Name what a candidate is compared with, where that is not the baseline."""
    return table.plan.opponents(candidate)[0].label if candidate.against else None


def in_unit(metric: MetricName, estimate: Estimate) -> tuple[float, Bounds]:
    """Return an estimate and its bounds as people read them; an infinite bound is none."""
    unit = METRICS[metric].score_unit
    is_ratio = METRICS[metric].scale == "ratio"
    low = estimate.low * unit if math.isfinite(estimate.low) else None
    high = estimate.high * unit if math.isfinite(estimate.high) else None
    if is_ratio and low == 0:
        low = None  # exp(-infinity)
    return estimate.value * unit, (low, high)


def _threshold(table: Table, case: str, metric: MetricName) -> float:
    return table.threshold(case, metric) * METRICS[metric].score_unit


def _why_not_measured(
    table: Table, case: str, candidate: Environment, cell: Cell | None
) -> str | None:
    if cell is not None and cell.is_settled:
        return None
    its, opponents = table.given_up(case, candidate), table.plan.opponents(candidate)
    theirs = next((said for each in opponents if (said := table.given_up(case, each))), None)
    if candidate.has_change and (its or theirs):
        was_fine = any(table.was_measured(case, each) for each in opponents)
        return change_not_measured_reason(its, theirs, was_fine=was_fine)
    if its or theirs:
        return not_measured_reason(candidate if its else opponents[0], its or theirs)
    if cell is None or not cell.trials:
        return not_measured_reason()
    return None


def _matters(cell: Cell, metric: MetricName, estimate: Estimate, change: float) -> bool:
    """Whether a decided change reaches the threshold, relative and absolute."""
    if cell.decision not in {"slower", "faster"} or cell.is_within_threshold or cell.is_doubted:
        return False
    if cell.limits.scale == "difference":
        return abs(estimate.value) >= cell.limits.shift
    reaches = abs(math.log(estimate.value)) >= cell.limits.shift
    return reaches and change >= METRICS[metric].least_change


def counter_reports(table: Table) -> Iterator[CounterReport]:
    """Report every counter that was counted, next to that of what it is compared with."""
    for candidate in table.plan.candidates:
        opponents = tuple(each.id for each in table.plan.opponents(candidate))
        for case in (IMPORT_CASE, *(case.name for case in table.plan.cases)):
            for count in table.counts.compare(case, opponents, candidate.id):
                yield _counter_report(case, candidate, count)


def _counter_report(case: str, candidate: Environment, count: Count) -> CounterReport:
    return CounterReport(
        case=case,
        candidate=candidate.label,
        counter=count.counter,
        comparison=count.comparison,
        baseline_value=count.baseline_value,
        candidate_value=count.candidate_value,
    )
