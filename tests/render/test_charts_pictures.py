"""Pictures of charts: whole, small, of our own markup alone, and a page may choose the colours."""

import io
import re
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import vl_convert
from PIL import Image

from bot.core.report import Report
from bot.errors import CannotDraw
from bot.render.chart import Chart
from bot.render.chart_style import PROPERTIES
from bot.render.charts import charts
from bot.render.pictures import MOST_PIXELS, png, specification, svg
from tests.render.situations.crowds import hostile_names
from tests.render.situations.verdicts import several_candidates
from tests.render.test_charts import wide

TAGS = {"svg", "g", "path", "rect", "text", "line", "defs", "clipPath", "title", "tspan"}
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def some(reports: SimpleNamespace) -> tuple[Chart, ...]:
    return charts(several_candidates(reports))


def elements(text: str) -> list[ET.Element]:
    return list(ET.fromstring(text).iter())  # noqa: S314 (our own)


def attributes(text: str) -> list[tuple[str, str]]:
    return [pair for element in elements(text) for pair in element.attrib.items()]


def test_a_picture_has_something_on_it(some: tuple[Chart, ...]) -> None:
    for chart in some:
        image = Image.open(io.BytesIO(png(chart)))
        image.load()
        assert 900 <= image.width <= MOST_PIXELS + 1
        assert image.height > 200
        colours = image.convert("RGB").getcolors(maxcolors=1 << 24)
        assert colours is not None
        assert len(colours) > 10
        assert image.convert("L").getpixel((0, 0)) in {254, 255}


def test_a_report_of_two_thousand_cells_has_small_pictures(reports: SimpleNamespace) -> None:
    for chart in charts(wide(reports, cases=50, releases=40)):
        picture = png(chart)
        assert len(picture) < MOST_BYTES, chart.name
        assert Image.open(io.BytesIO(picture)).width <= MOST_PIXELS + 1


@pytest.mark.parametrize("is_themed", [False, True])
def test_names_open_no_markup(reports: SimpleNamespace, is_themed: bool) -> None:
    report = hostile_names(reports)
    cases = ("</text><script>alert(1)</script>", 'id="clip0" url(#clip0)', "javascript:alert(1)")
    more = tuple(reports.cell(case, "REGRESSION", ratio=1.4) for case in cases)
    report = report.model_copy(
        update={
            "cells": (*report.cells, *more),
            "baseline": "<svg onload=x>",
            "candidates": (*report.candidates, reports.candidate),
        }
    )

    for chart in charts(report):
        text = svg(chart, themed=is_themed)
        names = {element.tag.rpartition("}")[2] for element in elements(text)}
        assert names <= TAGS
        assert not [name for name, _ in attributes(text) if name.startswith("on")]
        assert not [name for name, _ in attributes(text) if name.rpartition("}")[2] == "href"]
        assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", text)
        assert "<script" not in text
        texts = " ".join(filter(None, (element.text for element in elements(text))))
        assert "onload" in texts or "onload" in chart.title or chart.name == "forest"


def test_a_page_chooses_the_colours(some: tuple[Chart, ...]) -> None:
    names: set[str] = set()
    for chart in some:
        plain, themed = svg(chart), svg(chart, themed=True)
        values = {value for name, value in attributes(themed) if name in {"fill", "stroke"}}
        found = [re.fullmatch(r"var\((--[a-z0-9-]+), #\w+\)", value) for value in values]
        names |= {match[1] for match in found if match}
        assert {value for value in values if "var" not in value} <= {"none", "transparent"}
        assert "#ffffff" in plain
        assert "#ffffff" not in themed
        assert "var(" not in plain
    assert {"--chart-ink", "--chart-muted", "--chart-worse"} <= names <= {*PROPERTIES.values()}


def test_a_page_may_have_all_charts_and_says_what_they_show(some: tuple[Chart, ...]) -> None:
    ids: list[str] = []
    for chart in some:
        text = svg(chart, themed=True)
        root = ET.fromstring(text)  # noqa: S314 (our own)
        assert root.get("role") == "img"
        assert root.get("aria-label") == chart.description
        assert root.get("viewBox")
        assert root.get("width") is None
        assert root.get("height") is None
        own = [value for name, value in attributes(text) if name == "id"]
        used = re.findall(r"url\(#([^)]*)\)", text)
        assert {*used} <= {*own}
        assert all(each.startswith(f"{chart.name}-") for each in own)
        ids += own
    assert len(ids) == len({*ids})


def test_a_file_stands_alone(some: tuple[Chart, ...]) -> None:
    root = ET.fromstring(svg(some[0]))  # noqa: S314 (our own)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert float(root.attrib["width"]) > 500


def test_a_chart_is_drawn_once_for_all_forms(
    some: tuple[Chart, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    svg(some[0])
    monkeypatch.delattr(vl_convert, "vegalite_to_svg")
    assert svg(some[0], themed=True)
    assert png(some[0])


@pytest.mark.parametrize("spec", [{"mark": "no such mark", "data": {"url": "https://a.example/b"}}])
def test_what_cannot_be_drawn_names_the_chart(spec: dict[str, Any]) -> None:
    chart = Chart(name="timeline", title="", description="", spec=spec)
    with pytest.raises(CannotDraw, match="chart timeline cannot be drawn: "):
        svg(chart)


def test_nothing_is_fetched() -> None:
    image = {
        "data": {"values": [{"u": "https://example.com/a.png"}]},
        "mark": "image",
        "encoding": {"url": {"field": "u"}},
    }
    table = {"data": {"url": "https://example.com/a.csv"}, "mark": "point", "encoding": {}}
    for spec in (image, table):
        chart = Chart(name="forest", title="", description="", spec=spec)
        try:
            drawn = svg(chart)
        except CannotDraw:
            continue
        assert "base64" not in drawn


def test_the_specification_is_a_file(reports: SimpleNamespace) -> None:
    report: Report = reports.report()
    text = specification(charts(report)[0])
    assert text.endswith("}\n")
    assert "\\u" not in text
