"""Owns how one estimate is written in a table: values, change, interval, forest plot."""

from bot.core.metric import MetricName, Unit
from bot.core.report import CellReport, ControlCell
from bot.core.units import (
    format_bytes,
    format_percent,
    format_ratio,
    format_seconds,
    format_threshold,
)
from bot.render import labels
from bot.render.escape import NO_BREAK_SPACE, code_in_table, is_version
from bot.render.plot import Axis, Interval, axis_of, draw

LINE_BREAK = "<br>"
"""Rows of two lines keep a table narrow enough to be read without scrolling."""


def place(case: str, metric: MetricName) -> str:
    """Name a cell within its version."""
    return f"{code_in_table(case)}{LINE_BREAK}{labels.METRICS[metric]}"


def quantity(value: float | None, unit: Unit) -> str:
    """Write an absolute value; it belongs to this machine."""
    if value is None:
        return ""
    return unbroken(format_bytes(value) if unit == "bytes" else format_seconds(value))


def change(ratio: float | None) -> str:
    """Write a ratio and the same as a percentage."""
    if ratio is None:
        return ""
    return f"{format_ratio(ratio)}{LINE_BREAK}{unbroken(format_percent(ratio - 1))}"


def bounds(interval: Interval) -> str:
    """Write an interval in numbers; a missing bound is said, not invented."""
    match interval:
        case (None, None):
            return "no bounds yet"
        case (None, high) if high is not None:
            return unbroken(f"up to {format_ratio(high)}")
        case (low, None) if low is not None:
            return unbroken(f"from {format_ratio(low)}")
        case (low, high) if low is not None and high is not None:
            return unbroken(f"{format_ratio(low)} to {format_ratio(high)}")
    return ""


def drawn(axis: Axis, ratio: float | None, interval: Interval) -> str:
    """Draw an interval on its axis and write it next to the drawing."""
    if ratio is None:
        return ""
    plot = draw(axis, ratio, interval)
    return f"`{plot}`{LINE_BREAK}{bounds(interval)}" if plot else bounds(interval)


def shared_axis(cells: "tuple[CellReport | ControlCell, ...]") -> Axis:
    """Choose the axis of a table."""
    thresholds = [cell.threshold for cell in cells if isinstance(cell, CellReport)]
    return axis_of(
        ((cell.ratio, cell.interval) for cell in cells), threshold=max(thresholds, default=0.01)
    )


def limit(threshold: float) -> str:
    """Write the threshold of a cell."""
    return unbroken(format_threshold(threshold))


def unbroken(text: str) -> str:
    """Keep a quantity on one line."""
    return text.replace(" ", NO_BREAK_SPACE)


def version_in_table(label: str) -> str:
    """Write the label of a column in a table."""
    return label if is_version(label) else code_in_table(label)
