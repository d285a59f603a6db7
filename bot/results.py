"""Owns the comparison of results: reads what workloads saved, lets the core judge it."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bot.core.framework_rows import ReferenceResult
from bot.core.numerics import compare
from bot.core.outputs import BadOutputs, Outputs, parse_npz
from bot.core.plan import Case, Environment, Plan
from bot.core.reference_numerics import liken
from bot.core.report import NumericReport
from bot.core.table import Table
from bot.run_folder import RunFolder

MOST_BYTES = 256 * 2**20
NO_RESULTS = "there are no results here, and the baseline has some"


def numeric_reports(table: Table, folder: RunFolder) -> Iterator[NumericReport]:
    """Judge the results of every case in every candidate where its opponent produced some."""
    plan = table.plan
    for case in plan.cases:
        for candidate in plan.candidates:
            opponent = plan.opponents(candidate)[0]
            before = folder.outputs(opponent, case)
            if not before[0].exists():
                continue
            first, again = folder.outputs(candidate, case)
            against = opponent.label if candidate.against else None
            if first.exists():
                yield _judge(case, candidate, before, (first, again), against=against)
            elif table.was_measured(case.name, candidate):  # and so was asked for results
                yield _not_comparable(case, candidate, NO_RESULTS, against=against)


def _judge(
    case: Case,
    candidate: Environment,
    baseline: tuple[Path, Path],
    ours: tuple[Path, Path],
    *,
    against: str | None,
) -> NumericReport:
    try:
        finding = compare(
            baseline=_read(baseline[0]),
            baseline_again=_read(baseline[1]) if baseline[1].exists() else None,
            candidate=_read(ours[0]),
            candidate_again=_read(ours[1]) if ours[1].exists() else None,
            tolerance=case.tolerance,
        )
    except BadOutputs as error:
        return _not_comparable(case, candidate, error.what, against=against)
    return NumericReport(
        case=case.name, candidate=candidate.label, against=against, **asdict(finding)
    )


def _not_comparable(
    case: Case, candidate: Environment, reason: str, *, against: str | None
) -> NumericReport:
    return NumericReport(
        case=case.name,
        candidate=candidate.label,
        against=against,
        verdict="NOT_COMPARABLE",
        reason=reason,
    )


def reference_results(plan: Plan, folder: RunFolder) -> Iterator[ReferenceResult]:
    """Liken the results of every case in every other framework that produced some."""
    for case in plan.cases:
        baseline = folder.outputs(plan.baseline, case)[0]
        for reference in plan.references:
            theirs = folder.outputs(reference, case)[0]
            if baseline.exists() and theirs.exists():
                yield _liken(case, reference, baseline, theirs)


def _liken(case: Case, reference: Environment, baseline: Path, theirs: Path) -> ReferenceResult:
    named = {"case": case.name, "reference": reference.label}
    try:
        likeness = liken(_read(baseline), _read(theirs), tolerance=case.tolerance)
    except BadOutputs as error:
        return ReferenceResult(**named, word="NOT_COMPARABLE", reason=error.what)
    return ReferenceResult(**named, **asdict(likeness))


def _read(path: Path) -> Outputs:
    if path.stat().st_size > MOST_BYTES:
        raise BadOutputs(f"the results take more than {MOST_BYTES} bytes", where=str(path))
    return parse_npz(path.read_bytes(), most_bytes=MOST_BYTES)
