"""Owns what the picture of a run shows: environments while they are made, then cells."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from bot.core.report import CellReport
from bot.core.so_far import CellSoFar, cells_so_far, report_so_far
from bot.core.table import Table
from bot.core.time_left import time_left, works_of
from bot.render import cell_lines, labels, live_words
from bot.render.columns import Column, Columns
from bot.render.escape import clean
from bot.render.live_picture import LivePicture

_ENDED = {"ready", "reused", "unavailable"}
_NEAR = "bold yellow"


def preparing(
    environments: Mapping[str, tuple[str, str]], troubles: tuple[str, ...]
) -> LivePicture:
    """Show how far each environment is; those that are being made come first."""
    rows = sorted(environments.items(), key=lambda row: row[1][0] in _ENDED)
    words = tuple(live_words.state_of(state) for _, (state, _) in rows)
    columns = (
        Column(title="version", cells=[Text(clean(name)) for name, _ in rows], kind="name"),
        Column(title="is", cells=[Text(word) for word in words], kind="label"),
        Column(
            title="",
            cells=[Text(clean(text), style="dim") for _, (_, text) in rows],
            kind="name",
            leaves=1,
        ),
    )
    table = Columns(columns=columns, is_tight=True)
    return LivePicture(title=("Environments",), table=table, words=words, troubles=troubles)


def measuring(
    table: Table, *, block: int, seconds: float, most_rows: int, troubles: tuple[str, ...]
) -> LivePicture:
    """Show the cells, the most urgent first; only those that can be seen are estimated."""
    cells = cells_so_far(table)
    return LivePicture(
        title=(title(table, block=block, seconds=seconds), left(table, seconds=seconds)),
        share=min(1.0, seconds / table.plan.budget_seconds),
        table=_table(table, cells[:most_rows]),
        words=tuple(live_words.cell(cell) for cell in cells),
        troubles=troubles,
    )


def title(table: Table, *, block: int, seconds: float) -> str:
    """Say how far measuring is."""
    cells = table.candidate_cells.values()
    return live_words.block(
        block + 1,
        decided=sum(cell.decision is not None for cell in cells),
        cells=len(cells),
        seconds=seconds,
        budget=table.plan.budget_seconds,
    )


def left(table: Table, *, seconds: float) -> str:
    """Say how long it may still take."""
    budget = table.plan.budget_seconds
    return live_words.time_left(time_left(works_of(table), seconds=seconds, budget=budget))


def _table(table: Table, cells: Sequence[CellSoFar]) -> Columns:
    reports = [report_so_far(table, cell.key) for cell in cells]
    words = [live_words.shown(*pair) for pair in zip(cells, reports, strict=True)]
    styles = [_style(*pair) for pair in zip(cells, reports, strict=True)]
    changes = [cell_lines.change(each) for each in reports]
    versions = Column(
        title="version", cells=[Text(clean(each.candidate)) for each in reports], kind="name"
    )
    columns = (
        Column(title="verdict", cells=[*map(Text, words, styles)], kind="verdict"),
        Column(title="case", cells=[Text(clean(each.case)) for each in reports], kind="name"),
        Column(
            title="metric", cells=[Text(labels.METRICS[each.metric]) for each in reports],
            kind="label",
        ),
        *((versions,) if len(table.plan.candidates) > 1 else ()),
        Column(title="change", cells=[*map(Text, changes, styles)]),
        Column(title="95 % interval", cells=[Text(_interval(each)) for each in reports], leaves=1),
        Column(title="blocks", cells=[Text(str(each.blocks)) for each in reports], leaves=2),
    )  # fmt: skip
    return Columns(columns=columns, is_tight=True)


def _style(cell: CellSoFar, report: CellReport) -> str:
    if cell.verdict is None:
        return _NEAR if cell.is_near_alarm else ""
    return cell_lines.style(report)


def _interval(report: CellReport) -> str:
    return cell_lines.interval(report) if report.blocks else ""
