"""Owns what a terminal shows when a run ends, and the same as plain lines for a pipe."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from bot.core.conclusion import is_regression, stands
from bot.core.report import CellReport, Report
from bot.core.units import format_percent
from bot.render import headline, labels, pull_request_words, words
from bot.render.escape import NO_BREAK_SPACE, TERMINAL, clean
from bot.render.estimate import bounds, quantity, shared_axis, size
from bot.render.framework_lines import frameworks_lines, frameworks_table, results_lines
from bot.render.plot import Axis, draw
from bot.render.standing import EVERYTHING, Standing, Tally, standing_of

_STYLES: dict[Standing, str] = {
    Standing.ACT: "bold red",
    Standing.LOOK: "bold yellow",
    Standing.NO_ANSWER: "bold",
    Standing.INCOMPLETE: "bold yellow",
    Standing.DOUBTFUL: "bold yellow",
    Standing.UNDECIDED: "bold",
    Standing.FIGURES: "bold",
    Standing.CLEAR: "bold green",
}
_ORDER = ("REGRESSION", "NOT_MEASURED", "INCONCLUSIVE", "IMPROVEMENT", "EQUIVALENT")
_WIDE, _MIDDLE = 120, 96
"""Widths of a terminal from which plots, and absolute values, find room."""


_MOST_ROWS = 40
"""A longer table leaves out what did not change; the job summary has it."""


@dataclass(frozen=True, slots=True)
class FinalTable:
    """The end of a run, drawn for the width at hand; the least important columns leave first."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw cells, results and failures, then the verdict, where the eye is at the end."""
        tally = Tally(self.report)
        if self.report.cells:
            yield _cells(tally, width=options.max_width)
        if self.report.references:
            room = 2 + (options.max_width >= _MIDDLE) + (options.max_width >= _WIDE)
            yield frameworks_table(self.report, room=room)
        yield from (Text(line) for line in _tail(tally))
        style = _STYLES[standing_of(tally)]
        yield from (Text(line, style=style) for line in _head(tally))


def final_table(report: Report) -> FinalTable:
    """Make what the command line shows at the end of a run."""
    return FinalTable(report)


def plain_lines(report: Report) -> list[str]:
    """Write the same for a pipe: one line per finding, the head first."""
    tally = Tally(report)
    cells = (_line(cell) for cell in _sorted(tally))
    return [*_head(tally), *cells, *frameworks_lines(report), *_tail(tally)]


def _cells(tally: Tally, *, width: int) -> Table:
    everything = _sorted(tally)
    cells = everything if len(everything) <= _MOST_ROWS else _without_unchanged(everything)
    axis = shared_axis(tuple(cells))
    left_out = len(everything) - len(cells)
    caption = words.unchanged_left_out(left_out) if left_out else None
    table = Table(
        caption=caption, caption_justify="left", box=None, pad_edge=False, header_style="dim"
    )
    table.add_column("verdict", no_wrap=True)
    table.add_column("case", overflow="fold")
    table.add_column("metric", no_wrap=True)
    if len(tally.report.candidates) > 1:
        table.add_column("version", overflow="fold")
    if width >= _MIDDLE:
        table.add_column("baseline", justify="right", no_wrap=True)
        table.add_column("candidate", justify="right", no_wrap=True)
    table.add_column("change", justify="right", no_wrap=True)
    if width >= _WIDE:
        table.add_column("95 % interval", no_wrap=True)
    for cell in cells:
        table.add_row(*_row(tally, cell, axis=axis, width=width))
    return table


def _row(tally: Tally, cell: CellReport, *, axis: Axis, width: int) -> Iterator[Text]:
    yield Text(_word(cell), style=_style(cell))
    yield Text(clean(cell.case))
    yield Text(labels.METRICS[cell.metric])
    if len(tally.report.candidates) > 1:
        yield Text(clean(cell.candidate))
    if width >= _MIDDLE:
        yield Text(_quantity(cell, cell.baseline_value))
        yield Text(_quantity(cell, cell.candidate_value))
    yield Text(_change(cell), style=_style(cell))
    if width >= _WIDE:
        yield Text(draw(axis, cell.ratio, cell.interval) if cell.ratio else "")


def _sorted(tally: Tally) -> list[CellReport]:
    return sorted(
        tally.report.cells, key=lambda cell: (not cell.matters, _ORDER.index(cell.verdict))
    )


def _without_unchanged(cells: list[CellReport]) -> list[CellReport]:
    return [cell for cell in cells if cell.verdict != "EQUIVALENT"]


def _head(tally: Tally) -> list[str]:
    return [headline.heading(tally, TERMINAL), headline.duty(tally)]


def _tail(tally: Tally) -> list[str]:
    report = tally.report
    notes = [words.note(note) for note in headline.notes(report, TERMINAL)]
    likeness = results_lines(report)
    return [
        *_results(tally),
        *likeness,
        *_failures(tally),
        *notes,
        headline.trust(report, TERMINAL),
    ]


def _line(cell: CellReport) -> str:
    place = f"{clean(cell.case)} {labels.METRICS[cell.metric]} in {clean(cell.candidate)}"
    estimate = f"{_change(cell)} ({bounds(cell)})" if size(cell) else ""
    reason = clean(cell.reason) if cell.verdict in {"INCONCLUSIVE", "NOT_MEASURED"} else ""
    said = ", ".join(filter(None, (place, estimate, reason)))
    return f"{_word(cell)}: {said}".replace(NO_BREAK_SPACE, " ")


def _word(cell: CellReport) -> str:
    word = labels.verdict(cell.verdict, cell.unit)
    if cell.matters and not stands(cell):
        return pull_request_words.excused_entry(word)
    is_small = cell.verdict in {"REGRESSION", "IMPROVEMENT"} and not cell.matters
    return words.small_entry(word) if is_small else word


def _style(cell: CellReport) -> str:
    match cell.verdict:
        case "REGRESSION" if is_regression(cell):
            return "red"
        case "IMPROVEMENT" if cell.matters:
            return "green"
        case "INCONCLUSIVE" | "NOT_MEASURED":
            return "yellow"
        case _:
            return ""


def _change(cell: CellReport) -> str:
    percent = "" if cell.ratio is None else format_percent(cell.ratio - 1)
    return f"{size(cell)} {percent}".strip().replace(NO_BREAK_SPACE, " ")


def _quantity(cell: CellReport, value: float | None) -> str:
    return quantity(value, cell.unit).replace(NO_BREAK_SPACE, " ")


def _results(tally: Tally) -> list[str]:
    return [
        words.result_line(numeric.verdict, clean(numeric.case), clean(numeric.candidate))
        + clean(numeric.reason)
        for numeric in tally.report.numerics
        if numeric.verdict not in {"IDENTICAL", "WITHIN_TOLERANCE"}
    ]


def _failures(tally: Tally) -> list[str]:
    return [
        words.failure_line(clean(failure.kind), _case(failure.case), _version(failure.environment))
        + ". ".join(clean(text) for text in (failure.reason, failure.advice) if text)
        for failure in tally.report.failures
    ]


def _case(case: str) -> str:
    return labels.EVERY_CASE if case == EVERYTHING else clean(case)


def _version(label: str) -> str:
    return labels.EVERY_VERSION if label == EVERYTHING else clean(label)
