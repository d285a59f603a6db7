"""Owns the forest plot: which cells are on it, in which order, and where they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from bot.core.report import Report
from bot.core.units import format_ratio
from bot.render import chart_words
from bot.render.cell_kind import Kind, kind_of
from bot.render.chart import Chart
from bot.render.chart_axes import ratio_axis, ratio_scale
from bot.render.chart_points import Point, named, points, short
from bot.render.chart_style import (
    GRID,
    INK,
    LABEL_WIDTH,
    LOOKS,
    MUTED,
    SMALL_FONT,
    Rows,
    finished,
    rows_of,
)
from bot.render.plot import Axis, axis_of

if TYPE_CHECKING:
    import altair as alt

Side = Literal["left", "right"]

MOST_CHANGES, MOST_OTHERS = 30, 12
_CHANGES: dict[Kind, int] = {"worse": 0, "excused": 1, "better": 2}
_WIDTH, _ROW = 340, 32
_GAP, _LINE = 12, 7
_MARGIN = 1.02
"""How far the axis goes beyond what is on it, so that a point at its end is whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """What is drawn, and how much is not."""

    title: str
    points: tuple[Point, ...]
    left_out: int = 0
    without_ratio: int = 0


def forest(report: Report) -> Chart | None:
    """Draw the changes that matter, the worst first; without any, what comes closest."""
    picked = pick(report)
    if not picked.points:
        return None
    axis = _axis(picked.points)
    rows = [_row(at, each, axis) for at, each in enumerate(picked.points)]
    description = chart_words.forest_description(picked.title, len(rows), picked.points[0])
    spec = finished(
        _layers(rows, axis, [each.kind for each in picked.points]),
        {"one": [{"one": 1.0}], "cells": rows, **_ends(rows, axis)},
        title=picked.title,
        subtitle=_subtitle(report, picked),
        description=description,
        width=_WIDTH,
        height=_ROW * len(rows),
    )
    return Chart(name="forest", title=picked.title, description=description, spec=spec)


def pick(report: Report) -> Picked:
    """Choose the cells; those of a pull request stand before those of releases."""
    changes = [cell for cell in report.cells if kind_of(cell) in _CHANGES]
    with_ratio = points(changes)
    missing = len(changes) - len(with_ratio)
    if not with_ratio:
        return _others(report, without_ratio=missing)
    of_change = report.subject.pairs if report.subject else {}
    in_order = sorted(
        with_ratio,
        key=lambda each: (
            each.cell.candidate not in of_change,
            _CHANGES[each.kind],
            -each.distance,
        ),
    )
    return Picked(
        title=chart_words.CHANGES,
        points=tuple(in_order[:MOST_CHANGES]),
        left_out=max(len(in_order) - MOST_CHANGES, 0),
        without_ratio=missing,
    )


def _others(report: Report, *, without_ratio: int) -> Picked:
    """Choose what is most worth a look where nothing changed: what is open, then what is far."""
    others = [each for each in points(report.cells) if each.kind not in _CHANGES]
    others.sort(key=lambda each: (each.kind != "undecided", -each.distance))
    is_decided = any(each.kind != "undecided" for each in others)
    title = chart_words.NO_CHANGE if is_decided else chart_words.NOTHING_DECIDED
    return Picked(
        title=chart_words.OTHERS_WITHOUT_RATIO if without_ratio else title,
        points=tuple(others[:MOST_OTHERS]),
        left_out=max(len(others) - MOST_OTHERS, 0),
        without_ratio=without_ratio,
    )


def _subtitle(report: Report, picked: Picked) -> list[str]:
    noun = "change" if picked.title == chart_words.CHANGES else "cell"
    lines = (
        chart_words.ratios(short(report.baseline)),
        chart_words.with_pull_request() if report.subject else "",
        chart_words.sentence(
            [
                chart_words.left_out(picked.left_out, noun),
                chart_words.without_ratio(picked.without_ratio),
            ]
        ),
    )
    return [line for line in lines if line]


def _axis(drawn: Sequence[Point]) -> Axis:
    axis = axis_of(
        ((each.ratio, each.interval) for each in drawn),
        threshold=max(each.cell.threshold for each in drawn),
    )
    return Axis(low=axis.low / _MARGIN, high=axis.high * _MARGIN)


