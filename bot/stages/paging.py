"""Owns the page of a run: the report with all that is behind it, gathered from the run's folder."""

from collections.abc import Sequence

from bot.core.details import Details, details
from bot.core.report import Report
from bot.engine.journal import delivered
from bot.errors import CannotDraw
from bot.render.chart import Chart
from bot.render.pictures import svg
from bot.render.web.page import render_page
from bot.render.web.view import Picture
from bot.run_folder import RunFolder


def write_page(report: Report, folder: RunFolder, charts: Sequence[Chart]) -> None:
    """Write `report.html`; where the journal is elsewhere, the page says that samples are missing.

    Charts that cannot be drawn are left out here: drawing them as files says why.
    """
    pictures = [picture for chart in charts if (picture := _picture(chart)) is not None]
    folder.write(folder.page, render_page(report, _details(folder), pictures))


def _details(folder: RunFolder) -> Details | None:
    if not folder.samples.exists() or not folder.plan.exists():
        return None
    records, _ = delivered(folder.samples)
    return details(folder.read_plan(), records)


def _picture(chart: Chart) -> Picture | None:
    try:
        drawing = svg(chart, themed=True)
    except CannotDraw:
        return None  # `bot.stages.drawing`, which comes next, says why
    return Picture(name=chart.name, title=chart.title, description=chart.description, svg=drawing)
