"""Owns the rows about what could not be measured: environments first, then cases."""

from collections.abc import Iterator

from bot.core.metric import IMPORT_CASE
from bot.core.outcome import Skipped
from bot.core.plan import Environment
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