def _row(at: int, each: Point, axis: Axis) -> dict[str, Any]:
    """Write a cell as a row of data; `from` and `to` are where its interval is drawn."""
    low, high = each.interval
    return {
        "row": at,
        "case": named(each.cell.case),
        "metric": each.cell.metric,
        "release": named(each.cell.candidate),
        "verdict": each.cell.verdict,
        "ratio": each.ratio,
        "low": low,
        "high": high,
        "from": axis.low if low is None else max(low, axis.low),
        "to": axis.high if high is None else min(high, axis.high),
        "band_low": max(1 / (1 + each.cell.threshold), axis.low),
        "band_high": min(1 + each.cell.threshold, axis.high),
        "kind": chart_words.KINDS[each.kind],
        "name": short(each.cell.case),
        "about": short(chart_words.metric_and_version(each.cell)),
        "figure": format_ratio(each.ratio),
        "bounds": chart_words.interval(each),
    }


def _layers(rows: Rows, axis: Axis, kinds: Sequence[Kind]) -> "list[alt.Chart]":
    import altair as alt

    x = alt.X(
        "from:Q", scale=ratio_scale(axis.low, axis.high), axis=ratio_axis(axis.low, axis.high)
    )
    y = alt.Y("row:O", axis=None, scale=alt.Scale(domain=list(range(len(rows)))))
    band = rows_of("cells").mark_rect(color=GRID, opacity=0.55)
    one = rows_of("one").mark_rule(color=MUTED)
    rule = rows_of("cells").mark_rule(color=INK, strokeWidth=1.5)
    return [
        band.encode(x=alt.X("band_low:Q"), x2="band_high:Q", y=y),
        one.encode(x=alt.X("one:Q")),
        rule.encode(x=x, x2="to:Q", y=y),
        *_arrows(rows, axis, y),
        _marks(kinds, y),
        *_texts(y),
    ]


def _ends(rows: Rows, axis: Axis) -> dict[str, Rows]:
    """Find the intervals that go on: beyond the axis, or nobody knows how far."""
    left = [row["row"] for row in rows if row["low"] is None or row["low"] < axis.low]
    right = [row["row"] for row in rows if row["high"] is None or row["high"] > axis.high]
    return {
        "open_left": [{"row": row, "end": axis.low} for row in left],
        "open_right": [{"row": row, "end": axis.high} for row in right],
    }


def _arrows(rows: Rows, axis: Axis, y: "alt.Y") -> "list[alt.Chart]":
    """Point to where intervals go on."""
    import altair as alt

    shapes = {"open_left": "triangle-left", "open_right": "triangle-right"}
    return [
        rows_of(name)
        .mark_point(shape=shapes[name], filled=True, color=INK, opacity=1, size=50)
        .encode(x=alt.X("end:Q"), y=y)
        for name, ends in _ends(rows, axis).items()
        if ends
    ]


def _marks(kinds: Sequence[Kind], y: "alt.Y") -> "alt.Chart":
    """Draw the estimates; the legend has the kinds that are there, in the order of the rows."""
    import altair as alt

    shown = list(dict.fromkeys(kinds))
    looks = [LOOKS[kind] for kind in shown]
    domain = [chart_words.KINDS[kind] for kind in shown]
    legend = alt.Legend(title=None, orient="bottom", symbolSize=90, columns=3)

    def scale(values: list[str]) -> alt.Scale:
        return alt.Scale(domain=domain, range=values)

    mark = rows_of("cells").mark_point(size=90, strokeWidth=2, opacity=1)
    marks: alt.Chart = mark.encode(
        x=alt.X("ratio:Q"),
        y=y,
        shape=alt.Shape("kind:N", scale=scale([look.shape for look in looks]), legend=legend),
        fill=alt.Fill("kind:N", scale=scale([look.fill for look in looks]), legend=legend),
        stroke=alt.Stroke("kind:N", scale=scale([look.colour for look in looks]), legend=legend),
    )
    return marks


def _texts(y: "alt.Y") -> "chain[alt.Chart]":
    """Write the names left of the plot and the figures right of it, in two lines each."""
    import altair as alt

    def pair(first: str, second: str, at: float, align: Side) -> "tuple[alt.Chart, alt.Chart]":
        chart, place = rows_of("cells"), alt.value(at)
        above = chart.mark_text(align=align, dy=-_LINE, limit=LABEL_WIDTH, fontWeight=600)
        below = chart.mark_text(
            align=align, dy=_LINE, limit=LABEL_WIDTH, color=MUTED, fontSize=SMALL_FONT
        )
        return (
            above.encode(x=place, y=y, text=f"{first}:N"),
            below.encode(x=place, y=y, text=f"{second}:N"),
        )

    return chain(
        pair("name", "about", -_GAP, "right"), pair("figure", "bounds", _WIDTH + _GAP, "left")
    )
