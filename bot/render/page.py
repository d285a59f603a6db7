"""Owns the page of a report: which sections it has, in which order, and how they are printed."""

from pathlib import Path
from typing import Literal

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.core.report import Report
from bot.render import background, changes, counted, findings, headline
from bot.render.frameworks import other_frameworks
from bot.render.matrix import matrix
from bot.render.reported import reported
from bot.render.since import since
from bot.render.standing import Tally
from bot.render.upgraded import upgrades
from bot.render.view import View

_TEMPLATES = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=False,  # Markdown: bot.render.escape has done it
    trim_blocks=True,
    lstrip_blocks=True,
)

TemplateName = Literal["comment.md.j2", "summary.md.j2"]


def build_view(report: Report, *, marker: str = "", origin: str = "") -> View:
    """Decide what the page says; the ladder may shorten it, the template prints it.

    `origin` is said first of all notes: what asked for a report that is not the usual one.
    """
    tally = Tally(report)
    sections = (
        matrix(report),
        since(report),
        counted.versions(report),
        *changes.changes(tally),
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
        marker=marker,
        heading=headline.heading(tally),
        duty=headline.duty(tally),
        counts=headline.counts(tally),
        trust=headline.trust(report),
        notes=(*([origin] if origin else []), *headline.notes(report)),
        sections=tuple(section for section in sections if section is not None),
    )


def print_view(name: TemplateName, view: View) -> str:
    """Print what was decided; templates neither calculate nor phrase."""
    return _TEMPLATES.get_template(name).render(view=view)
