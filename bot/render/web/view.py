"""Owns the shape of the page: plain texts, which its templates escape and print."""

from dataclasses import dataclass
from typing import Literal

from bot.render.cell_kind import Kind

Align = Literal["text", "number", "code"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A column of a table."""

    title: str
    align: Align = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row of a table, `case` where it belongs to one, `sign` where it needs somebody's eyes."""

    texts: tuple[str, ...]
    case: str = ""
    sign: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table whose first column names its rows; `text` is said above it."""

    name: str
    title: str
    heads: tuple[Head, ...] = ()
    lines: tuple[Line, ...] = ()
    text: str = ""
    is_folded: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """An interval on the axis that all rows share, in percent of its length.

    A bound that is missing, or beyond the axis, has an open end.
    """

    left: float
    right: float
    point: float
    opens_left: bool
    opens_right: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CellLine:
    """One cell in the table of all cells; `ratio` and the values are what it is sorted by."""

    kind: Kind
    sign: str
    word: str
    case: str
    metric: str
    version: str
    before: str
    after: str
    before_wall: str
    after_wall: str
    """Wall time, where CPU time is judged."""
    change: str
    percent: str
    interval: str
    drawn: Drawn | None
    blocks: int
    why: tuple[str, ...]
    """The reason of the verdict, and what was said of it later."""
    ratio: float
    before_value: float
    after_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One entry of the heatmap: `shade` from -4 (much better) to 4 (much worse)."""

    kind: Kind
    sign: str
    text: str
    shade: int
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Heatmap:
    """Cases down, versions across, for one metric; a null is what was never asked for."""

    title: str
    versions: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Tile | None, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Log:
    """A failure with all it said."""

    case: str
    is_of_every_case: bool
    version: str
    why: str
    advice: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many cells are of a kind; it filters the table."""

    kind: Kind
    sign: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A chart as SVG, with the sentence that says the same; one is open from the start."""

    name: str
    title: str
    description: str
    svg: str
    is_open: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PageView:
    """All of the page but the data of its figures."""

    title: str
    heading: str
    """HTML: names in it are code, and escaped."""
    standing: str
    duty: str
    counts: tuple[Count, ...]
    total: str
    trust: str
    notes: tuple[str, ...]
    wholes: tuple[str, ...]
    """What each version does to all steps together."""
    since: tuple[str, ...]
    compared: str
    """What each column is compared with, where that is not the same for all."""
    heatmaps: tuple[Heatmap, ...]
    cells: tuple[CellLine, ...]
    axis: tuple[str, float]
    """What the interval's axis is, and where on it x1 is, in percent."""
    metrics: tuple[str, ...]
    versions: tuple[str, ...]
    logs: tuple[Log, ...]
    grids: tuple[Grid, ...]
    pictures: tuple[Picture, ...]
