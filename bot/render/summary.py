"""Owns the job summary: the comment's page with everything unfolded."""

from bot.core.report import Report
from bot.render import labels, ladder
from bot.render.page import build_view, print_view

SUMMARY_BYTES = 2**20
"""GitHub drops a larger summary whole."""


def render_summary(report: Report, *, origin: str = "") -> str:
    """Write the job summary: the same head, every cell visible, within what GitHub keeps."""
    view = build_view(report, origin=origin)
    steps = ladder.steps(view, where=labels.REPORT_FILE, keeps_bodies=True)
    texts = (print_view("summary.md.j2", step) for step in steps)
    return next(text for text in texts if len(text.encode()) <= SUMMARY_BYTES)
