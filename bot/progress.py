"""Owns what a person sees while a run goes on: a live picture, or plain lines in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table as RichTable
from rich.text import Text

from bot.core.cell_reports import VERDICTS, in_unit
from bot.core.metric import METRICS, MetricName
from bot.core.plan import Plan
from bot.core.table import CellKey, Table
from bot.core.units import format_bytes, format_duration, format_growth
from bot.core.verdict import Cell
from bot.render import labels

_STYLES = {"slower": "red", "faster": "green", "equivalent": "dim", None: ""}
LINES_FOR_OTHERS = 8
"""Lines of the terminal that the picture leaves to title, heading and what was printed before."""


class Progress(Protocol):
    """Told by the pipeline what goes on; says it to a person in its own way."""

    def note(self, text: str) -> None:
        """Say one thing."""

    def environment(self, name: str, state: str, text: str) -> None:
        """Say how far one environment is."""

    def measuring(self, plan: Plan, table: Table, *, block: int, seconds: float) -> None:
        """Say what is known after one more record."""


class Silent:
    """Says nothing."""

    def note(self, text: str) -> None:
        """Ignore it."""

    def environment(self, name: str, state: str, text: str) -> None:
        """Ignore it."""

    def measuring(self, plan: Plan, table: Table, *, block: int, seconds: float) -> None:
        """Ignore it."""


class Plain:
    """Lines without control codes: one per event, one per block, one per decided cell."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._block = -1
        self._told: set[CellKey] = set()

    def note(self, text: str) -> None:
        """Print a line; a reader who went away, or a log without room, must not end the run."""
        with suppress(OSError):
            print(text, file=self._stream, flush=True)

    def environment(self, name: str, state: str, text: str) -> None:
        """Print a line."""
        self.note(f"environment {name}: {state} {text}".rstrip())

    def measuring(self, plan: Plan, table: Table, *, block: int, seconds: float) -> None:
        """Print a line per block, and one for each cell when it is decided."""
        versions = {candidate.id: candidate.label for candidate in plan.candidates}
        for key, cell in table.candidate_cells.items():
            if cell.decision and key not in self._told:
                self._told.add(key)
                case, metric, candidate = key
                ratio, interval = _estimate(metric, cell)
                what = f"{case} {labels.METRICS[metric]} in {versions[candidate]}"
                blocks = f"after {len(cell.trials)} blocks"
                self.note(f"  {_word(key, cell)}: {what}, {ratio} ({interval}) {blocks}")
        if block != self._block:
            self._block = block
            self.note(_title(plan, table, block=block, seconds=seconds))


class Lively:
    """A picture that is redrawn in place; notes stay above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._environments: dict[str, tuple[str, str]] = {}
        self._picture: RenderableType = Text()
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=4)
        self._estimates: dict[tuple[CellKey, int], tuple[str, str]] = {}

    def start(self) -> None:
        """Begin drawing."""
        self._live.start()

    def stop(self) -> None:
        """Stop drawing; the last picture gives way to the result."""
        self._picture = Text()
        self._live.stop()

    def _render(self) -> RenderableType:
        return self._picture

    def note(self, text: str) -> None:
        """Print above the picture."""
        self._console.print(text, markup=False, highlight=False)

    def environment(self, name: str, state: str, text: str) -> None:
        """Redraw the list of environments."""
        self._environments[name] = (state, text)
        grid = RichTable.grid(padding=(0, 2))
        for each, (its_state, its_text) in self._environments.items():
            grid.add_row(Text(each), its_state, Text(its_text, style="dim"))
        self._picture = Group(Text("Environments", style="bold"), grid)

    def measuring(self, plan: Plan, table: Table, *, block: int, seconds: float) -> None:
        """Redraw the table of cells."""
        title = Text(_title(plan, table, block=block, seconds=seconds), style="bold")
        bar = RichTable.grid()
        bar.add_row(ProgressBar(total=plan.budget_seconds, completed=seconds, width=40))
        grid = RichTable(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
        for column in ("case", "metric", "version", "ratio", "95 % interval", "blocks", "verdict"):
            grid.add_column(column, justify="right" if column in {"ratio", "blocks"} else "left")
        rows = list(self._rows(plan, table))
        most_rows = max(1, self._console.height - LINES_FOR_OTHERS)
        for row, style in rows[:most_rows]:
            grid.add_row(*map(Text, row), style=style)  # as text: brackets are no markup here
        more = len(rows) - most_rows
        below = Text(f"and {more} more cells" if more > 0 else "", style="dim")
        self._picture = Group(title, bar, grid, below)

    def _rows(self, plan: Plan, table: Table) -> Iterator[tuple[tuple[str, ...], str]]:
        """Undecided cells first: they are what a person waits for."""
        versions = {candidate.id: candidate.label for candidate in plan.candidates}
        shown = table.candidate_cells.items()
        for key, cell in sorted(shown, key=lambda pair: pair[1].decision is not None):
            case, metric, candidate = key
            ratio, interval = self._estimate_once(key, cell)
            row = (case, labels.METRICS[metric], versions[candidate], ratio, interval)
            yield (*row, str(len(cell.trials)), _word(key, cell)), _STYLES[cell.decision]

    def _estimate_once(self, key: CellKey, cell: Cell) -> tuple[str, str]:
        """Estimate once per block: inverting the evidence is the dear part of drawing."""
        if not cell.trials:
            return "", ""
        known = (key, len(cell.trials))
        if known not in self._estimates:
            self._estimates[known] = _estimate(key[1], cell)
        return self._estimates[known]


def _word(key: CellKey, cell: Cell) -> str:
    """The verdict's word, or dots while there is none."""
    if cell.decision is None:
        return "…"
    return labels.verdict(VERDICTS[cell.decision], METRICS[key[1]].unit)


def _estimate(metric: MetricName, cell: Cell) -> tuple[str, str]:
    value, (low, high) = in_unit(metric, cell.estimate())
    if METRICS[metric].scale == "difference":
        bounds = ("?" if bound is None else format_bytes(bound) for bound in (low, high))
        return format_growth(value), " to ".join(bounds)
    bounds = ("?" if bound is None else f"{bound:.3f}" for bound in (low, high))
    return f"×{value:.3f}", " to ".join(bounds)


def _title(plan: Plan, table: Table, *, block: int, seconds: float) -> str:
    cells = table.candidate_cells.values()
    decided = sum(cell.decision is not None for cell in cells)
    used = f"{format_duration(seconds)} of {format_duration(plan.budget_seconds)}"
    return f"block {block + 1}: {decided} of {len(cells)} cells decided, {used} used"


@contextmanager
def progress_for(stream: TextIO, *, is_watched: bool) -> Iterator[Progress]:
    """Choose the picture for a person who watches, lines for everything else."""
    if not is_watched:
        yield Plain(stream)
        return
    lively = Lively(Console(file=stream))
    lively.start()
    try:
        yield lively
    finally:
        lively.stop()
