"""Owns the picture of a run that goes on: it always fits the terminal, and never hides an error.

What finds no room is counted. When a terminal is low, rows of the table go first, then most of the
problems but the last, then the title; there is always one line less than the terminal has, so that
drawing never scrolls.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.render import live_words
from bot.render.columns import Columns
from bot.render.troubles import latest
from bot.render.wrap import wrapped

_WIDEST_BAR = 40
_SHARE_OF_TROUBLES = 3
_FEWEST_TROUBLES = 2
"""Problems get a third of the lines, and two at least: their number, and the last one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LivePicture:
    """What is to be seen; `words` has one word for each row there is, also those not in `table`.

    `share`: of the budget that is used, if there is one.
    """

    title: tuple[str, ...]
    table: Columns
    words: tuple[str, ...]
    share: float | None = None
    troubles: tuple[str, ...] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw what finds room."""
        width, height = options.max_width, max(1, options.size.height - 1)
        most = max(_FEWEST_TROUBLES, height // _SHARE_OF_TROUBLES)
        troubles = latest(self.troubles, min(most, height - 1))
        title = [*self._title(width)][: height - len(troubles)]
        yield from title
        yield from self._rows(width, height - len(title) - len(troubles))
        for number, line in enumerate(troubles):
            yield _one_line(line, style="" if number else "bold red")

    def _title(self, width: int) -> Iterator[RenderableType]:
        first, *others = self.title
        yield from (Text(line, style="bold") for line in wrapped(first, width))
        if self.share is not None:
            bar = Table.grid()  # a bar by itself does not end its line
            bar.add_row(ProgressBar(total=1.0, completed=self.share, width=min(width, _WIDEST_BAR)))
            yield bar
        for other in others:
            yield from (Text(line) for line in wrapped(other, width))

    def _rows(self, width: int, lines: int) -> Iterator[RenderableType]:
        shown = self.table.rows_within(lines, width=width)
        if shown < len(self.words):
            shown = self.table.rows_within(lines - 1, width=width)
        if shown:
            yield self.table.first(shown)
        if shown < len(self.words) and lines > 0:
            yield _one_line(live_words.rows_left_out(self.words[shown:]), style="dim")


def _one_line(text: str, *, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
