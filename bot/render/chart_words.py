"""Owns the words on charts: titles, what a colour or sign means, and a picture in one sentence."""

from collections.abc import Collection, Sequence

from bot.core.metric import MetricName
from bot.core.report import CellReport
from bot.core.units import TIMES, format_ratio
from bot.render import labels, words
from bot.render.cell_kind import Kind
from bot.render.chart_points import Point, named
from bot.render.escape import NO_BREAK_SPACE
from bot.render.estimate import span

WHERE = "report.json"

KINDS: dict[Kind, str] = {
    "worse": "slower or bigger",
    "better": "faster or smaller",
    "excused": labels.EXCUSED,
    "small": "real, but below the threshold",
    "unchanged": "unchanged",
    "undecided": "undecided",
    "missing": "not measured",
}
NO_FIGURE = "–"
_SIGNS: tuple[tuple[Kind, str], ...] = (
    ("worse", "bold: a change that matters"),
    ("excused", f"in brackets: {labels.EXCUSED}"),
    ("undecided", "with ?: undecided"),
    ("missing", f"{NO_FIGURE}: not measured"),
)

CHANGES = labels.CHANGES
NO_CHANGE = "No change that matters; what comes closest"
NOTHING_DECIDED = "Nothing decided yet; the largest ratios"
OTHERS_WITHOUT_RATIO = "What changed has no ratio; the other cells"


def metric_and_version(cell: CellReport) -> str:
    """Say what of a case is drawn, and in which release."""
    return f"{labels.METRICS[cell.metric]} · {named(cell.candidate)}"


def interval(point: Point) -> str:
    """Write the bounds of an interval; one that is not known is said."""
    return span(point.interval, format_ratio).replace(NO_BREAK_SPACE, " ")


def figure(point: Point) -> str:
    """Write a ratio in a cell so that it is known without colour how much it says."""
    digits = format_ratio(point.ratio).removeprefix(TIMES)
    match point.kind:
        case "undecided":
            return f"{digits}?"
        case "excused":
            return f"({digits})"
        case _:
            return digits


def ratios(baseline: str) -> str:
    """Say what is drawn in a forest plot."""
    return f"Ratio to {baseline} with its 95 % interval; shaded: within the threshold"


def with_pull_request() -> str:
    """Say what columns with the pull request are compared with."""
    return "+ PR: next to the same release without the pull request"


def map_title(baseline: str, metrics: Collection[MetricName]) -> str:
    """Head the map of cases and releases."""
    return f"{_of_what(metrics)} next to {baseline}"


def timeline_title(baseline: str, metrics: Collection[MetricName]) -> str:
    """Head the chart over releases."""
    return f"{_of_what(metrics)} over releases; {baseline} is {TIMES}1"


def _of_what(metrics: Collection[MetricName]) -> str:
    names = [labels.METRICS[metric] for metric in dict.fromkeys(metrics)]
    return words.listed(names).capitalize() if len(names) <= 2 else "Times and sizes"  # noqa: PLR2004 (more are no title)


def colours(full: float) -> str:
    """Say what the colours of the map mean."""
    return (
        f"orange: slower or bigger, blue: faster or smaller, deepest from {format_ratio(full)}"
        f" and {format_ratio(1 / full)}"
    )


def signs(kinds: Collection[Kind]) -> str:
    """Say what the signs in the map mean, as far as there are any."""
    return "; ".join(text for kind, text in _SIGNS if kind in kinds)


def lines_drawn(others: int) -> str:
    """Say which lines of the timeline have a name."""
    named_ones = "the cases that change most, with their 95 % intervals"
    return f"{named_ones}; in grey {words.count(others, 'other case')}" if others else named_ones


def end_of_line(name: str, ratio: float, release: str) -> str:
    """Name a line, with its last ratio, and the release of that where it is not the last."""
    return f"{name} {format_ratio(ratio)}{f' in {release}' if release else ''}"


def left_out(number: int, noun: str) -> str:
    """Say how many of something are not drawn and where they are, if there are any."""
    return words.more(number, WHERE, noun=noun) if number else ""


def without_ratio(number: int) -> str:
    """Say how many changes no axis of ratios can hold, if there are any."""
    if not number:
        return ""
    have = "has" if number == 1 else "have"
    return f"{words.count(number, 'change')} {have} no ratio to draw: see {WHERE}"


def forest_description(title: str, drawn: int, worst: Point) -> str:
    """Say in a sentence what a forest plot shows."""
    return f"{title}: {words.count(drawn, 'cell')}, {_extreme(worst)}."


def map_description(title: str, cases: int, releases: int, worst: Point) -> str:
    """Say in a sentence what the map, or the timeline, shows."""
    return (
        f"{title}: {words.count(cases, 'case')} in {words.count(releases, 'release')},"
        f" {_extreme(worst)}."
    )


def _extreme(point: Point) -> str:
    cell = point.cell
    word = labels.verdict(cell.verdict, cell.unit)
    is_change = point.kind in {"worse", "better", "excused", "small"}
    rank = labels.BEST if point.kind == "better" else labels.WORST
    return (
        f"{rank if is_change else 'farthest from no change'} {named(cell.case)}"
        f" {metric_and_version(cell)}: {word}, {format_ratio(point.ratio)} ({interval(point)})"
    )


def sentence(parts: Sequence[str]) -> str:
    """Join what there is to say under a title."""
    text = "; ".join(filter(None, parts))
    return text[:1].upper() + text[1:]
