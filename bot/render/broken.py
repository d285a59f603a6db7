"""Owns which failures are news: a candidate fails where what it is compared with runs."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.core.report import FailureReport, Report
from bot.render.standing import EVERYTHING, INTENDED


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """What fails: cases that ran before, whole candidates, and cases that fail anyhow."""

    cases: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


def broken(report: Report, columns: Collection[str], *, has_rest: bool) -> Broken:
    """Sort the failures of some candidates; with `has_rest`, those of no candidate as well."""
    told = [each for each in report.failures if each.kind != INTENDED and not each.is_reference]
    rest = [each for each in told if _is_nobodys(report, each)]
    own = [each for each in told if each.environment in columns and not _is_nobodys(report, each)]
    anyhow = {each.case for each in rest}
    if EVERYTHING in anyhow and is_baseline_missing(report):
        return Broken()
    cases = {each.case for each in own} - {EVERYTHING}
    others = (cases & anyhow) | ((anyhow - {EVERYTHING}) if has_rest else set())
    whole = (each.environment for each in own if each.case == EVERYTHING)
    return Broken(
        cases=frozenset(cases - anyhow),
        columns=tuple(dict.fromkeys(whole)),
        others=frozenset(others),
    )


def is_baseline_missing(report: Report) -> bool:
    """Whether nothing could be measured of what all are compared with."""
    return any(
        failure.case == EVERYTHING and failure.environment == report.baseline
        for failure in report.failures
    )


def _is_nobodys(report: Report, failure: FailureReport) -> bool:
    """Whether a failure comes with no candidate: it is the baseline's, or a file's."""
    is_candidate = failure.environment in report.candidates
    return not is_candidate or failure.environment == report.baseline
