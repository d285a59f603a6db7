"""Owns the conclusion: a table of evidence becomes a report, an overall word and an exit code."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from statistics import median

from bot import __version__
from bot.core.bias import biases, doubt_alarms
from bot.core.cell_reports import cell_reports, counter_reports
from bot.core.control_report import control_report
from bot.core.failure_reports import FORESEEN, failure_reports, foreseen_gaps
from bot.core.framework_rows import ReferenceResult
from bot.core.metric import METRICS, MetricName
from bot.core.noise import Noise, disturbance, sum_up
from bot.core.reasons import unjudged_notes
from bot.core.reference_reports import reference_reports
from bot.core.report import (
    CellReport,
    CounterReport,
    FailureReport,
    NumericReport,
    Overall,
    Report,
    UpgradeReport,
)
from bot.core.run_facts import EnvironmentReport, Machine, NoiseReport, RuleReport, RunFacts
from bot.core.table import Table
from bot.core.upgrades import advised
from bot.core.verdict import step_down
from bot.core.version_reports import version_reports
from bot.errors import ExitCode

Foreseen = Collection[tuple[str, str]]
"""(case, label of a candidate) of cells that are rightly not measured."""


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
    foreseen = foreseen_gaps(table)
    references = tuple(reference_reports(table))
    is_look = not table.plan.candidates and any(row.ratio for row in references)
    code = exit_code(
        cells,
        findings.numerics,
        failures,
        table.plan.rule.fail_on,
        counters=counters,
        foreseen=foreseen,
        is_look=is_look,
    )
    return Report(
        tool_version=__version__,
        overall=overall(cells, findings.numerics, failures, foreseen=foreseen, is_look=is_look),
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
        notes=(*unjudged_notes(table.plan), *_late_results(table), *table.notes),
        exit_code=ExitCode.INTERRUPTED if findings.run.stopped_by == "interrupted" else code,
    )


def _late_results(table: Table) -> Iterator[str]:
    """Name the cases without cells that were not compared: no cell would tell."""
    baselines = (table.plan.baseline, table.plan.control)
    late = [
        case.name
        for case in table.plan.cases
        if any(table.wants_results(case, arm) for arm in table.plan.candidates)
        and not any(table.given_up(case.name, arm) for arm in baselines)
    ]
    if late:
        names = ", ".join(late)
        yield f"results that were not computed twice, and may be others the next time: {names}"


def overall(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
    *,
    foreseen: Foreseen = frozenset(),
    is_look: bool = False,
) -> Overall:
    """Say in one word how it ended; what could not be measured is never clean.

    `is_look`: no version was to be judged, other frameworks were to be seen beside the baseline,
    and were. Nothing else about them ever changes the word or the exit code.
    """
    is_wrong = any(numeric.verdict == "WRONG" for numeric in numerics)
    if is_wrong or any(is_regression(cell) for cell in cells):
        return "regression"
    if not is_look and not _has_answers(cells, numerics):
        return "nothing-measured"
    return "partly-measured" if _has_gaps(cells, numerics, failures, foreseen) else "clean"


def _has_answers(cells: Collection[CellReport], numerics: Collection[NumericReport]) -> bool:
    """Whether a cell was decided; results are an answer where nothing else was asked for."""
    if not cells:
        return any(numeric.verdict != "NOT_COMPARABLE" for numeric in numerics)
    return any(cell.verdict in {"REGRESSION", "IMPROVEMENT", "EQUIVALENT"} for cell in cells)


def _has_gaps(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
    foreseen: Foreseen,
) -> bool:
    """Whether something that was to be measured or compared could not be."""
    return (
        any(map(_is_gap, failures))
        or any(numeric.verdict == "NOT_COMPARABLE" for numeric in numerics)
        or any(
            cell.verdict == "NOT_MEASURED" and (cell.case, cell.candidate) not in foreseen
            for cell in cells
        )
    )


def exit_code(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
    fail_on: Collection[str],
    *,
    counters: Collection[CounterReport] = (),
    foreseen: Foreseen = frozenset(),
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
    if is_mute or _has_gaps(cells, numerics, failures, foreseen):
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
