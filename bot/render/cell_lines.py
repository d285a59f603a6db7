"""Owns one cell on a terminal: its word, colour and figures, while a run goes on and at its end."""

from bot.core.conclusion import is_regression, stands
from bot.core.metric import IMPORT_CASE
from bot.core.report import CellReport
from bot.core.units import format_percent
from bot.render import labels, pull_request_words, words
from bot.render.escape import NO_BREAK_SPACE, clean
from bot.render.estimate import bounds, quantity, size


def line(cell: CellReport) -> str:
    """Write a cell for a pipe."""
    metric = labels.METRICS[cell.metric]
    figure = metric if cell.case == IMPORT_CASE else f"{clean(cell.case)} {metric}"
    place = f"{figure} in {clean(cell.candidate)}"
    estimate = f"{change(cell)} ({interval(cell)})" if size(cell) else ""
    reason = clean(cell.reason) if cell.verdict in {"INCONCLUSIVE", "NOT_MEASURED"} else ""
    return f"{word(cell)}: {', '.join(filter(None, (place, estimate, reason)))}"


def word(cell: CellReport) -> str:
    """Name the verdict, and what takes from its weight."""
    name = labels.verdict(cell.verdict, cell.unit)
    if cell.matters and not stands(cell):
        return pull_request_words.excused_entry(name)
    is_small = cell.verdict in {"REGRESSION", "IMPROVEMENT"} and not cell.matters
    return words.small_entry(name) if is_small else name


def style(cell: CellReport) -> str:
    """Choose the colour: red is what fails, or would."""
    match cell.verdict:
        case "REGRESSION" if is_regression(cell):
            return "red"
        case "IMPROVEMENT" if cell.matters:
            return "green"
        case "INCONCLUSIVE" | "NOT_MEASURED":
            return "yellow"
        case _:
            return ""


def change(cell: CellReport) -> str:
    """Write a change, and a ratio as a percentage too."""
    percent = "" if cell.ratio is None else format_percent(cell.ratio - 1)
    return _spaced(f"{size(cell)} {percent}".strip())


def interval(cell: CellReport) -> str:
    """Write the interval in numbers."""
    return _spaced(bounds(cell))


def value(cell: CellReport, number: float | None) -> str:
    """Write an absolute value."""
    return _spaced(quantity(number, cell.unit))


def _spaced(text: str) -> str:
    """Write spaces that can be searched for; where a line may end, `wrap` knows by itself."""
    return text.replace(NO_BREAK_SPACE, " ")
