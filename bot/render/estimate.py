"""Owns how one estimate is written in a table: values, change, interval, forest plot."""

from collections.abc import Callable

from bot.core.metric import MetricName, Unit
from bot.core.report import CellReport, ControlCell, NumericReport
from bot.core.units import (
    format_bytes,
    format_bytes_change,
    format_percent,
    format_ratio,
    format_seconds,
    format_threshold,
)
from bot.render import confirmed, labels, pull_request_words
from bot.render.escape import NO_BREAK_SPACE, code_in_table, is_version, prose
from bot.render.plot import Axis, axis_of, draw

Judged = CellReport | ControlCell

Interval = tuple[float | None, float | None]

LINE_BREAK = "<br>"
"""Rows of two lines keep a table narrow enough to be read without scrolling."""


def place(case: str, metric: MetricName, *, version: str = "") -> str:
    """Name a cell, within its version or with it."""
    where = f" in {version_in_table(version)}" if version else ""
    return f"{code_in_table(case)}{LINE_BREAK}{labels.METRICS[metric]}{where}"


def quantity(value: float | None, unit: Unit) -> str:
    """Write an absolute value; it belongs to this machine."""
    if value is None:
        return ""
    return unbroken(format_seconds(value) if unit == "seconds" else format_bytes(value))


def with_wall(cpu: str, seconds: float | None) -> str:
    """Write the wall time below the CPU time that decided."""
    if seconds is None:
        return cpu
    return cpu + LINE_BREAK + unbroken(f"{labels.WALL} {quantity(seconds, 'seconds')}")


def size(cell: Judged) -> str:
    """Write a change in a word: a ratio, or a difference where a ratio makes no sense."""
    if cell.difference is not None:
        return unbroken(format_bytes_change(cell.difference))
    return "" if cell.ratio is None else format_ratio(cell.ratio)


def change(cell: Judged) -> str:
    """Write a change, and a ratio as a percentage too."""
    if cell.ratio is None:
        return size(cell)
    return f"{size(cell)}{LINE_BREAK}{unbroken(format_percent(cell.ratio - 1))}"


def bounds(cell: Judged) -> str:
    """Write an interval in numbers; a missing bound is said, not invented."""
    return span(cell.interval, format_ratio if cell.difference is None else format_bytes_change)


def span(interval: Interval, write: Callable[[float], str]) -> str:
    """Write two bounds."""
    match interval:
        case (None, None):
            return labels.NO_BOUNDS
        case (None, high) if high is not None:
            return unbroken(f"up to {write(high)}")
        case (low, None) if low is not None:
            return unbroken(f"from {write(low)}")
        case (low, high) if low is not None and high is not None:
            return unbroken(f"{write(low)} to {write(high)}")
    return ""


def drawn(axis: Axis, cell: Judged) -> str:
    """Draw an interval on its axis and write it next to the drawing; differences have no axis."""
    if cell.ratio is None:
        return "" if cell.difference is None else bounds(cell)
    plot = draw(axis, cell.ratio, cell.interval)
    return f"`{plot}`{LINE_BREAK}{bounds(cell)}" if plot else bounds(cell)


def shared_axis(cells: tuple[Judged, ...]) -> Axis:
    """Choose the axis of a table."""
    ratios = [cell for cell in cells if cell.difference is None]
    thresholds = [cell.threshold for cell in ratios if isinstance(cell, CellReport)]
    return axis_of(
        ((cell.ratio, cell.interval) for cell in ratios), threshold=max(thresholds, default=0.01)
    )


def limit(threshold: float, unit: Unit = "seconds") -> str:
    """Write a threshold: a percentage, or a size where a ratio makes no sense."""
    is_size = unit == "bytes per 1,000 calls"
    return unbroken(format_bytes(threshold) if is_size else format_threshold(threshold))


def afterwards(row: CellReport | NumericReport) -> str:
    """Write what was said of a finding later: by somebody who accepts it, by a second machine."""
    said = []
    if (word := row.acknowledged) is not None:
        said.append(
            pull_request_words.accepted(
                prose(word.author), prose(word.until or ""), prose(word.reason)
            )
        )
    if (again := row.confirmation) is not None:
        said.append(confirmed.measured_again(again, prose(again.reason)))
    return LINE_BREAK.join(said)


def unbroken(text: str) -> str:
    """Keep a quantity on one line."""
    return text.replace(" ", NO_BREAK_SPACE)


def version_in_table(label: str) -> str:
    """Write the label of a column in a table."""
    return label if is_version(label) else code_in_table(label)
