"""Owns the tables of cells: what changed, by how much, and what is still open."""

from collections.abc import Iterable, Iterator

from bot.core.conclusion import is_regression
from bot.core.report import CellReport, Report
from bot.render import labels, pull_request_words, words
from bot.render.escape import code_in_tag, prose
from bot.render.estimate import (
    afterwards,
    change,
    drawn,
    limit,
    place,
    quantity,
    shared_axis,
    size,
    unbroken,
    with_wall,
)
from bot.render.plot import Axis
from bot.render.questions import Question, questions, titles
from bot.render.standing import Tally
from bot.render.view import Column, Row, Section, Table, table

Cells = tuple[CellReport, ...]

_EXTRA = {
    "blocks": Column(title="Blocks", is_number=True),
    "threshold": Column(title="Threshold", is_number=True),
    "reason": Column(title="Reason"),
    "afterwards": Column(title="Afterwards"),
}


MOST_VISIBLE = 15
"""Changes that a reader sees without unfolding anything."""


def changes(tally: Tally) -> Iterator[Section]:
    """Show the decided changes that matter, the worst first; a table for each question.

    Of many, the largest are visible, and the others folded, on the same axis.
    """
    for asked in questions(tally.report):
        cells = (*asked.tally.worse, *asked.tally.better)
        shown, others = _visible(cells)
        if shown:
            yield Section(name="changes", title=asked.title, table=_changed(asked, cells, shown))
        if others:
            title = words.more_changes(len(others), _kinds(others))
            body = _changed(asked, cells, others)
            yield Section(name="more_changes", title=title, is_folded=True, table=body)


def _visible(cells: Cells) -> tuple[Cells, Cells]:
    """Part the largest changes from the others; of each kind, the largest is among them."""
    order = [*range(len(cells))]
    first = {labels.verdict(cells[at].verdict, cells[at].unit): at for at in reversed(order)}
    kept = {*first.values()}
    others = [at for at in order if at not in kept]
    kept.update(others[: MOST_VISIBLE - len(kept)])
    return (
        tuple(cell for at, cell in enumerate(cells) if at in kept),
        tuple(cell for at, cell in enumerate(cells) if at not in kept),
    )


def _kinds(cells: Cells) -> str:
    worse = tuple(cell for cell in cells if is_regression(cell))
    better = tuple(cell for cell in cells if not is_regression(cell))
    return " · ".join(filter(None, (words.changed(worse), words.changed(better))))


def _changed(asked: Question, cells: Cells, shown: Cells) -> Table:
    return _table(
        asked.tally.report,
        shown,
        "afterwards",
        values=(asked.before, asked.after),
        axis=shared_axis(cells),
    )


def excused(tally: Tally) -> Section | None:
    """List alarms that do not count: somebody accepts them, or a second machine refutes them."""
    cells = tally.excused
    if not cells:
        return None
    body = _table(tally.report, cells, "afterwards")
    return Section(name="excused", title=pull_request_words.excused(len(cells)), table=body)


def small(tally: Tally) -> Section | None:
    """List changes that are real but below the threshold."""
    cells = tally.small
    if not cells:
        return None
    largest = max(cells, key=lambda cell: abs((cell.ratio or 1.0) - 1))
    title = words.small_title(len(cells), _extreme_in_tag(largest))
    body = _table(tally.report, cells, "threshold")
    return Section(name="small", title=title, is_folded=True, table=body)


def undecided(tally: Tally) -> Section | None:
    """List cells without an answer, each with the reason and what would decide it."""
    cells = tally.undecided
    if not cells:
        return None
    body = _table(tally.report, cells, "blocks", "reason")
    title = words.undecided_title(len(cells))
    return Section(name="undecided", title=title, is_folded=not tally.is_mute, table=body)


def unchanged(tally: Tally) -> Section | None:
    """List cells that were shown to be alike."""
    cells = tally.unchanged
    if not cells:
        return None
    body = _table(tally.report, cells, "threshold", "blocks")
    title = words.unchanged_title(len(cells))
    return Section(name="unchanged", title=title, is_folded=True, table=body)


def _extreme_in_tag(cell: CellReport) -> str:
    return words.extreme(labels.LARGEST, code_in_tag(cell.case), cell.metric, size(cell))


def _table(
    report: Report,
    cells: Cells,
    *extra: str,
    values: tuple[str, str] | None = None,
    axis: Axis | None = None,
) -> Table:
    """Build a table of cells.

    `extra` names the columns that only some tables have, `values` those of before and after.
    `axis` is that of a larger table, if it is a part of one.
    """
    axis = axis or shared_axis(cells)
    before, after = values or titles(report)
    columns = (
        Column(title=""),
        Column(title="Case"),
        Column(title=before, is_number=True),
        Column(title=after, is_number=True),
        Column(title="Change", is_number=True),
        Column(title=labels.INTERVAL),
        *(_EXTRA[name] for name in extra),
    )
    has_versions = len(report.candidates) > 1
    rows = (
        (*_leading(cell, has_versions=has_versions), drawn(axis, cell), *rest)
        for cell, rest in zip(cells, _extras(cells, extra), strict=True)
    )
    return table(columns, rows)


def _leading(cell: CellReport, *, has_versions: bool) -> Row:
    return (
        _mark(cell),
        place(cell.case, cell.metric, version=cell.candidate if has_versions else ""),
        with_wall(quantity(cell.baseline_value, cell.unit), cell.baseline_wall_seconds),
        with_wall(quantity(cell.candidate_value, cell.unit), cell.candidate_wall_seconds),
        change(cell),
    )


def _mark(cell: CellReport) -> str:
    word = labels.verdict(cell.verdict, cell.unit)
    match cell.verdict:
        case "REGRESSION" if is_regression(cell):
            return unbroken(f"{labels.WORSE_ICON} {word}")
        case "IMPROVEMENT" if cell.matters:
            return unbroken(f"{labels.BETTER_ICON} {word}")
        case "REGRESSION" | "IMPROVEMENT":
            return word
        case _:
            return ""


def _extras(cells: Cells, extra: tuple[str, ...]) -> Iterable[Row]:
    for cell in cells:
        said = {
            "blocks": str(cell.blocks),
            "threshold": limit(cell.threshold, cell.unit),
            "reason": prose(cell.reason),
            "afterwards": afterwards(cell),
        }
        yield tuple(said[name] for name in extra)
