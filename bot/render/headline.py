"""Owns the head of a page: what came out, what to do about it, and why to believe it."""

from collections.abc import Sequence

from bot.core.report import Report
from bot.render import (
    acknowledged,
    heading_words,
    labels,
    machines,
    pull_request_words,
    trust_words,
    words,
)
from bot.render.escape import MARKDOWN, Medium, is_ascending
from bot.render.frameworks import frameworks
from bot.render.questions import Question, questions
from bot.render.sentence import MOST_VERSIONS, sentence
from bot.render.standing import Tally, standing_of

_MOST_NOTES = 5


def heading(tally: Tally, medium: Medium = MARKDOWN, *, limit: int | None = None) -> str:
    """Say in one sentence what merging means, the worst first.

    `limit` is the room in characters: what matters least is left out first.
    """
    report = tally.report
    icon = labels.ICONS[standing_of(tally)]
    first, *others = questions(report)
    said = [(_subject(report, medium), _answer(first, medium, report.subject is not None))]
    for question in others:
        moves = _moves(question.tally.report, medium)
        said.append((heading_words.without_it(moves), _answer(question, medium)))
    most = max(len(parts) for _, parts in said)
    while limit is not None and most > 1 and len(f"{icon} {_joined(said, most)}") > limit:
        most -= 1
    return f"{icon} {_joined(said, most)}"


def _joined(said: Sequence[tuple[str, tuple[str, ...]]], most: int) -> str:
    return ". ".join(f"{lead} {'; '.join(parts[:most])}" for lead, parts in said)


def _answer(
    question: Question, medium: Medium, is_of_pull_request: bool = False
) -> tuple[str, ...]:
    is_plural = len(question.tally.report.candidates) > 1 and not is_of_pull_request
    return sentence(question, medium, is_plural=is_plural)


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
    """Name what does what the sentence goes on to tell."""
    if report.subject is None:
        return f"{_package(report, medium)} {_moves(report, medium)}".strip()
    releases = [*dict.fromkeys(report.subject.pairs.values())]
    name, under = medium.name(report.subject.name), _named(releases, medium, "release")
    project = pull_request_words.project(name, _package(report, medium), under)
    return f"{project}: {heading_words.THIS_PULL_REQUEST}"


def _package(report: Report, medium: Medium) -> str:
    packages = {env.package for env in report.environments if env.role != "reference"}
    if len(packages) != 1:
        return ""
    package = packages.pop()
    return labels.PACKAGES.get(package) or medium.name(package)


def _moves(report: Report, medium: Medium) -> str:
    others = [medium.version(label) for label in frameworks(report)]
    named = _named(report.candidates, medium, "version")
    return words.subject("", medium.version(report.baseline), named, frameworks=others)


def _named(labels_of: Sequence[str], medium: Medium, noun: str) -> str:
    names = [medium.version(label) for label in labels_of]
    return heading_words.span(
        names, is_range=is_ascending(labels_of), most=MOST_VERSIONS, noun=noun
    )
