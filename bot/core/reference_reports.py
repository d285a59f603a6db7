"""Owns the rows about other frameworks: figures beside the baseline's, without a verdict."""

from collections.abc import Iterator

from bot.core.cell_reports import in_unit
from bot.core.framework_rows import ReferenceReport
from bot.core.metric import IMPORT_CASE, METRICS, REFERENCE_METRICS, MetricName
from bot.core.plan import Environment
from bot.core.table import CellKey, Table


def reference_reports(table: Table) -> Iterator[ReferenceReport]:
    """Report every metric of every case that somebody wrote in another framework."""
    for reference in table.plan.references:
        for case, metric in _places(table, reference):
            yield _reference_report(table, (case, metric, reference.id), reference)


def _places(table: Table, reference: Environment) -> Iterator[tuple[str, MetricName]]:
    for metric in table.plan.import_metrics:
        if metric in REFERENCE_METRICS:
            yield IMPORT_CASE, metric
    for case in table.plan.cases:
        if case.program(reference) is not None:
            for metric in table.plan.reference_metrics(case):
                yield case.name, metric


def _reference_report(table: Table, key: CellKey, reference: Environment) -> ReferenceReport:
    case, metric, _ = key
    cell = table.references[key]
    if not cell.trials:
        return ReferenceReport(
            case=case,
            metric=metric,
            reference=reference.label,
            unit=METRICS[metric].unit,
            reason=_why_not_measured(table, key, reference),
        )
    ratio, interval = in_unit(metric, cell.estimate())
    before, value = table.absolute(key)
    return ReferenceReport(
        case=case,
        metric=metric,
        reference=reference.label,
        ratio=ratio,
        interval=interval,
        blocks=len(cell.trials),
        baseline_value=before,
        reference_value=value,
        unit=METRICS[metric].unit,
    )


def _why_not_measured(table: Table, key: CellKey, reference: Environment) -> str:
    case, metric, _ = key
    if ending := table.given_up(case, reference):
        return ending.reason
    for baseline in (table.plan.baseline, table.plan.control):
        if ending := table.given_up(case, baseline):
            return f"the baseline cannot be measured: {ending.reason}"
    if metric == "device_memory":
        return "nobody saw it use a GPU"
    return "no block was finished for it"
