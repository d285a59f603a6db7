"""Owns which charts a report has."""

from bot.core.report import Report
from bot.render.chart import Chart
from bot.render.forest import forest
from bot.render.heatmap import heatmap
from bot.render.timeline import timeline

__all__ = ["Chart", "charts"]


def charts(report: Report) -> tuple[Chart, ...]:
    """Make the charts that have something to show; a report without any ratio has none."""
    made = (forest(report), heatmap(report), timeline(report))
    return tuple(chart for chart in made if chart is not None)
