"""Owns the forest plot: intervals drawn as text, on one axis per table so that they line up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

Interval = tuple[float | None, float | None]

WIDTH = 21
_FIELD, _ONE, _LINE, _CROSSING, _POINT = "·", "│", "─", "┼", "●"
_ENDS, _BEYOND = ("├", "┤"), ("◄", "►")
_FARTHEST = 1.5
"""An axis ends at most this factor beyond the outermost ratio: a wide interval hides no other."""
_NARROWEST, _WIDEST = 0.01, 10.0
_LEAST = 1e-9
"""A ratio so far from 1 is a broken measurement, and no axis holds it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """A logarithmic scale of ratios that contains 1; `low` and `high` are its ends."""

    low: float
    high: float

    def column(self, ratio: float) -> int:
        """Find the character that stands for a ratio."""
        share = math.log(ratio / self.low) / math.log(self.high / self.low)
        return min(max(round(share * (WIDTH - 1)), 0), WIDTH - 1)


def axis_of(estimates: Iterable[tuple[float | None, Interval]], *, threshold: float) -> Axis:
    """Choose the axis that shows the estimates, and never less than the thresholds."""
    drawn = [(ratio, interval) for ratio, interval in estimates if is_drawable(ratio)]
    ratios = [ratio for ratio, _ in drawn]
    least = 1 + (threshold if _NARROWEST < threshold < _WIDEST else _NARROWEST)
    low, high = min([1 / least, *ratios]), max([least, *ratios])
    bounds = [b for _, interval in drawn for b in interval if is_drawable(b)]
    return Axis(
        low=max(min([low, *bounds]), low / _FARTHEST),
        high=min(max([high, *bounds]), high * _FARTHEST),
    )


def draw(axis: Axis, ratio: float | None, interval: Interval) -> str:
    """Draw one estimate, or nothing when there is none."""
    if not is_drawable(ratio):
        return ""
    one = axis.column(1.0)
    low, high = (b if is_drawable(b) else None for b in interval)
    left = 0 if low is None else axis.column(low)
    right = WIDTH - 1 if high is None else axis.column(high)
    row = [_FIELD] * WIDTH
    row[left : right + 1] = _LINE * (right + 1 - left)
    row[one] = _CROSSING if left < one < right else _ONE
    row[left] = _BEYOND[0] if low is None or low < axis.low else _ENDS[0]
    row[right] = _BEYOND[1] if high is None or high > axis.high else _ENDS[1]
    row[axis.column(ratio)] = _POINT
    return "".join(row)


def is_drawable(ratio: float | None) -> TypeGuard[float]:
    """Whether an axis can hold a ratio."""
    return ratio is not None and _LEAST < ratio < 1 / _LEAST
