"""Owns what a terminal shows when a run ends, and the same as plain lines for a pipe."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from bot.core.report import CellReport, Report
from bot.render import cell_lines, headline, labels, words
from bot.render.columns import Column, Columns, Kind
from bot.render.escape import NO_BREAK_SPACE, TERMINAL, clean
from bot.render.estimate import shared_axis, size
from bot.render.framework_lines import frameworks_lines, frameworks_table, results_lines
from bot.render.plot import draw, is_drawable
from bot.render.standing import EVERYTHING, Standing, Tally, standing_of
from bot.render.wrap import wrapped

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
_MOST_ROWS = 40
"""A longer table leaves out what did not change or is told below, then what changed least: the page
has it, and the verdict has to stay in sight."""


@dataclass(frozen=True, slots=True)
class FinalTable:
    """The end of a run, drawn for the width at hand; the least important columns leave first."""

    report: Report
    files: tuple[str, ...] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw cells, results, failures and files, then the verdict, where the eye is."""
        tally = Tally(self.report)
        if self.report.cells:
            yield from _cells(tally)
        if self.report.references:
            yield from frameworks_table(self.report)
        lines = [(line, "") for line in (*_tail(tally), *self.files)]
        lines += [(line, _STYLES[standing_of(tally)]) for line in _head(tally)]
        for line, style in lines:
            yield Text("\n".join(wrapped(line, options.max_width)), style=style)


def final_table(report: Report, files: Sequence[str] = ()) -> FinalTable:
    """Make what the command line shows at the end of a run; `files` says where the rest is."""
    return FinalTable(report, tuple(files))


def plain_lines(report: Report, files: Sequence[str] = ()) -> list[str]:
    """Write the same for a pipe: one line per finding, the head first."""
    return [text.plain for text in styled_lines(report, files)]


def styled_lines(report: Report, files: Sequence[str] = ()) -> list[Text]:
    """Write the same lines with their colours, for a pipe that wants them."""
    tally = Tally(report)
    head = (Text(line, style=_STYLES[standing_of(tally)]) for line in _head(tally))
    cells = (Text(cell_lines.line(cell), style=cell_lines.style(cell)) for cell in _sorted(tally))
    others = (*frameworks_lines(report), *_tail(tally), *files)
    return [*head, *cells, *(Text(line.replace(NO_BREAK_SPACE, " ")) for line in others)]


def _cells(tally: Tally) -> Iterator[RenderableType]:
    everything = _sorted(tally)
    cells = everything if len(everything) <= _MOST_ROWS else _without_familiar(tally, everything)
    cells = cells[:_MOST_ROWS]
    if cells:
        yield Columns(columns=tuple(_columns(tally, cells)))
    shown = {*map(id, cells)}
    left_out = Counter(cell_lines.word(cell) for cell in everything if id(cell) not in shown)
    if left_out:
        yield Text(words.cells_left_out(left_out.items()), style="dim")


def _columns(tally: Tally, cells: Sequence[CellReport]) -> Iterator[Column]:
    """Give the columns as they stand; the least important ones are the first to leave."""
    axis, styles = shared_axis(tuple(cells)), [*map(cell_lines.style, cells)]
    column = partial(_column, cells)
    yield Column(
        title="verdict", cells=[*map(Text, map(cell_lines.word, cells), styles)], kind="verdict"
    )
    yield column("case", lambda cell: clean(cell.case), kind="name")
    yield column("metric", lambda cell: labels.METRICS[cell.metric], kind="label")
    if len(tally.report.candidates) > 1:
        yield column("version", lambda cell: clean(cell.candidate), kind="name")
    yield column("baseline", lambda cell: cell_lines.value(cell, cell.baseline_value), leaves=1)
    yield column("candidate", lambda cell: cell_lines.value(cell, cell.candidate_value), leaves=1)
    yield Column(title="change", cells=[*map(Text, map(cell_lines.change, cells), styles)])
    yield column("95 % interval", lambda cell: draw(axis, cell.ratio, cell.interval), leaves=2)
    yield column("in figures", _interval, leaves=3)
    yield column("blocks", lambda cell: str(cell.blocks or ""), leaves=4)


def _column(
    cells: Sequence[CellReport],
    title: str,
    write: Callable[[CellReport], str],
    *,
    kind: Kind = "figure",
    leaves: int = 0,
) -> Column:
    return Column(
        title=title, cells=[Text(write(cell)) for cell in cells], kind=kind, leaves=leaves
    )


def _interval(cell: CellReport) -> str:
    return cell_lines.interval(cell) if size(cell) else ""


def _sorted(tally: Tally) -> list[CellReport]:
    """Put what matters first, and of that the largest."""
    return sorted(
        tally.report.cells,
        key=lambda cell: (not cell.matters, _ORDER.index(cell.verdict), -_distance(cell)),
    )


def _distance(cell: CellReport) -> float:
    """Say how far a change that matters is from none; other cells stay in their order."""
    return abs(math.log(cell.ratio)) if cell.matters and is_drawable(cell.ratio) else 0.0


def _without_familiar(tally: Tally, cells: list[CellReport]) -> list[CellReport]:
    """Leave out what did not change, and what a failure below accounts for."""
    told = set(map(id, tally.not_measured)) - set(map(id, tally.unexplained))
    return [cell for cell in cells if cell.verdict != "EQUIVALENT" and id(cell) not in told]


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
