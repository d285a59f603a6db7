"""Owns what a person sees while a run goes on: a live picture, or plain lines in a pipe."""

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table as RichTable
from rich.text import Text

from bot.core.plan import Plan
from bot.core.table import Table
from bot.core.units import format_duration
from bot.core.verdict import Cell

_WORDS = {"slower": "slower", "faster": "faster", "equivalent": "equivalent", None: "…"}
_STYLES = {"slower": "red", "faster": "green", "equivalent": "dim", None: ""}
MOST_ROWS = 40


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
        self._told: set[tuple[str, str, str]] = set()

    def note(self, text: str) -> None:
        """Print a line."""
        print(text, file=self._stream, flush=True)

    def environment(self, name: str, state: str, text: str) -> None:
        """Print a line."""
        self.note(f"environment {name}: {state} {text}".rstrip())

    def measuring(self, plan: Plan, table: Table, *, block: int, seconds: float) -> None:
        """Print a line per block, and one for each cell when it is decided."""
        labels = {environment.id: environment.label for environment in plan.environments}
        for key, cell in table.candidate_cells.items():
            if cell.decision and key not in self._told:
                self._told.add(key)
                case, metric, candidate = key
                self.note(
                    f"  {case} {metric} {labels[candidate]}: {_WORDS[cell.decision]} "
                    f"{_ratio(cell)} after {len(cell.trials)} blocks"
                )
        if block != self._block:
            self._block = block
            used = f"{format_duration(seconds)} of {format_duration(plan.budget_seconds)}"
            self.note(f"block {block + 1}: {_decided(table)}, {used} used")


class Lively:
    """A picture that is redrawn in place; notes stay above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._environments: dict[str, tuple[str, str]] = {}
        self._picture: RenderableType = Text()
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=4)
        self._ratios: dict[tuple[tuple[str, str, str], int], str] = {}

    def start(self) -> None:
        """Begin drawing."""
        self._live.start()

    def stop(self) -> None:
        """Stop drawing and leave the terminal clean."""
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
            grid.add_row(each, its_state, Text(its_text, style="dim"))
        self._picture = Group(Text("Environments", style="bold"), grid)

    def measuring(self, plan: Plan, table: Table, *, block: int, seconds: float) -> None:
        """Redraw the table of cells."""
        used = f"{format_duration(seconds)} of {format_duration(plan.budget_seconds)}"
        title = f"Block {block + 1} · {_decided(table)} · {used}"
        grid = RichTable(box=None, padding=(0, 2), show_edge=False)
        for column in ("case", "metric", "version", "ratio", "95 % interval", "blocks", "verdict"):
            grid.add_column(column, justify="right" if column in {"ratio", "blocks"} else "left")
        rows = list(self._rows(plan, table))
        for row, style in rows[:MOST_ROWS]:
            grid.add_row(*row, style=style)
        more = len(rows) - MOST_ROWS
        below = Text(f"and {more} more cells" if more > 0 else "")
        self._picture = Group(Text(title, style="bold"), grid, below)

    def _rows(self, plan: Plan, table: Table) -> Iterator[tuple[tuple[str, ...], str]]:
        """Undecided cells first: they are what a person waits for."""
        labels = {candidate.id: candidate.label for candidate in plan.candidates}
        shown = table.candidate_cells.items()
        for key, cell in sorted(shown, key=lambda pair: pair[1].decision is not None):
            case, metric, candidate = key
            ratio, interval = self._estimate(key, cell)
            row = (case, metric, labels[candidate], ratio, interval, str(len(cell.trials)))
            yield (*row, _WORDS[cell.decision]), _STYLES[cell.decision]

    def _estimate(self, key: tuple[str, str, str], cell: Cell) -> tuple[str, str]:
        """Estimate once per new block: inverting the evidence is the dear part of drawing."""
        if not cell.trials:
            return "", ""
        known = (key, len(cell.trials))
        if known not in self._ratios:
            self._ratios[known] = _ratio(cell)
        ratio, _, interval = self._ratios[known].partition(" ")
        return ratio, interval


def _ratio(cell: Cell) -> str:
    estimate = cell.estimate()
    low = f"{estimate.low:.3f}" if estimate.low > 0 else "0"
    high = f"{estimate.high:.3f}" if math.isfinite(estimate.high) else "∞"
    return f"×{estimate.ratio:.3f} [{low}, {high}]"


def _decided(table: Table) -> str:
    cells = table.candidate_cells.values()
    decided = sum(cell.decision is not None for cell in cells)
    return f"{decided} of {len(cells)} cells decided"


@contextmanager
def progress_for(stream: TextIO = sys.stderr) -> Iterator[Progress]:
    """Choose the picture for a terminal, lines for everything else."""
    console = Console(file=stream)
    if not console.is_terminal:
        yield Plain(stream)
        return
    lively = Lively(console)
    lively.start()
    try:
        yield lively
    finally:
        lively.stop()
