"""Owns the conclusion: a table of evidence becomes a report, an overall word and an exit code."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import median

from bot import __version__
from bot.core.bias import biases, doubt_alarms
from bot.core.cell_reports import cell_reports, counter_reports
from bot.core.control_report import control_report
from bot.core.failure_reports import FORESEEN, failure_reports
from bot.core.framework_rows import ReferenceResult
from bot.core.metric import METRICS, MetricName
from bot.core.noise import Noise, disturbance, sum_up
from bot.core.reference_reports import reference_reports
from bot.core.report import (
    CellReport,
    CounterReport,
    EnvironmentReport,
    FailureReport,
    Machine,
    NoiseReport,
    NumericReport,
    Overall,
    Report,
    RuleReport,
    RunFacts,
    UpgradeReport,
)
from bot.core.table import Table
from bot.core.upgrades import advised
from bot.core.verdict import step_down
from bot.core.version_reports import version_reports
from bot.errors import ExitCode


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What the doors found besides samples."""

    numerics: tuple[NumericReport, ...]
    reference_results: tuple[ReferenceResult, ...] = ()
    environments: tuple[EnvironmentReport, ...]
    machine: Machine
    run: RunFacts
    upgrades: tuple[UpgradeReport, ...] = ()


def conclude(table: Table, findings: Findings) -> Report:
    """Decide everything there is to say."""
    step_down(table.candidate_cells.values())
    found = tuple(biases(table))
    doubt_alarms(table, found)
    noise = sum_up(table.conditions)
    gpu_shares = [
        c.device_utilisation for c in table.conditions if c.device_utilisation is not None
    ]
    cells = tuple(cell_reports(table, disturbance=disturbance(noise)))
    counters = tuple(counter_reports(table))
    failures = advised(tuple(failure_reports(table)), findings.upgrades, table.plan)
    references = tuple(reference_reports(table))
    is_look = not table.plan.candidates and any(row.ratio for row in references)
    fail_on = table.plan.rule.fail_on
    return Report(
        tool_version=__version__,
        overall=overall(cells, findings.numerics, failures, is_look=is_look),
        baseline=table.plan.baseline.label,
        candidates=tuple(candidate.label for candidate in table.plan.candidates),
        cases=tuple(case.name for case in table.plan.cases),
        cells=cells,
        numerics=findings.numerics,
        counters=counters,
        reported=tuple(table.reported.rows(table.plan)),
        versions=tuple(version_reports(table, found)),
        references=references,
        reference_results=findings.reference_results,
        failures=failures,
        upgrades=findings.upgrades,
        control=control_report(table, found),
        environments=findings.environments,
        machine=findings.machine,
        run=findings.run,
        noise=_noise_report(noise, gpu_shares),
        rule=_rule_report(table),
        notes=tuple(table.notes),
        exit_code=(
            ExitCode.INTERRUPTED
            if findings.run.stopped_by == "interrupted"
            else exit_code(
                cells, findings.numerics, failures, fail_on, counters=counters, is_look=is_look
            )
        ),
    )


def overall(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
    *,
    is_look: bool = False,
) -> Overall:
    """Say in one word how it ended; what could not be measured is never clean.

    `is_look`: no version was to be judged, other frameworks were to be seen beside the baseline,
    and were. Nothing else about them ever changes the word or the exit code.
    """
    is_wrong = any(numeric.verdict == "WRONG" for numeric in numerics)
    if is_wrong or any(is_regression(cell) for cell in cells):
        return "regression"
    decided = {"REGRESSION", "IMPROVEMENT", "EQUIVALENT"}
    if not is_look and not any(cell.verdict in decided for cell in cells):
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
        any(map(_is_gap, failures))
        or any(numeric.verdict == "NOT_COMPARABLE" for numeric in numerics)
        or any(cell.verdict == "NOT_MEASURED" and cell.case not in foreseen for cell in cells)
    )


def exit_code(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
    fail_on: Collection[str],
    *,
    counters: Collection[CounterReport] = (),
    is_look: bool = False,
) -> ExitCode:
    """Choose the exit code; `fail_on` says which findings are worth failing for."""
    acts = {
        "regression": any(is_regression(cell) for cell in cells),
        "wrong": any(numeric.verdict == "WRONG" for numeric in numerics),
        "drifted": any(numeric.verdict == "DRIFTED" for numeric in numerics),
        "failure": any(map(_is_gap, failures)),
        "counter": any(counter.comparison == "MORE" for counter in counters),
    }
    if any(acts[kind] for kind in fail_on):
        return ExitCode.REGRESSION
    is_mute = overall(cells, numerics, failures, is_look=is_look) == "nothing-measured"
    if is_mute or _has_gaps(cells, numerics, failures):
        return ExitCode.PARTLY_MEASURED
    return ExitCode.NOTHING_TO_ACT_ON


def _is_gap(failure: FailureReport) -> bool:
    """Whether something is missing that was to be judged; another framework was to be seen only."""
    return failure.kind != FORESEEN and not failure.is_reference


def is_regression(cell: CellReport) -> bool:
    """Whether a cell is a decided slowdown as large as its threshold."""
    return cell.verdict == "REGRESSION" and cell.matters


def _rule_report(table: Table) -> RuleReport:
    plan = table.plan
    thresholds: dict[MetricName, float] = {
        name: plan.rule.thresholds.get(name, METRICS[name].threshold)
        for name in (*plan.case_metrics, *plan.import_metrics)
    }
    return RuleReport(
        threshold=thresholds.get("step", METRICS["step"].threshold),
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


def _noise_report(noise: Noise, gpu_shares: Collection[float]) -> NoiseReport:
    return NoiseReport(
        blocks=noise.blocks,
        stolen_share=noise.stolen.median if noise.stolen else None,
        others_share=noise.used_by_others.median if noise.used_by_others else None,
        queued_share=noise.queued.median if noise.queued else None,
        waiting_share=noise.waiting_for_core.median if noise.waiting_for_core else None,
        mhz=noise.mhz.median if noise.mhz else None,
        gpu_share=median(gpu_shares) if gpu_shares else None,
        disturbance=disturbance(noise),
    )
