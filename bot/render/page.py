"""Owns the page of a report: which sections it has, in which order."""

from bot.core.appearance import PLAIN, Appearance
from bot.core.news import Before
from bot.core.report import Report
from bot.render import background, changes, counted, findings, headline
from bot.render.escape import prose
from bot.render.frameworks import other_frameworks
from bot.render.matrix import matrix
from bot.render.news import news
from bot.render.picture import picture
from bot.render.reported import reported
from bot.render.since import since
from bot.render.standing import Tally
from bot.render.upgraded import upgrades
from bot.render.view import View


def build_view(
    report: Report,
    *,
    origin: str = "",
    before: Before | None = None,
    appearance: Appearance = PLAIN,
) -> View:
    """Decide what the page says; the ladder may shorten it, the template prints it.

    `origin` is said first of all notes: what asked for a report that is not the usual one. `before`
    is what stood in the comment of the run before, `appearance` what the repository chose.
    """
    tally = Tally(report)
    sections = (
        matrix(report),
        since(report),
        counted.versions(report),
        *changes.changes(tally),
        picture(report, appearance.image_base),
        changes.excused(tally),
        findings.results(tally),
        other_frameworks(report),
        findings.failures(tally),
        findings.logs(tally),
        upgrades(report),
        changes.undecided(tally),
        changes.small(tally),
        changes.unchanged(tally),
        counted.counters(report),
        reported(report),
        background.environment(report),
        background.control(report),
        counted.machine(report),
        background.rule(report),
        background.command(report),
    )
    return View(
        heading=headline.heading(tally),
        duty=headline.duty(tally),
        counts=headline.counts(tally),
        news=news(report, before),
        trust=headline.trust(report),
        notes=(
            *([origin] if origin else []),
            *map(prose, appearance.notes),
            *headline.notes(report),
        ),
        sections=tuple(section for section in sections if section is not None),
    )
