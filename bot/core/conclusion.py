"""Owns the conclusion: a table of evidence becomes a report, an overall word and an exit code."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from statistics import median

from bot import __version__
from bot.core.metric import CASE_METRICS, IMPORT_CASE, METRICS, MetricName
from bot.core.outcome import Skipped
from bot.core.plan import Environment
from bot.core.reasons import cell_reason, not_measured_reason
from bot.core.report import (
    CellReport,
    Control,
    ControlCell,
    EnvironmentReport,
    FailureReport,
    Machine,
    NumericReport,
    Overall,
    Report,
    RuleReport,
    RunFacts,
    Verdict,
)
from bot.core.table import CellKey, Table
from bot.core.verdict import Cell, Direction, Estimate, step_down
from bot.errors import ExitCode

VERDICTS: dict[Direction | None, Verdict] = {
    "slower": "REGRESSION",
    "faster": "IMPROVEMENT",
    "equivalent": "EQUIVALENT",
    None: "INCONCLUSIVE",
}
FORESEEN = "skipped"
"""The kind of a failure that the plan foresaw: a case newer than a release."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What the doors found besides samples."""

    numerics: tuple[NumericReport, ...]
    environments: tuple[EnvironmentReport, ...]
    machine: Machine
    run: RunFacts


def conclude(table: Table, findings: Findings) -> Report:
    """Decide everything there is to say."""
    step_down(table.candidate_cells.values())
    cells = tuple(cell_reports(table))
    failures = tuple(failure_reports(table))
    fail_on = table.plan.rule.fail_on
    return Report(
        tool_version=__version__,
        overall=overall(cells, findings.numerics, failures),
        baseline=table.plan.baseline.label,
        candidates=tuple(candidate.label for candidate in table.plan.candidates),
        cases=tuple(case.name for case in table.plan.cases),
        cells=cells,
        numerics=findings.numerics,
        failures=failures,
        control=control_report(table),
        environments=findings.environments,
        machine=findings.machine,
        run=findings.run,
        rule=_rule_report(table),
        notes=tuple(table.notes),
        exit_code=(
            ExitCode.INTERRUPTED
            if findings.run.stopped_by == "interrupted"
            else exit_code(cells, findings.numerics, failures, fail_on)
        ),
    )


def overall(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
) -> Overall:
    """Say in one word how it ended; what could not be measured is never clean."""
    is_wrong = any(numeric.verdict == "WRONG" for numeric in numerics)
    if is_wrong or any(is_regression(cell) for cell in cells):
        return "regression"
    if not any(cell.verdict in {"REGRESSION", "IMPROVEMENT", "EQUIVALENT"} for cell in cells):
        return "nothing-measured"
    return "partly-measured" if _has_gaps(cells, numerics, failures) else "clean"


def _has_gaps(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
) -> bool:
    """Whether something that was to be measured or compared could not be."""
    foreseen = {failure.case for failure in failures if failure.kind == FORESEEN}
    return (
        any(failure.kind != FORESEEN for failure in failures)
        or any(numeric.verdict == "NOT_COMPARABLE" for numeric in numerics)
        or any(cell.verdict == "NOT_MEASURED" and cell.case not in foreseen for cell in cells)
    )


def exit_code(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
    fail_on: Collection[str],
) -> ExitCode:
    """Choose the exit code; `fail_on` says which findings are worth failing for."""
    acts = {
        "regression": any(is_regression(cell) for cell in cells),
        "wrong": any(numeric.verdict == "WRONG" for numeric in numerics),
        "drifted": any(numeric.verdict == "DRIFTED" for numeric in numerics),
        "failure": any(failure.kind != FORESEEN for failure in failures),
    }
    if any(acts[kind] for kind in fail_on):
        return ExitCode.REGRESSION
    is_mute = overall(cells, numerics, failures) == "nothing-measured"
    if is_mute or _has_gaps(cells, numerics, failures):
        return ExitCode.PARTLY_MEASURED
    return ExitCode.NOTHING_TO_ACT_ON


def is_regression(cell: CellReport) -> bool:
    """Whether a cell is a decided slowdown as large as its threshold."""
    return cell.verdict == "REGRESSION" and cell.matters


def cell_reports(table: Table) -> Iterator[CellReport]:
    """Report every cell of the plan, measured or not."""
    for candidate in table.plan.candidates:
        yield _cell_report(table, IMPORT_CASE, "import", candidate)
        for case in table.plan.cases:
            for metric in CASE_METRICS:
                yield _cell_report(table, case.name, metric, candidate)


def _cell_report(table: Table, case: str, metric: MetricName, candidate: Environment) -> CellReport:
    key = (case, metric, candidate.id)
    cell = table.cells.get(key)
    missing = _why_not_measured(table, case, candidate, cell)
    if missing is not None or cell is None:
        return CellReport(
            case=case,
            metric=metric,
            candidate=candidate.label,
            verdict="NOT_MEASURED",
            blocks=len(cell.trials) if cell else 0,
            reason=missing or not_measured_reason(),
            unit=METRICS[metric].unit,
            threshold=table.threshold(case, metric),
        )
    return _measured_cell(table, key, cell, candidate)


