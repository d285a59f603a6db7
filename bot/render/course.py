"""Owns the course of cases over releases: which cases, in which order, on which axis."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.report import Report
from bot.core.since import releases_of
from bot.render.cell_kind import Kind
from bot.render.chart_points import Point, main_cells, points, row_name
from bot.render.chart_style import LOOKS
from bot.render.plot import Axis, axis_of

FEWEST_CANDIDATES = 2
MOST_RELEASES, MOST_NAMED, MOST_OTHERS = 60, 6, 60
HEIGHT = 320
_ALL, _NARROWEST = 430, 15
_MOST_WORSE = 4
"""Of the lines that have a name; more only where nothing else changed as much."""
_CHANGES: frozenset[Kind] = frozenset({"worse", "better", "excused"})
_LEAST_SPAN = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A case over releases; a release in which it has no ratio interrupts its line."""

    name: str
    points: Mapping[str, Point]

    def farthest(self, kinds: Collection[Kind]) -> float | None:
        """Say how far it went from no change where it is of these kinds; None if nowhere."""
        found = (each.distance for each in self.points.values() if each.kind in kinds)
        return max(found, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What is drawn over which releases, and how much is not."""

    baseline: str
    releases: tuple[str, ...]
    named: tuple[Line, ...]
    others: tuple[Line, ...]
    left_out: int
    releases_left_out: int
    axis: Axis

    @property
    def column(self) -> float:
        """How wide the place of a release is."""
        return max(_ALL / len(self.releases), _NARROWEST)

    @property
    def width(self) -> float:
        """How wide the plot is."""
        return self.column * len(self.releases)

    def place(self, ratio: float) -> float:
        """Find how far below the top a ratio is drawn."""
        share = math.log(self.axis.high / ratio) / math.log(self.axis.high / self.axis.low)
        return share * HEIGHT


def course_of(report: Report) -> Course | None:
    """Choose lines and releases; what a pull request changes is no course of releases."""
    of_change = report.subject.pairs if report.subject else {}
    candidates = [label for label in report.candidates if label not in of_change]
    if len(candidates) < FEWEST_CANDIDATES:
        return None
    releases = in_order(report, candidates)
    shown = (releases[0], *releases[1:][1 - MOST_RELEASES :])
    lines = most_changed_first(_lines(report, shown))
    if not lines:
        return None
    first, others = lines[:MOST_NAMED], lines[MOST_NAMED:]
    return Course(
        baseline=report.baseline,
        releases=shown,
        named=tuple(first),
        others=tuple(others[:MOST_OTHERS]),
        left_out=max(len(others) - MOST_OTHERS, 0),
        releases_left_out=len(releases) - len(shown),
        axis=_axis(first, others[:MOST_OTHERS]),
    )


def most_changed_first(lines: Iterable[Line]) -> list[Line]:
    """Sort lines: some of those that are worse, then what changed most, then what is farthest."""
    everything = [*LOOKS]
    lines = sorted(lines, key=lambda line: -(line.farthest(everything) or 0.0))
    lines.sort(key=lambda line: -(line.farthest(_CHANGES) or 0.0))
    worse = sorted(
        (line for line in lines if line.farthest({"worse"}) is not None),
        key=lambda line: -(line.farthest({"worse"}) or 0.0),
    )[:_MOST_WORSE]
    return [*worse, *(line for line in lines if line not in worse)]


def in_order(report: Report, candidates: Sequence[str]) -> list[str]:
    """List the columns by their release; where one has none, as they were named."""
    numbers = dict(releases_of(report, [report.baseline, *candidates]))
    if len(numbers) <= len(candidates):
        return [report.baseline, *candidates]
    return sorted(numbers, key=lambda label: numbers[label])


def _lines(report: Report, releases: Sequence[str]) -> Iterator[Line]:
    for cells in main_cells(report).values():
        inside = [cells[label] for label in releases if label in cells]
        found = {each.cell.candidate: each for each in points(inside)}
        if found:
            yield Line(name=row_name(inside[0]), points=found)


def _axis(first: Sequence[Line], others: Sequence[Line]) -> Axis:
    """Hold all ratios, and of the intervals what does not hide them."""
    estimates = [
        *((each.ratio, each.interval) for line in first for each in line.points.values()),
        *((each.ratio, (None, None)) for line in others for each in line.points.values()),
    ]
    return axis_of(estimates, threshold=_LEAST_SPAN)
