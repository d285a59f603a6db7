"""Owns the map of cases and releases: a colour and a figure for each pair."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.core.metric import METRICS
from bot.core.report import CellReport, Report
from bot.render import chart_words
from bot.render.cell_kind import Kind, kind_of
from bot.render.chart import Chart
from bot.render.chart_axes import places, release_names, release_rows
from bot.render.chart_points import (
    Point,
    main_cells,
    named,
    point,
    points,
    row_name,
    short,
    worst,
    worst_first,
)
from bot.render.chart_style import (
    BETTER,
    GRID,
    INK,
    LABEL_WIDTH,
    MUTED,
    SMALL_FONT,
    WORSE,
    Rows,
    finished,
    rows_of,
)
from bot.render.chart_words import NO_FIGURE

if TYPE_CHECKING:
    import altair as alt

MOST_CASES, MOST_RELEASES, MOST_CELLS = 30, 40, 1_000
FULL = 1.5
"""A ratio that has the deepest colour, as every larger one has, and its inverse."""
_DEEPEST = 0.72
"""Ink can still be read on it."""
_ROW = 24
_WIDEST, _NARROWEST, _ALL = 76, 30, 520
_ABOVE = -8
_LITTLE_ROOM = 38
"""In a narrower column, figures are small."""

_WRITTEN: tuple[tuple[tuple[Kind, ...], Literal[400, 700], str], ...] = (
    (("worse", "better"), 700, INK),
    (("excused", "small", "unchanged"), 400, INK),
    (("undecided", "missing"), 400, MUTED),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The cases and releases that are drawn, and how many are not."""

    cases: tuple[str, ...]
    releases: tuple[str, ...]
    cells: dict[str, dict[str, CellReport]]
    cases_left_out: int
    releases_left_out: int

    @property
    def column(self) -> float:
        """How wide a column is: the map grows only where figures would not fit."""
        return min(max(_ALL / len(self.releases), _NARROWEST), _WIDEST)

    @property
    def drawn(self) -> list[CellReport]:
        """The cells on the map, case by case."""
        return [
            self.cells[case][release]
            for case in self.cases
            for release in self.releases
            if release in self.cells[case]
        ]


def heatmap(report: Report) -> Chart | None:
    """Draw the ratio of every case in every release, the worst cases first."""
    grid = grid_of(report)
    drawn = points(grid.drawn)
    if not drawn:
        return None
    metrics = {cell.metric for cell in grid.drawn}
    title = chart_words.map_title(
        short(report.baseline), [name for name in METRICS if name in metrics]
    )
    description = chart_words.map_description(
        title, len(grid.cases), len(grid.releases), worst(drawn)
    )
    spec = finished(
        _layers(grid),
        _datasets(grid),
        title=title,
        subtitle=_subtitle(report, grid),
        description=description,
        width=grid.column * len(grid.releases),
        height=_ROW * len(grid.cases),
    )
    return Chart(name="heatmap", title=title, description=description, spec=spec)


def grid_of(report: Report) -> Grid:
    """Choose the cases that are worst and the releases that are newest where not all fit."""
    cells = main_cells(report)
    cases = sorted(cells, key=lambda case: worst_first(cells[case].values()))
    releases = report.candidates[-MOST_RELEASES:]
    most = min(MOST_CASES, MOST_CELLS // max(len(releases), 1))
    return Grid(
        cases=tuple(cases[:most]),
        releases=releases,
        cells=cells,
        cases_left_out=max(len(cases) - most, 0),
        releases_left_out=len(report.candidates) - len(releases),
    )


def _subtitle(report: Report, grid: Grid) -> list[str]:
    kinds = {kind_of(cell) for cell in grid.drawn}
    lines = (
        chart_words.sentence([chart_words.colours(FULL)]),
        chart_words.sentence([chart_words.signs(kinds)]),
        chart_words.with_pull_request() if report.subject else "",
        chart_words.sentence(
            [
                chart_words.left_out(grid.cases_left_out, "case"),
                chart_words.left_out(grid.releases_left_out, "release"),
            ]
        ),
    )
    return [line for line in lines if line]


def _datasets(grid: Grid) -> dict[str, Rows]:
    columns = {release: at for at, release in enumerate(grid.releases)}
    rows = {case: at for at, case in enumerate(grid.cases)}
    first = [next(iter(grid.cells[case].values())) for case in grid.cases]
    return {
        "cells": [_row(cell, rows[cell.case], columns[cell.candidate]) for cell in grid.drawn],
        "cases": [{"row": at, "name": row_name(cell)} for at, cell in enumerate(first)],
        "releases": release_rows(grid.releases),
    }


def _row(cell: CellReport, at: int, column: int) -> dict[str, Any]:
    """Write a cell as a row of data; `strength` is how deep its colour is, from 0 to 1."""
    kind, made = kind_of(cell), point(cell)
    return {
        "row": at,
        "column": column,
        "case": named(cell.case),
        "metric": cell.metric,
        "release": named(cell.candidate),
        "verdict": cell.verdict,
        "ratio": made.ratio if made else None,
        "kind": chart_words.KINDS[kind],
        "tone": "worse" if made and made.ratio > 1 else "better",
        "strength": _strength(made) if made else 0.0,
        "figure": chart_words.figure(made) if made else NO_FIGURE,
    }


def _strength(made: Point) -> float:
    """Say how much of its colour a ratio has; what is open has none."""
    return 0.0 if made.kind == "undecided" else min(made.distance / math.log(FULL), 1.0)


def _layers(grid: Grid) -> "list[alt.Chart]":
    import altair as alt

    x = alt.X("column:O", axis=None, scale=places(len(grid.releases)))
    y = alt.Y("row:O", axis=None, scale=places(len(grid.cases)))
    fill = alt.Fill(
        "tone:N", scale=alt.Scale(domain=["worse", "better"], range=[WORSE, BETTER]), legend=None
    )
    depth = alt.FillOpacity(
        "strength:Q", scale=alt.Scale(domain=[0, 1], range=[0, _DEEPEST]), legend=None
    )
    name = rows_of("cases").mark_text(align="right", limit=LABEL_WIDTH)
    box = rows_of("cells").mark_rect(stroke=GRID, strokeWidth=1)
    releases = release_rows(grid.releases)
    return [
        box.encode(x=x, y=y, fill=fill, fillOpacity=depth),
        name.encode(x=alt.value(_ABOVE), y=y, text="name:N"),
        release_names(releases, column=grid.column, at=_ABOVE, is_above=True),
        *_figures(grid.column, x, y),
    ]


def _figures(column: float, x: "alt.X", y: "alt.Y") -> "Iterator[alt.Chart]":
    """Write the figures: bold what matters, muted what is open or was not measured."""
    import altair as alt

    size = SMALL_FONT if column >= _LITTLE_ROOM else SMALL_FONT - 2
    for kinds, weight, colour in _WRITTEN:
        of_kind = alt.FieldOneOfPredicate(
            field="kind", oneOf=[chart_words.KINDS[kind] for kind in kinds]
        )
        yield (
            rows_of("cells")
            .transform_filter(of_kind)
            .mark_text(fontSize=size, fontWeight=weight, color=colour, limit=column)
            .encode(x=x, y=y, text="figure:N")
        )
