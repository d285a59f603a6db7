"""Owns what a person sees while a run goes on: a live picture, or plain lines in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from bot.core.so_far import failures_so_far, report_so_far
from bot.core.table import CellKey, Table
from bot.render import cell_lines, live, live_words
from bot.render.troubles import Troubles
from bot.render.wrap import wrapped

_PICTURES_PER_SECOND = 2
"""Drawing takes time from what is measured, if little; nobody reads faster."""


class Progress(Protocol):
    """Told by the pipeline what goes on; says it to a person in its own way."""

    def note(self, text: str) -> None:
        """Say one thing."""

    def warn(self, text: str) -> None:
        """Say what may make the run worth less, and keep it in sight."""

    def environment(self, name: str, state: str, text: str) -> None:
        """Say how far one environment is."""

    def measuring(self, table: Table, *, block: int, seconds: float) -> None:
        """Say what is known after one more record."""


class Silent:
    """Says nothing; who listens to notes alone hears warnings as notes."""

    def note(self, text: str) -> None:
        """Ignore it."""

    def warn(self, text: str) -> None:
        """Take it for a note."""
        self.note(text)

    def environment(self, name: str, state: str, text: str) -> None:
        """Ignore it."""

    def measuring(self, table: Table, *, block: int, seconds: float) -> None:
        """Ignore it."""


class Plain:
    """Lines without control codes: one per event, block, failure, and decided cell."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._block = -1
        self._told: set[CellKey] = set()
        self._troubles = Troubles()

    def note(self, text: str) -> None:
        """Print a line."""
        self._print(live_words.note(text))

    def warn(self, text: str) -> None:
        """Print a line."""
        self._print(live_words.warning(text))

    def environment(self, name: str, state: str, text: str) -> None:
        """Print a line."""
        self._print(live_words.environment(name, state, text))

    def measuring(self, table: Table, *, block: int, seconds: float) -> None:
        """Print a line per block, and one for each cell and each failure when it is news."""
        for known in failures_so_far(table):
            line = live_words.failure(known)
            if self._troubles.add((known.case, known.environment.id), line):
                self._print(f"  {line}")
        for key, cell in table.candidate_cells.items():
            if cell.decision and key not in self._told:
                self._told.add(key)
                line = cell_lines.line(report_so_far(table, key))
                self._print(live_words.decided(line, len(cell.trials)))
        if block != self._block:
            self._block = block
            title = live.title(table, block=block, seconds=seconds)
            self._print(f"{title}, {live.left(table, seconds=seconds)}")

    def _print(self, line: str) -> None:
        """Print; a reader who went away, or a log without room, must not end the run."""
        with suppress(OSError):
            print(line, file=self._stream, flush=True)


class Lively:
    """A picture that is redrawn in place; notes stay above it, problems stay in it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._environments: dict[str, tuple[str, str]] = {}
        self._troubles = Troubles()
        self._picture: RenderableType = Text()
        self._live = Live(
            console=console,
            get_renderable=lambda: self._picture,
            refresh_per_second=_PICTURES_PER_SECOND,
            transient=True,
        )

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Draw; at the end the picture gives way to the result."""
        with self._live:
            yield

    def note(self, text: str) -> None:
        """Print above the picture."""
        self._print(live_words.note(text))

    def warn(self, text: str) -> None:
        """Print above the picture, and keep it in there."""
        warning = live_words.warning(text)
        self._trouble(warning, warning)

    def environment(self, name: str, state: str, text: str) -> None:
        """Redraw the environments."""
        self._environments[name] = (state, text)
        if state == "unavailable":
            self._trouble(name, live_words.unavailable(name, text))
        self._picture = live.preparing(self._environments, self._troubles.all)

    def measuring(self, table: Table, *, block: int, seconds: float) -> None:
        """Redraw the table of cells."""
        for known in failures_so_far(table):
            self._trouble((known.case, known.environment.id), live_words.failure(known))
        self._picture = live.measuring(
            table,
            block=block,
            seconds=seconds,
            most_rows=self._console.height,
            troubles=self._troubles.all,
        )

    def _trouble(self, place: object, line: str) -> None:
        """Print a problem in full, once, and keep it in the picture."""
        if self._troubles.add(place, line):
            self._print(line)

    def _print(self, line: str) -> None:
        self._console.print(Text("\n".join(wrapped(line, self._console.width))))


@contextmanager
def progress_for(stream: TextIO, *, picture_on: Console | None = None) -> Iterator[Progress]:
    """Draw a picture where a person watches, and print lines everywhere else."""
    if picture_on is None:
        yield Plain(stream)
        return
    lively = Lively(picture_on)
    with lively.drawing():
        yield lively
