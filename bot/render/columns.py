"""Owns tables on a terminal: which columns find room, and what rows are where few of them do.

Figures and verdicts are never broken or cut. Names may be, though not much; before that, the least
important column leaves. Where not even those that stay find room, each row is two lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from bot.render.wrap import wrapped

_GAP = 2
_SHORTEST = {"name": 24, "label": 12}
"""No name becomes shorter, and no label, which is broken between its words; shorter ones stay."""

_WHOLE_NAME = 40
"""A column that may leave does so before a name of this length is broken."""

_INDENT = "  "
Kind = Literal["verdict", "name", "label", "figure"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column: the higher `leaves`, the sooner it does; at 0 it stays.

    Where rows are two lines, verdict and figures come first, then what they are about.
    """

    title: str
    cells: Sequence[Text]
    kind: Kind = "figure"
    leaves: int = 0

    @property
    def width(self) -> int:
        """Columns of the terminal that it would like to have."""
        return max(cell_len(self.title), *(cell.cell_len for cell in self.cells), 0)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not any(cell.plain for cell in self.cells)

    def least(self, *, is_full: bool = False) -> int:
        """Columns of the terminal that it must have; more of them in a table that is full."""
        if is_full and self.kind == "name":
            return min(self.width, _WHOLE_NAME)
        return min(self.width, _SHORTEST.get(self.kind, self.width))

    @property
    def is_place(self) -> bool:
        """Whether it says what a row is about."""
        return self.kind in _SHORTEST


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """A table for the width at hand; `is_tight`: names are cut, so that a row is one line."""

    columns: tuple[Column, ...]
    is_tight: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw a table where one finds room, else two lines for each row."""
        shown = self._fitting(options.max_width)
        if shown:
            yield self._table(shown, options.max_width)
        else:
            yield from self._stacked(options.max_width)

    def rows_within(self, lines: int, *, width: int) -> int:
        """Count the rows that find room in so many lines, when tight."""
        has_room = bool(self._fitting(width))
        return max(0, min(self._rows, lines - 1 if has_room else lines // 2))

    def first(self, rows: int) -> "Columns":
        """Leave out all rows but the first ones."""
        kept = (replace(each, cells=each.cells[:rows]) for each in self.columns)
        return replace(self, columns=tuple(kept))

    @property
    def _rows(self) -> int:
        return max((len(each.cells) for each in self.columns), default=0)

    def _fitting(self, width: int) -> tuple[Column, ...]:
        """Let columns leave until the others find room; none is left where they never do."""
        telling = [each for each in self.columns if each.is_place or not each.is_empty]
        for most in sorted({each.leaves for each in telling}, reverse=True):
            shown = tuple(each for each in telling if each.leaves <= most)
            if sum(each.least(is_full=most > 0) + _GAP for each in shown) - _GAP <= width:
                return shown
        return ()

    def _table(self, shown: Sequence[Column], width: int) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column, its_width in zip(shown, _widths(shown, width), strict=True):
            table.add_column(
                column.title,
                justify="right" if column.kind == "figure" else "left",
                no_wrap=self.is_tight or not column.is_place,
                overflow="ellipsis" if self.is_tight else "fold",
                width=its_width,
            )
        for row in range(self._rows):
            table.add_row(*(column.cells[row] for column in shown))
        return table

    def _stacked(self, width: int) -> Iterator[Text]:
        stay = [column for column in self.columns if not column.leaves]
        for row in range(self._rows):
            yield self._lines([each.cells[row] for each in stay if not each.is_place], width)
            places = [each.cells[row] for each in stay if each.is_place]
            yield self._lines(places, width, indent=_INDENT)

    def _lines(self, cells: Sequence[Text], width: int, *, indent: str = "") -> Text:
        said = " ".join(cell.plain for cell in cells if cell.plain)
        style = next((cell.style for cell in cells), "")
        if self.is_tight:
            return Text(indent + said, style=style, no_wrap=True, overflow="ellipsis")
        lines = wrapped(said, max(1, width - len(indent)))
        return Text("\n".join(indent + line for line in lines), style=style)


def _widths(shown: Sequence[Column], width: int) -> list[int]:
    """Give each column what it likes to have; what is missing, labels give first, then names."""
    widths = [column.width for column in shown]
    for _ in range(sum(widths) + _GAP * (len(widths) - 1) - width):
        spare = [i for i, column in enumerate(shown) if widths[i] > column.least()]
        widths[max(spare, key=lambda i: (shown[i].kind == "label", widths[i]))] -= 1
    return widths
