"""Owns the axes of charts: ratios on a logarithmic scale with round ticks, names of releases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.core.units import TIMES
from bot.render.chart_points import short
from bot.render.chart_style import INK, LABEL_WIDTH, SMALL_FONT, Rows, rows_of

if TYPE_CHECKING:
    import altair as alt

RELEASE_LENGTH = 22
_CHARACTER = 6.4
"""How wide a character is at most times, in a small font."""
_SLANTED = 45

_GRIDS: tuple[tuple[float, ...], ...] = (
    tuple(hundredths / 100 for hundredths in range(80, 121)),
    tuple(hundredths / 100 for hundredths in range(60, 162, 2)),
    tuple(hundredths / 100 for hundredths in range(40, 205, 5)),
    (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0),
    (0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0),
    tuple(digit * 10.0**power for power in range(-3, 3) for digit in (1, 2, 5)),
    tuple(10.0**power for power in range(-10, 11)),
    tuple(10.0**power for power in range(-10, 11, 5)),
)
_MOST_TICKS = 8


def ticks(low: float, high: float) -> list[float]:
    """Choose round ratios on an axis, as many as can be read, always with 1 among them."""
    for grid in _GRIDS:
        if grid[0] > low or grid[-1] < high:
            continue
        inside = [ratio for ratio in grid if low <= ratio <= high]
        if len(inside) <= _MOST_TICKS:
            return inside
    return [1.0]


def ratio_axis(low: float, high: float) -> "alt.Axis":
    """Write ratios on an axis; the expression is ours and meets no name."""
    import altair as alt

    return alt.Axis(
        values=ticks(low, high),
        title=None,
        labelExpr=f"'{TIMES}' + format(datum.value, '.3~g')",
        labelFlush=False,
    )


def ratio_scale(low: float, high: float) -> "alt.Scale":
    """Make the logarithmic scale on which half and double are equally far."""
    import altair as alt

    return alt.Scale(type="log", domain=[low, high], nice=False)


def places(number: int) -> "alt.Scale":
    """Make the scale of rows or columns, which are numbered: a name is never a key."""
    import altair as alt

    return alt.Scale(domain=list(range(number)), paddingInner=0.06, paddingOuter=0.03)


def release_rows(names: Sequence[str]) -> Rows:
    """Make the data of `release_names`."""
    return [
        {"column": index, "release": short(name, length=RELEASE_LENGTH)}
        for index, name in enumerate(names)
    ]


def release_names(rows: Rows, *, column: float, at: float, is_above: bool) -> "alt.Chart":
    """Write the names of releases beside their columns, slanted where they are too long."""
    import altair as alt

    is_slanted = max(len(row["release"]) for row in rows) * _CHARACTER > column
    mark = rows_of("releases").mark_text(
        align=("left" if is_above else "right") if is_slanted else "center",
        angle=360 - _SLANTED if is_slanted else 0,
        baseline="middle" if is_slanted else ("bottom" if is_above else "top"),
        limit=LABEL_WIDTH,
        color=INK,
        fontSize=SMALL_FONT,
    )
    names: alt.Chart = mark.encode(
        x=alt.X("column:O", axis=None, scale=places(len(rows))),
        y=alt.value(at),
        text="release:N",
    )
    return names
