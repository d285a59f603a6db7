"""Owns the two questions of a pull request: what it changes, and what the releases differ in.

Each is a report of its own with some of the columns, so that the two are never added up.
"""

from dataclasses import dataclass

from bot.core.conclusion import decide_again
from bot.core.report import Report, SubjectReport
from bot.render import labels, pull_request_words
from bot.render.broken import Broken, broken
from bot.render.estimate import version_in_table
from bot.render.standing import Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Some columns of a report, and how their table is headed; `tally` has these only."""

    tally: Tally
    broken: Broken
    title: str
    before: str
    after: str


def questions(report: Report) -> tuple[Question, ...]:
    """Split a report by what its columns answer: the pull request first, then the releases."""
    before, after = titles(report)
    if report.subject is None:
        whole = Question(
            tally=Tally(report),
            broken=broken(report, report.candidates, has_rest=True),
            title=labels.CHANGES,
            before=before,
            after=after,
        )
        return (whole,)
    releases = _of_releases(report, report.subject)
    change = Question(
        tally=Tally(_of_change(report, report.subject)),
        broken=broken(report, report.subject.pairs, has_rest=not releases.candidates),
        title=labels.CHANGES_OF_PULL_REQUEST,
        before=labels.WITHOUT_IT,
        after=labels.WITH_IT,
    )
    if not releases.candidates:
        return (change,)
    before, after = titles(releases)
    title = pull_request_words.changes_of_releases(before)
    of_releases = Question(
        tally=Tally(releases),
        broken=broken(report, releases.candidates, has_rest=True),
        title=title,
        before=before,
        after=after,
    )
    return (change, of_releases)


def titles(report: Report) -> tuple[str, str]:
    """Name the columns of values; where cells of both questions stand together, by time alone."""
    if report.subject is not None:
        return labels.BEFORE, labels.AFTER
    match report.candidates:
        case (only,):
            return version_in_table(report.baseline), version_in_table(only)
        case _:
            return version_in_table(report.baseline), labels.CANDIDATE


def _of_change(report: Report, subject: SubjectReport) -> Report:
    """Keep the columns with the change, each under the name of its release."""
    pairs = subject.pairs
    is_all = pairs.keys() == {*report.candidates}
    return _part(
        report,
        candidates=tuple(pairs[label] for label in report.candidates if label in pairs),
        cells=tuple(
            cell.model_copy(update={"candidate": pairs[cell.candidate]})
            for cell in report.cells
            if cell.candidate in pairs
        ),
        numerics=tuple(
            numeric.model_copy(update={"candidate": pairs[numeric.candidate]})
            for numeric in report.numerics
            if numeric.candidate in pairs
        ),
        failures=tuple(
            failure.model_copy(
                update={"environment": pairs.get(failure.environment, failure.environment)}
            )
            for failure in report.failures
            if is_all or failure.environment in pairs
        ),
    )


def _of_releases(report: Report, subject: SubjectReport) -> Report:
    """Keep the columns without the change."""
    pairs = subject.pairs
    return _part(
        report,
        candidates=tuple(label for label in report.candidates if label not in pairs),
        cells=tuple(cell for cell in report.cells if cell.candidate not in pairs),
        numerics=tuple(each for each in report.numerics if each.candidate not in pairs),
        failures=tuple(each for each in report.failures if each.environment not in pairs),
    )


def _part(report: Report, **kept: object) -> Report:
    """Make a report of some columns, with the word and the exit code that they alone would have."""
    return decide_again(report.model_copy(update={**kept, "subject": None}))
