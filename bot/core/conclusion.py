"""Owns the conclusion: a table of evidence becomes a report, an overall word and an exit code."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from bot import __version__
from bot.core.acknowledgements import acknowledged
from bot.core.bias import doubt_alarms
from bot.core.cell_reports import cell_reports, counter_reports
from bot.core.clean_report import cleaned
from bot.core.control_report import control_report
from bot.core.failure_reports import FORESEEN, failure_reports
from bot.core.framework_rows import ReferenceResult
from bot.core.merging import Shard, biases_anywhere, doubt_divided, notes_on_cells
from bot.core.metric import METRICS, MetricName
from bot.core.noise import Noise, disturbance, sum_up
from bot.core.plan import Plan
from bot.core.reasons import unjudged_notes
from bot.core.reference_reports import reference_reports
from bot.core.report import (
    CellReport,
    CounterReport,
    FailureReport,
    NumericReport,
    Overall,
    Place,
    Report,
    ShardReport,
    SubjectReport,
    UpgradeReport,
)
from bot.core.run_facts import EnvironmentReport, Machine, NoiseReport, RuleReport, RunFacts
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
    places: Mapping[str, Place] = field(default_factory=dict)
    shards: tuple[ShardReport, ...] = ()
    parts: tuple[Shard, ...] = ()
    notes: tuple[str, ...] = ()


def conclude(table: Table, findings: Findings) -> Report:
    """Decide everything there is to say."""
    step_down(table.candidate_cells.values())
    found = biases_anywhere(table, findings.parts)
    doubt_alarms(table, found)
    doubt_divided(table, found, findings.parts)
    noise = sum_up(table.conditions)
    gpu_shares = [
        c.device_utilisation for c in table.conditions if c.device_utilisation is not None
    ]
    cells = tuple(cell_reports(table, disturbance=disturbance(noise)))
    counters = tuple(counter_reports(table))
    failures = advised(tuple(failure_reports(table)), findings.upgrades, table.plan)
    report = Report(
        tool_version=__version__,
        overall="nothing-measured",
        baseline=table.plan.baseline.label,
        candidates=tuple(candidate.label for candidate in table.plan.candidates),
        cases=tuple(case.name for case in table.plan.cases),
        cells=cells,
        numerics=findings.numerics,
        counters=counters,
        reported=tuple(table.reported.rows(table.plan)),
        versions=tuple(version_reports(table, found)),
        references=tuple(reference_reports(table)),
        reference_results=findings.reference_results,
        failures=failures,
        upgrades=findings.upgrades,
        control=control_report(table, found),
        environments=findings.environments,
        machine=findings.machine,
        run=findings.run,
        noise=_noise_report(noise, gpu_shares),
        rule=_rule_report(table),
        shards=findings.shards,
        notes=(
            *table.plan.found,
            *findings.notes,
            *notes_on_cells(table, findings.parts),
            *unjudged_notes(table.plan),
            *_late_results(table),
            *table.notes,
        ),
        commit=table.plan.commit,
        subject=_subject_report(table.plan),
        places=dict(findings.places),
        exit_code=ExitCode.PARTLY_MEASURED,
    )
    day = date.fromisoformat(table.plan.created[:10])
    return decide_again(acknowledged(cleaned(report), table.plan.acknowledged, today=day))


def decide_again(report: Report, fail_on: Collection[str] | None = None) -> Report:
    """Choose overall word and exit code anew from the rows as they stand, and from nothing else.

    For a report whose alarms were acknowledged or measured again. `fail_on` replaces what the run
    was to fail on.
    """
    kinds = tuple(report.rule.fail_on if fail_on is None else fail_on)
    rows = report.cells, report.numerics, report.failures
    is_look = not report.candidates and any(row.ratio for row in report.references)
    code = exit_code(*rows, kinds, counters=report.counters, is_look=is_look)
    return report.model_copy(
        update={
            "notes": (*_unconfirmed(report), *(n for n in report.notes if not _is_of_alarms(n))),
            "overall": overall(*rows, is_look=is_look),
            "exit_code": ExitCode.INTERRUPTED if report.run.stopped_by == "interrupted" else code,
            "rule": report.rule.model_copy(update={"fail_on": kinds}),
        }
    )


NOT_CONFIRMED = "not confirmed: "
"""How the note begins that is about alarms nobody measured again."""


def _is_of_alarms(note: str) -> bool:
    return note.startswith(NOT_CONFIRMED)


def _unconfirmed(report: Report) -> Iterator[str]:
    """Say that alarms which were to be measured again were not; they count as they are."""
    waiting = sum(is_regression(cell) and cell.confirmation is None for cell in report.cells)
    waiting += sum(is_wrong(each) and each.confirmation is None for each in report.numerics)
    if report.rule.confirm and waiting:
        what = "1 alarm was" if waiting == 1 else f"{waiting} alarms were"
        yield f"{NOT_CONFIRMED}{what} not measured again on a fresh machine"


def _late_results(table: Table) -> Iterator[str]:
    """Name the cases without cells that were not compared: no cell would tell."""
    late = [
        case.name
        for case in table.plan.cases
        if any(
            table.wants_results(case, arm) and table.is_comparable(case.name, arm)
            for arm in table.plan.candidates
        )
    ]
    if late:
        names = ", ".join(late)
        yield f"results that were not computed twice, and may be others the next time: {names}"


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
    if any(map(is_wrong, numerics)) or any(map(is_regression, cells)):
        return "regression"
    if not is_look and not _has_answers(cells, numerics):
        return "nothing-measured"
    return "partly-measured" if _has_gaps(cells, numerics, failures) else "clean"


def _has_answers(cells: Collection[CellReport], numerics: Collection[NumericReport]) -> bool:
    """Whether a cell was decided; results are an answer where nothing else was asked for."""
    if not cells:
        return any(numeric.verdict != "NOT_COMPARABLE" for numeric in numerics)
    return any(cell.verdict in {"REGRESSION", "IMPROVEMENT", "EQUIVALENT"} for cell in cells)


def _has_gaps(
    cells: Collection[CellReport],
    numerics: Collection[NumericReport],
    failures: Collection[FailureReport],
) -> bool:
    """Whether something that was to be measured or compared could not be."""
    skipped = {(each.case, each.environment) for each in failures if each.kind == FORESEEN}
    return (
        any(map(_is_gap, failures))
        or any(numeric.verdict == "NOT_COMPARABLE" for numeric in numerics)
        or any(
            cell.verdict == "NOT_MEASURED"
            and not cell.foreseen
            and (cell.case, cell.candidate) not in skipped
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
    is_look: bool = False,
) -> ExitCode:
    """Choose the exit code; `fail_on` says which findings are worth failing for."""
    acts = {
        "regression": any(map(is_regression, cells)),
        "wrong": any(map(is_wrong, numerics)),
        "drifted": any(numeric.verdict == "DRIFTED" and stands(numeric) for numeric in numerics),
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
    """Whether a cell is a decided slowdown as large as its threshold that still counts."""
    return cell.verdict == "REGRESSION" and cell.matters and stands(cell)


def is_wrong(numeric: NumericReport) -> bool:
    """Whether a result is wrong, and that still counts."""
    return numeric.verdict == "WRONG" and stands(numeric)


def stands(row: CellReport | NumericReport) -> bool:
    """Whether a finding is neither accepted by somebody nor refuted by a second measurement."""
    is_refuted = row.confirmation is not None and row.confirmation.word == "refuted"
    return row.acknowledged is None and not is_refuted


def _subject_report(plan: Plan) -> SubjectReport | None:
    """Say which columns are the two sides of the user's project."""
    base, head = plan.baseline.subject, None
    pairs: dict[str, str] = {}
    for candidate in plan.candidates:
        if candidate.ref == "head" and candidate.subject is not None:
            head = candidate.subject
            pairs[candidate.label] = plan.opponents(candidate)[0].label
    if base is None or head is None:
        return None
    return SubjectReport(name=head.name, base=base.commit, head=head.commit, pairs=pairs)


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
        confirm=plan.rule.confirm,
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
