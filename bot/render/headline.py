"""Owns the head of a page: what came out, what to do about it, and why to believe it."""

from bot.core.report import CellReport, NumericVerdict, Report
from bot.render import (
    acknowledged,
    framework_words,
    labels,
    machines,
    pull_request_words,
    trust_words,
    words,
)
from bot.render.escape import MARKDOWN, Medium
from bot.render.estimate import size
from bot.render.frameworks import frameworks
from bot.render.questions import questions
from bot.render.standing import EVERYTHING, Standing, Tally, standing_of

_MOST_NOTES = 5
_WRONG: tuple[NumericVerdict, ...] = ("WRONG", "DRIFTED")
_DOUBTFUL: tuple[NumericVerdict, ...] = ("NON_DETERMINISTIC", "NOT_COMPARABLE")


def heading(tally: Tally, medium: Medium = MARKDOWN) -> str:
    """Say in one line what was compared and what came out, the worst first."""
    outcomes = [f"{q.lead}{_outcome(q.tally, medium)}" for q in questions(tally.report)]
    icon = labels.ICONS[standing_of(tally)]
    return f"{icon} {_subject(tally.report, medium)}: {'. '.join(outcomes)}"


def _outcome(tally: Tally, medium: Medium) -> str:
    parts = [*_worse(tally, medium), *_results(tally, _WRONG), *_better(tally, medium)]
    accepted = acknowledged.in_heading(tally)
    doubts = [*accepted, *_refuted(tally), *_results(tally, _DOUBTFUL), *_failures(tally)]
    return "; ".join([*(parts or [_quiet(tally, medium)]), *doubts])


def duty(tally: Tally) -> str:
    """Say what the reader has to do."""
    return words.duty(
        standing_of(tally),
        has_gaps=tally.has_gaps,
        is_doubtful=tally.is_doubtful,
        is_interrupted=tally.report.run.stopped_by == "interrupted",
        is_pull_request=tally.report.subject is not None,
    )


def counts(tally: Tally) -> str:
    """Count every cell once, so that one that went missing is noticed."""
    parts = (
        words.changed(tally.worse),
        words.changed(tally.better),
        pull_request_words.excused(len(tally.excused)),
        words.small(len(tally.small)),
        words.counted(len(tally.unchanged), "EQUIVALENT"),
        words.counted(len(tally.undecided), "INCONCLUSIVE"),
        words.counted(len(tally.not_measured), "NOT_MEASURED"),
    )
    return words.counts(len(tally.report.cells), [part for part in parts if part])


def trust(report: Report, medium: Medium = MARKDOWN) -> str:
    """Say why the verdict can be believed, or why not."""
    seen, run = report.control, report.run
    baseline = medium.version(report.baseline)
    parts = (
        trust_words.control(baseline, seen),
        words.blocks(run.blocks),
        machines.where(report, medium),
        trust_words.time_used(run.seconds, run.budget_seconds, run.stopped_by),
    )
    return " · ".join(parts)


def notes(report: Report, medium: Medium = MARKDOWN) -> tuple[str, ...]:
    """Say what makes the run doubtful, and pass on what it has to say about itself."""
    baseline = medium.version(report.baseline)
    doubts = [trust_words.biased(baseline, bias) for bias in report.control.biases]
    if report.noise.disturbance:
        doubts.append(trust_words.disturbed(medium.text(report.noise.disturbance)))
    shown = tuple(medium.text(note) for note in report.notes[:_MOST_NOTES])
    left_out = len(report.notes) - len(shown)
    more = (words.more_notes(left_out),) if left_out else ()
    return (*acknowledged.review_notes(report, medium), *doubts, *shown, *more)


def _subject(report: Report, medium: Medium) -> str:
    packages = {env.package for env in report.environments if env.role != "reference"}
    name = ""
    if len(packages) == 1:
        package = packages.pop()
        name = labels.PACKAGES.get(package) or medium.name(package)
    if report.subject is not None:
        releases = dict.fromkeys(report.subject.pairs.values())
        return pull_request_words.project(
            medium.name(report.subject.name), name, [medium.version(each) for each in releases]
        )
    candidates = [medium.version(label) for label in report.candidates]
    others = [medium.version(label) for label in frameworks(report)]
    return words.subject(name, medium.version(report.baseline), candidates, frameworks=others)


def _worse(tally: Tally, medium: Medium) -> list[str]:
    if not tally.worse:
        return []
    extreme = _extreme(tally, labels.WORST, tally.worse[0], medium)
    return [f"{words.changed_of(tally.worse, len(tally.report.cells))}, {extreme}"]


def _results(tally: Tally, verdicts: tuple[NumericVerdict, ...]) -> list[str]:
    return [
        words.results(number, verdict)
        for verdict in verdicts
        if (number := tally.standing_results[verdict])
    ]


def _better(tally: Tally, medium: Medium) -> list[str]:
    if not tally.better:
        return []
    if tally.worse:
        return [words.changed(tally.better)]
    extreme = _extreme(tally, labels.BEST, tally.better[0], medium)
    return [f"{words.changed_of(tally.better, len(tally.report.cells))}, {extreme}"]


def _refuted(tally: Tally) -> list[str]:
    refuted = sum(cell.acknowledged is None for cell in tally.excused)
    return [f"{words.count(refuted, 'alarm')} refuted"] if refuted else []


def _failures(tally: Tally) -> list[str]:
    if not tally.broken or _is_baseline_missing(tally.report):
        return []
    return [words.count(len(tally.broken), "failure")]


def _extreme(tally: Tally, word: str, cell: CellReport, medium: Medium) -> str:
    several = len(tally.report.candidates) > 1
    return words.extreme(
        word,
        medium.name(cell.case),
        cell.metric,
        size(cell),
        version=medium.version(cell.candidate) if several else "",
    )


def _quiet(tally: Tally, medium: Medium) -> str:
    """Say what nothing means here: shown, not shown, or not even looked at."""
    total = len(tally.report.cells)
    match standing_of(tally):
        case Standing.ACT | Standing.LOOK if not tally.has_gaps:
            return labels.CONTRADICTION
        case _ if tally.is_look:
            return framework_words.ONLY_FIGURES
        case _ if not tally.compared:
            baseline = medium.version(tally.report.baseline)
            is_missing = _is_baseline_missing(tally.report)
            return words.nothing_compared(baseline, is_baseline_missing=is_missing)
        case _ if tally.is_mute:
            return words.nothing_decided(total)
        case _:
            return words.nothing_changed(tally.decided, total)


def _is_baseline_missing(report: Report) -> bool:
    return any(
        failure.case == EVERYTHING and failure.environment == report.baseline
        for failure in report.failures
    )
