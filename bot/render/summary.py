"""Owns the job summary: the comment's page with everything unfolded."""

from collections.abc import Iterator

from bot.core.appearance import PLAIN, Appearance
from bot.core.news import Before
from bot.core.report import Report
from bot.render import labels, ladder
from bot.render.fitting import fitting
from bot.render.page import build_view
from bot.render.view import View

SUMMARY_BYTES = 2**20
"""GitHub drops a larger summary whole."""


def render_summary(
    report: Report,
    *,
    origin: str = "",
    before: Before | None = None,
    appearance: Appearance = PLAIN,
) -> str:
    """Write the job summary: the same head, every cell visible, within what GitHub keeps."""
    view = build_view(report, origin=origin, before=before, appearance=appearance)
    text = fitting(
        "summary.md.j2",
        view,
        appearance,
        steps=_steps,
        fits=lambda text: len(text.encode()) <= SUMMARY_BYTES,
        most=SUMMARY_BYTES,
    )
    if text is None:
        raise ValueError("the head of a report is longer than a summary may be")
    return text


def _steps(view: View) -> Iterator[View]:
    return ladder.steps(view, where=labels.REPORT_FILE, keeps_bodies=True)