def _measured_cell(table: Table, key: CellKey, cell: Cell, candidate: Environment) -> CellReport:
    case, metric, _ = key
    estimate = cell.estimate()
    before, after = table.absolute(key)
    matters = _matters(cell, metric, estimate, abs(after - before))
    return CellReport(
        case=case,
        metric=metric,
        candidate=candidate.label,
        verdict="INCONCLUSIVE" if cell.is_unstable else VERDICTS[cell.decision],
        ratio=estimate.ratio,
        interval=_bounds(estimate),
        blocks=len(cell.trials),
        reason=cell_reason(cell, metric, estimate, matters=matters, plan=table.plan),
        baseline_value=before,
        candidate_value=after,
        unit=METRICS[metric].unit,
        threshold=cell.limits.threshold,
        matters=matters,
    )


def _why_not_measured(
    table: Table, case: str, candidate: Environment, cell: Cell | None
) -> str | None:
    if cell is not None and cell.is_settled:
        return None
    for environment in (candidate, table.plan.baseline, table.plan.control):
        if ending := table.given_up(case, environment):
            return not_measured_reason(environment, ending)
    if cell is None or not cell.trials:
        return not_measured_reason()
    return None


def _matters(cell: Cell, metric: MetricName, estimate: Estimate, change: float) -> bool:
    """Whether a decided change reaches the threshold, relative and absolute."""
    if cell.decision not in {"slower", "faster"} or cell.is_within_threshold:
        return False
    reaches = abs(math.log(estimate.ratio)) >= math.log1p(cell.limits.threshold)
    return reaches and change >= METRICS[metric].least_change


def _bounds(estimate: Estimate) -> tuple[float | None, float | None]:
    low = estimate.low if estimate.low > 0 else None
    return low, estimate.high if math.isfinite(estimate.high) else None


def failure_reports(table: Table) -> Iterator[FailureReport]:
    """Report every ending that is not a measurement: environments first, then cases."""
    away = {table.plan.baseline.id, table.plan.control.id} & table.unavailable.keys()
    for environment in table.plan.environments:
        if environment.role == "control" and len(away) > 1:
            continue  # what keeps the baseline away, and was told there
        if reason := table.unavailable.get(environment.id):
            yield FailureReport(
                case="*", environment=environment.label, kind="unavailable", reason=reason
            )
    for broken in table.plan.broken_workloads:
        yield FailureReport(
            case=broken.workload, environment="*", kind="workload", reason=broken.reason
        )
    for case in (IMPORT_CASE, *(case.name for case in table.plan.cases)):
        for environment in table.plan.environments:
            yield from _failure_report(table, case, environment)


def _failure_report(table: Table, case: str, environment: Environment) -> Iterator[FailureReport]:
    skipped = table.skipped(case, environment)
    is_told = environment.id in table.unavailable or environment.role == "control"
    if isinstance(skipped, Skipped) and not is_told:
        yield FailureReport(
            case=case, environment=environment.label, kind="skipped", reason=skipped.reason
        )
    failures = table.failures.get((case, environment.id), [])
    if failures:
        last = failures[-1]
        yield FailureReport(
            case="*" if case == IMPORT_CASE else case,
            environment=environment.label,
            kind=last.kind,
            reason=last.reason,
            detail=last.detail,
        )


def control_report(table: Table) -> Control:
    """Report the A/A control: the same engine on two installs of the same release."""
    name = table.plan.control.id
    cells = []
    for (case, metric, environment), cell in table.cells.items():
        if environment == name and cell.trials:
            estimate = cell.estimate()
            cells.append(
                ControlCell(
                    case=case,
                    metric=metric,
                    flagged=cell.decision in {"slower", "faster"},
                    ratio=estimate.ratio,
                    interval=_bounds(estimate),
                    blocks=len(cell.trials),
                )
            )
    shifts = [abs(math.log(cell.ratio)) for cell in cells if cell.metric == "step" and cell.ratio]
    return Control(
        cells=tuple(cells),
        flagged=sum(cell.flagged for cell in cells),
        noise_floor=median(shifts) if shifts else None,
    )


def _rule_report(table: Table) -> RuleReport:
    plan = table.plan
    thresholds: dict[MetricName, float] = {
        name: plan.rule.thresholds.get(name, metric.threshold) for name, metric in METRICS.items()
    }
    return RuleReport(
        threshold=thresholds["step"],
        thresholds=thresholds,
        alpha=plan.rule.alpha,
        cells=plan.rule.cells,
        most_blocks=plan.rule.most_blocks,
        fail_on=plan.rule.fail_on,
        dependencies=plan.dependencies,
        device=plan.device,
        threads=plan.threads,
        knobs=plan.knobs,
    )
