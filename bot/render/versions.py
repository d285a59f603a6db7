"""Owns the table of releases on a screen: which can be had here, and what to do for the others."""

from collections import defaultdict
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from bot.core.version_table import Standing, VersionRow, VersionTable
from bot.render.escape import clean

_STANDINGS: dict[Standing, tuple[str, str]] = {
    "here": ("here", "green"),
    "fetched": ("uv fetches it", ""),
    "missing": ("missing", "bold red"),
}


@dataclass(frozen=True, slots=True)
class Screen:
    """A table of releases, drawn for the width at hand."""

    table: VersionTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the table, then each remedy once, then how many can be had."""
        yield _rows(self.table)
        yield from map(Text, map(clean, self.table.notes))
        for remedy, releases in _remedies(self.table).items():
            yield Text(clean(f"{', '.join(releases)}: {remedy}"))
        rows = len(self.table.rows)
        yield Text(f"{rows - self.table.missing} of {rows} releases can be had here.", style="bold")


def versions_screen(table: VersionTable) -> Screen:
    """Make what `tfperf doctor --versions` shows."""
    return Screen(table)


def _rows(table: VersionTable) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("release", "date", "wheels for Python", "used"):
        grid.add_column(heading, no_wrap=True)
    grid.add_column("that Python", overflow="fold")
    for row in table.rows:
        standing, style = _STANDINGS[row.standing]
        told = f"{standing}: {row.reason}" if row.reason else standing
        cells = (row.release, row.uploaded or "unknown", _pythons(row), row.python)
        grid.add_row(*map(clean, cells), Text(clean(told), style=style))
    return grid


def _pythons(row: VersionRow) -> str:
    if not row.pythons:
        return "unknown"
    first, last = row.pythons[0], row.pythons[-1]
    return first if first == last else f"{first} to {last}"


def _remedies(table: VersionTable) -> dict[str, list[str]]:
    remedies: dict[str, list[str]] = defaultdict(list)
    for row in table.rows:
        if row.remedy:
            remedies[row.remedy].append(row.release)
    return remedies
