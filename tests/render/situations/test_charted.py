"""Every situation has charts that are valid and can be drawn, or none."""

import json
from xml.etree import ElementTree as ET

from bot.core.report import Report
from bot.render.charts import charts
from bot.render.pictures import svg

MUTE = {"failures_only", "nothing_measured", "baseline_unavailable", "only_other_frameworks"}


def test_charts(situation: tuple[str, Report]) -> None:
    name, report = situation
    made = charts(report)

    assert bool(made) == (name not in MUTE)
    for chart in made:
        json.dumps(chart.spec, allow_nan=False)
        assert chart.title
        assert chart.description.endswith(".")
        ET.fromstring(svg(chart, themed=True))  # noqa: S314 (our own)
