"""Owns the rows about what could not be measured: environments first, then cases."""

from collections.abc import Iterator

from bot.core.gone_api import framework_name, gone_api
from bot.core.metric import IMPORT_CASE
from bot.core.outcome import Skipped
from bot.core.plan import BrokenWorkload, Environment, Plan
from bot.core.report import FailureReport
from bot.core.table import Table

_ONLY_WITH_CHANGE = "with this pull request, and not without it: "
FORESEEN = "skipped"
"""The kind of a failure that the plan foresaw: a case newer than a release."""


def failure_reports(table: Table) -> Iterator[FailureReport]:
    """Report every ending that is not a measurement: environments first, then cases."""
    away = {table.plan.baseline.id, table.plan.control.id} & table.unavailable.keys()
    for environment in table.plan.environments:
        if environment.role == "control" and len(away) > 1:
            continue  # what keeps the baseline away, and was told there
        if _is_told_at_base(table, "*", environment):
            continue
        if reason := table.unavailable.get(environment.id):
            yield FailureReport(
                case="*",
                environment=environment.label,
                kind="unavailable",
                reason=f"{_ONLY_WITH_CHANGE}{reason}" if environment.has_change else reason,
                is_reference=environment.role == "reference",
            )
    for broken in table.plan.broken_workloads:
        yield from _broken_reports(table.plan, broken)
    for case in (IMPORT_CASE, *(case.name for case in table.plan.cases)):
        for environment in table.plan.environments:
            yield from _failure_report(table, case, environment)


def is_foreseen(table: Table, case: str, candidate: Environment) -> bool:
    """Whether a case is rightly not measured in a candidate: it, or its opponent, skips it.

    What is told as unavailable is no skip. A case that the baseline skips has nothing to be
    compared with, in no candidate.
    """
    arms = (candidate, *table.plan.opponents(candidate))
    return any(_skips(table, case, arm) for arm in arms)


def _skips(table: Table, case: str, arm: Environment) -> bool:
    is_there = arm.id not in table.unavailable
    return is_there and table.skipped(case, arm) is not None and not _alike(table, case, arm)


def _alike(table: Table, case: str, arm: Environment) -> tuple[Environment, ...]:
    """Return who ran a case that an arm skips, although one release can do what it can do.

    The two installs of the baseline are alike, and so is a release with a pull request's change
    and without it: that one of them skips a case is not foreseen.
    """
    plan = table.plan
    others: tuple[Environment, ...] = ()
    if arm.role in {"baseline", "control"}:
        others = (plan.baseline, plan.control)
    elif arm.has_change:
        others = plan.opponents(arm)
    return tuple(other for other in others if table.was_measured(case, other))


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


def _is_told_at_base(table: Table, case: str, environment: Environment) -> bool:
    """Whether it fails without a pull request's change as well: then it is told there, once."""
    if not environment.has_change:
        return False
    opponents = table.plan.opponents(environment)
    if case == "*":
        return any(opponent.id in table.unavailable for opponent in opponents)
    return any(table.given_up(case, opponent) for opponent in opponents)


def _blame(table: Table, case: str, environment: Environment) -> str:
    """Say where a failure is the pull request's: the same release runs the case without it."""
    opponents = table.plan.opponents(environment) if environment.has_change else ()
    cases = [each.name for each in table.plan.cases] if case == IMPORT_CASE else [case]
    was_fine = any(table.was_measured(name, other) for name in cases for other in opponents)
    return _ONLY_WITH_CHANGE if was_fine else ""


def _skip_report(
    table: Table, case: str, environment: Environment, skipped: Skipped
) -> FailureReport:
    others = _alike(table, case, environment)
    is_odd = environment.role != "reference" and bool(others)
    but = f"it skipped itself, and not in {others[0].label}: " if is_odd else ""
    return FailureReport(
        case=case,
        environment=environment.label,
        kind="exception" if is_odd else FORESEEN,
        reason=f"{but}{skipped.reason}",
        is_reference=environment.role == "reference",
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
    is_told_at_base = _is_told_at_base(table, case, environment)
    if isinstance(skipped, Skipped) and not is_told and not is_told_at_base:
        yield _skip_report(table, case, environment, skipped)
    failures = table.failures.get((case, environment.id), [])
    if failures and not is_told_at_base:
        last = failures[-1]
        yield FailureReport(
            case="*" if case == IMPORT_CASE else case,
            environment=environment.label,
            kind=last.kind,
            reason=f"{_blame(table, case, environment)}{last.reason}",
            detail=last.detail,
            advice=gone_api(f"{last.reason}\n{last.detail}", framework=framework_name(environment))
            or "",
            is_reference=is_reference,
        )
