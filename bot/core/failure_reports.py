"""Owns the rows about what could not be measured: environments first, then cases."""

from collections.abc import Iterator

from bot.core.gone_api import framework_name, gone_api
from bot.core.metric import IMPORT_CASE
from bot.core.outcome import Skipped
from bot.core.plan import BrokenWorkload, Environment, Plan
from bot.core.report import FailureReport
from bot.core.table import Table

FORESEEN = "skipped"
"""The kind of a failure that the plan foresaw: a case newer than a release."""


def failure_reports(table: Table) -> Iterator[FailureReport]:
    """Report every ending that is not a measurement: environments first, then cases."""
    away = {table.plan.baseline.id, table.plan.control.id} & table.unavailable.keys()
    for environment in table.plan.environments:
        if environment.role == "control" and len(away) > 1:
            continue  # what keeps the baseline away, and was told there
        if reason := table.unavailable.get(environment.id):
            yield FailureReport(
                case="*",
                environment=environment.label,
                kind="unavailable",
                reason=reason,
                is_reference=environment.role == "reference",
            )
    for broken in table.plan.broken_workloads:
        yield from _broken_reports(table.plan, broken)
    for case in (IMPORT_CASE, *(case.name for case in table.plan.cases)):
        for environment in table.plan.environments:
            yield from _failure_report(table, case, environment)


def foreseen_gaps(table: Table) -> set[tuple[str, str]]:
    """Return what is rightly not measured: case, and label of the candidate that misses it.

    A case that the baseline skips has nothing to be compared with, in no candidate.
    """
    plan = table.plan
    return {
        (case.name, candidate.label)
        for case in plan.cases
        for candidate in plan.candidates
        if _is_skipped_by_baseline(table, case.name) or table.skipped(case.name, candidate)
    }


def _is_skipped_by_baseline(table: Table, case: str) -> bool:
    """Whether the baseline cannot run a case; that one install of two skips it is not foreseen."""
    installs = (table.plan.baseline, table.plan.control)
    was_measured = any(table.was_measured(case, install) for install in installs)
    return not was_measured and any(table.skipped(case, install) for install in installs)


def _broken_reports(plan: Plan, broken: BrokenWorkload) -> Iterator[FailureReport]:
    """Report a file that is no workload; one for another framework where that takes part."""
    if broken.framework is None:
        yield FailureReport(
            case=broken.workload, environment="*", kind="workload", reason=broken.reason
        )
    for reference in plan.references:
        if reference.package == broken.framework:
            yield FailureReport(
                case=broken.workload,
                environment=reference.label,
                kind="workload",
                reason=broken.reason,
                is_reference=True,
            )


def _failure_report(table: Table, case: str, environment: Environment) -> Iterator[FailureReport]:
    skipped = table.skipped(case, environment)
    is_reference = environment.role == "reference"
    is_told = environment.id in table.unavailable
    # Both installs of the baseline skip the same, but the first to do so ends the block.
    is_control = environment.role == "control"
    is_told = is_told or (is_control and table.skipped(case, table.plan.baseline) is not None)
    # That nobody wrote a case in another framework is no row: most are not, and nobody failed.
    is_told = is_told or (is_reference and not table.is_supported(case, environment))
    if isinstance(skipped, Skipped) and not is_told:
        yield FailureReport(
            case=case,
            environment=environment.label,
            kind="skipped",
            reason=skipped.reason,
            is_reference=is_reference,
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
            advice=gone_api(f"{last.reason}\n{last.detail}", framework=framework_name(environment))
            or "",
            is_reference=is_reference,
        )
