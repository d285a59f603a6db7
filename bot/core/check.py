"""Owns what a check on a commit says of a report: its word, and where in the code it points."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.core.conclusion import is_regression, is_wrong
from bot.core.report import Place, Report
from bot.errors import ExitCode

Conclusion = Literal["success", "failure", "neutral", "action_required"]

_PATH = re.compile(
    r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._@+-][A-Za-z0-9._@+ -]*(?:/[A-Za-z0-9._@+ -]+)*"
)
LONGEST_PATH = 250
LAST_LINE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotation:
    """A remark at a line of the repository."""

    path: str
    line: int
    title: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckText:
    """All that a check run shows."""

    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()


def conclusion(report: Report) -> Conclusion:
    """Say in GitHub's word what the exit code says; what was not measured is never success."""
    if report.exit_code == ExitCode.REGRESSION:
        return "failure"
    if report.exit_code == ExitCode.INTERRUPTED and report.overall == "regression":
        return "failure"
    return "success" if report.exit_code == ExitCode.NOTHING_TO_ACT_ON else "neutral"


def alarms(report: Report) -> Iterator[tuple[str, str, str]]:
    """Give every alarm that counts: its case, its candidate, and what is wrong."""
    for cell in report.cells:
        if is_regression(cell):
            yield cell.case, cell.candidate, cell.metric
    for numeric in report.numerics:
        if is_wrong(numeric):
            yield numeric.case, numeric.candidate, "results"


def waits_for_confirmation(report: Report) -> bool:
    """Whether an alarm was to be measured again before it counts, and was not."""
    seconds = [cell.confirmation for cell in report.cells if is_regression(cell)]
    seconds += [numeric.confirmation for numeric in report.numerics if is_wrong(numeric)]
    return report.rule.confirm and None in seconds


def place_of(report: Report, case: str, *, config: str) -> Place:
    """Say where a case is written; `config` where that is not known, or is no path."""
    place = report.places.get(case)
    if place is None or len(place.path) > LONGEST_PATH or not _PATH.fullmatch(place.path):
        return Place(path=config)
    return place if 1 <= place.line <= LAST_LINE else Place(path=place.path)
