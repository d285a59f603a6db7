"""Owns the chart over releases: lines of cases, and where the names of lines stand."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bot.core.metric import METRICS
from bot.core.report import Report
from bot.render import chart_words
from bot.render.chart import Chart
from bot.render.chart_axes import places, ratio_axis, ratio_scale, release_names, release_rows
from bot.render.chart_points import named, short, worst
from bot.render.chart_style import (
    LABEL_WIDTH,
    LINES,
    MUTED,
    NEUTRAL,
    Rows,
    finished,
    rows_of,
)
from bot.render.course import HEIGHT, Course, Line, course_of

if TYPE_CHECKING:
    import altair as alt

_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_LINE, _SIZE = 16, 55
_BELOW, _GAP = 10, 14


def timeline(report: Report) -> Chart | None:
    """Draw how cases go from release to release, if there are several next to the baseline."""
    course = course_of(report)
    if course is None:
        return None
    drawn = [each for line in (*course.named, *course.others) for each in line.points.values()]
    metrics = [name for name in METRICS if name in {each.cell.metric for each in drawn}]
    title = chart_words.timeline_title(named(course.baseline), metrics)
    description = chart_words.map_description(
        title, len(course.named) + len(course.others), len(course.releases), worst(drawn)
    )
    left_out = (
        chart_words.left_out(course.left_out, "case"),
        chart_words.left_out(course.releases_left_out, "release"),
    )
    lines = (chart_words.lines_drawn(len(course.others)), chart_words.sentence(left_out))
    spec = finished(
        _layers(course),
        _datasets(course),
        title=title,
        subtitle=[chart_words.sentence([line]) for line in lines if line],
        description=description,
        width=course.width,
        height=HEIGHT,
    )
    return Chart(name="timeline", title=title, description=description, spec=spec)


def _datasets(course: Course) -> dict[str, Rows]:
    return {
        "one": [{"ratio": 1.0}],
        "cells": _rows(course, course.named),
        "others": [
            {field: row[field] for field in ("line", "column", "name", "release", "ratio")}
            for row in _rows(course, course.others)
        ],
        "ends": _ends(course),
        "releases": release_rows(course.releases),
    }


def _rows(course: Course, lines: Sequence[Line]) -> Rows:
    return [
        _row(course, number, line, at, release)
        for number, line in enumerate(lines)
        for at, release in enumerate(course.releases)
    ]


def _row(course: Course, number: int, line: Line, at: int, release: str) -> dict[str, Any]:
    """Write a point as a row of data; the baseline is 1, a gap has no ratio.

    `from` and `to` are where the interval is drawn: not at all on a side that nobody knows.
    """
    place = {"line": number, "column": at, "name": line.name, "release": named(release)}
    if release == course.baseline:
        return {**place, "ratio": 1.0, "solid": 1}
    if (each := line.points.get(release)) is None:
        return {**place, "ratio": None}
    low, high = each.interval
    return {
        **place,
        "case": named(each.cell.case),
        "metric": each.cell.metric,
        "verdict": each.cell.verdict,
        "ratio": each.ratio,
        "low": low,
        "high": high,
        "from": each.ratio if low is None else max(low, course.axis.low),
        "to": each.ratio if high is None else min(high, course.axis.high),
        "solid": int(each.kind != "undecided"),
        "kind": chart_words.KINDS[each.kind],
    }


def _layers(course: Course) -> "Iterator[alt.Chart]":
    import altair as alt

    low, high = course.axis.low, course.axis.high
    x = alt.X("column:O", axis=None, scale=places(len(course.releases)))
    y = alt.Y("ratio:Q", scale=ratio_scale(low, high), axis=ratio_axis(low, high))
    yield rows_of("one").mark_rule(color=MUTED).encode(y=y)
    if course.others:
        line = rows_of("others").mark_line(color=NEUTRAL, strokeWidth=1, opacity=0.4)
        yield line.encode(x=x, y=y, detail="line:N")
    yield from _named(course, x, y)
    yield release_names(
        release_rows(course.releases), column=course.column, at=HEIGHT + _BELOW, is_above=False
    )
    yield from _names(course)


def _named(course: Course, x: "alt.X", y: "alt.Y") -> "Iterator[alt.Chart]":
    """Draw the lines that have a name: colour and shape say which is which."""
    import altair as alt

    chart = rows_of("cells")
    colours = _colours(course)
    colour = alt.Stroke("line:N", scale=colours, legend=None)
    yield chart.mark_rule(strokeWidth=1, opacity=0.6).encode(
        x=x, y=alt.Y("from:Q"), y2="to:Q", stroke=colour
    )
    yield chart.mark_line(strokeWidth=2).encode(x=x, y=y, stroke=colour)
    yield chart.mark_point(size=_SIZE, strokeWidth=1.5, opacity=1).encode(
        x=x,
        y=y,
        stroke=colour,
        fill=alt.Fill("line:N", scale=colours, legend=None),
        fillOpacity=alt.FillOpacity(
            "solid:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None
        ),
        shape=alt.Shape("line:N", scale=_shapes(course), legend=None),
    )


def _numbers(course: Course) -> list[int]:
    return list(range(len(course.named)))


def _colours(course: Course) -> "alt.Scale":
    import altair as alt

    return alt.Scale(domain=_numbers(course), range=list(LINES[: len(course.named)]))


def _shapes(course: Course) -> "alt.Scale":
    import altair as alt

    return alt.Scale(domain=_numbers(course), range=list(_SHAPES[: len(course.named)]))


def _names(course: Course) -> "Iterator[alt.Chart]":
    """Write the names at the ends of the lines; their places are in pixels, on no scale."""
    import altair as alt

    chart = rows_of("ends")
    colour = alt.Stroke("line:N", scale=_colours(course), legend=None)
    place, y = course.width + _GAP, alt.Y("label_y:Q", scale=None)
    yield chart.mark_rule(strokeWidth=1, opacity=0.6).encode(
        x=alt.X("end_x:Q", scale=None),
        x2=alt.value(place),
        y=alt.Y("end_y:Q", scale=None),
        y2="label_y:Q",
        stroke=colour,
    )
    yield chart.mark_point(size=_SIZE, opacity=1).encode(
        x=alt.value(place),
        y=y,
        stroke=colour,
        fill=alt.Fill("line:N", scale=_colours(course), legend=None),
        shape=alt.Shape("line:N", scale=_shapes(course), legend=None),
    )
    yield chart.mark_text(align="left", limit=LABEL_WIDTH).encode(
        x=alt.value(place + _GAP), y=y, text="text:N"
    )


def _ends(course: Course) -> Rows:
    """Find where each line ends, and a place for its name; one that ends early is not led there."""
    rows: Rows = []
    for number, line in enumerate(course.named):
        last = next(release for release in reversed(course.releases) if release in line.points)
        end = line.points[last].ratio
        is_newest = last == course.releases[-1]
        rows.append(
            {
                "line": number,
                "text": chart_words.end_of_line(line.name, end, "" if is_newest else short(last)),
                "end_x": course.width - course.column / 2 if is_newest else course.width + _GAP,
                "end_y": course.place(end),
            }
        )
    rows.sort(key=lambda row: row["end_y"])
    for row, place in zip(rows, apart([row["end_y"] for row in rows]), strict=True):
        row["label_y"] = place
        row["end_y"] = row["end_y"] if row["end_x"] < course.width else place
    return rows


def apart(places: Sequence[float]) -> list[float]:
    """Move names that would overlap; they stay in order, and within the plot if they can."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + _LINE) if moved else place)
    lowest = float(HEIGHT)
    for at in reversed(range(len(moved))):
        moved[at] = min(moved[at], lowest)
        lowest = moved[at] - _LINE
    return moved
