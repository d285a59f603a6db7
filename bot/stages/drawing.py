"""Owns the charts in a run folder: specification and pictures of each, or why there are none."""

import shutil
from collections.abc import Sequence

from bot.errors import CannotDraw
from bot.render.chart import Chart
from bot.render.pictures import png, specification, svg
from bot.run_folder import RunFolder


def draw(charts: Sequence[Chart], folder: RunFolder) -> None:
    """Write the charts of a report in place of those that were there.

    What cannot be drawn changes no verdict: the reason is written beside those that can be, and
    told when the run ends.
    """
    shutil.rmtree(folder.charts, ignore_errors=True)
    troubles: list[str] = []
    for chart in charts:
        try:
            _write(chart, folder)
        except CannotDraw as error:
            troubles.append(str(error))
    if troubles:
        folder.write(folder.not_drawn, "\n".join((*troubles, "")))


def _write(chart: Chart, folder: RunFolder) -> None:
    folder.write(folder.charts / f"{chart.name}.vl.json", specification(chart))
    folder.write(folder.charts / f"{chart.name}.svg", svg(chart))
    folder.write(folder.charts / f"{chart.name}.png", png(chart))
