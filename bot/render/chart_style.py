"""Owns how charts look: colours that a page may replace, shapes, sizes and fonts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.render.cell_kind import Kind

if TYPE_CHECKING:
    import altair as alt

Rows = list[dict[str, Any]]
"""Data of a chart: names are values in it, and never fields."""


PAPER = "#ffffff"
INK, MUTED, GRID = "#1f2328", "#59636e", "#d8dee4"
WORSE, BETTER, NEUTRAL, OPEN = "#d55e00", "#0072b2", "#6e7781", "#a3518d"
"""Orange and blue are told apart by every kind of eye; shapes and words say the same again."""

LINES = ("#1f77c4", "#c9561b", "#0c9268", "#b0579c", "#8a7000", "#636fd6")
"""Lines of single cases: neither better nor worse, and legible on white as on black."""

PROPERTIES: dict[str, str] = {
    INK: "--chart-ink",
    MUTED: "--chart-muted",
    GRID: "--chart-grid",
    WORSE: "--chart-worse",
    BETTER: "--chart-better",
    NEUTRAL: "--chart-neutral",
    OPEN: "--chart-open",
    **{colour: f"--chart-line-{number}" for number, colour in enumerate(LINES, start=1)},
}
"""What a page calls each colour, so that it can be another one in the dark."""

FONT = "sans-serif"
SMALL_FONT, TEXT_FONT = 11, 12
LABEL_WIDTH = 215
NAME_LENGTH = 34

_CONFIG: dict[str, Any] = {
    "aria": False,  # the picture as a whole has one description; its parts have none
    "font": FONT,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "color": INK,
        "fontSize": 16,
        "subtitleColor": MUTED,
        "subtitleFontSize": TEXT_FONT,
        "subtitlePadding": 6,
        "offset": 14,
    },
    "axis": {
        "labelColor": MUTED,
        "labelFontSize": SMALL_FONT,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    },
    "legend": {"labelColor": MUTED, "labelFontSize": TEXT_FONT, "labelLimit": 300},
    "text": {"color": INK, "fontSize": TEXT_FONT},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How a point of a kind is drawn; a hollow one is nothing that was decided or counts."""

    colour: str
    shape: str
    is_hollow: bool = False

    @property
    def fill(self) -> str:
        """What is inside the outline."""
        return "transparent" if self.is_hollow else self.colour


LOOKS: dict[Kind, Look] = {
    "worse": Look(colour=WORSE, shape="triangle-up"),
    "better": Look(colour=BETTER, shape="triangle-down"),
    "excused": Look(colour=NEUTRAL, shape="square", is_hollow=True),
    "small": Look(colour=NEUTRAL, shape="diamond"),
    "unchanged": Look(colour=NEUTRAL, shape="circle"),
    "undecided": Look(colour=OPEN, shape="circle", is_hollow=True),
    "missing": Look(colour=NEUTRAL, shape="cross", is_hollow=True),
}


def rows_of(name: str) -> "alt.Chart":
    """Begin a layer of some of the data that the chart is finished with."""
    import altair as alt

    return alt.Chart(alt.NamedData(name=name))


def finished(
    layers: "Iterable[alt.Chart]",
    datasets: dict[str, Rows],
    *,
    title: str,
    subtitle: list[str],
    description: str,
    width: float,
    height: float,
) -> dict[str, Any]:
    """Lay layers over each other and return the specification, checked by the schema.

    The data join it afterwards: they are plain rows of ours, and checking them takes longer than
    all else. They are inside the specification, so that nothing is ever loaded.
    """
    import altair as alt

    chart = alt.layer(*layers).properties(
        title=alt.TitleParams(text=title, subtitle=subtitle),
        description=description,
        width=width,
        height=height,
        background=PAPER,
        padding=12,
    )
    return {**chart.configure(**_CONFIG).to_dict(), "datasets": datasets}
