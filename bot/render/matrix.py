"""Owns the matrix of workloads and versions: the worst cell of each pair, in a word."""

from collections.abc import Sequence

from bot.core.conclusion import is_regression, is_wrong, stands
from bot.core.report import CellReport, NumericReport, Report
from bot.render import labels, pull_request_words, words
from bot.render.estimate import size, version_in_table
from bot.render.view import Column, Row, Section, Table

MOST_COLUMNS = 8

Pair = tuple[str, str]


def matrix(report: Report) -> Section | None:
    """Show every version next to every workload, when there is more than one version."""
    if len(report.candidates) < 2:  # noqa: PLR2004 (one version needs no matrix)
        return None
    entries = _entries(report)
    workloads = tuple(dict.fromkeys(workload for workload, _ in entries))
    if not workloads:
        return None
    versions = report.candidates
    if len(versions) <= max(len(workloads), MOST_COLUMNS):
        body = _grid(workloads, versions, entries)
    else:
        body = _grid(versions, workloads, {(v, w): text for (w, v), text in entries.items()})
    text = (
        pull_request_words.compared_columns(version_in_table(report.baseline))
        if report.subject
        else ""
    )
    return Section(name="matrix", title=labels.MATRIX, table=body, text=text)


def _grid(down: Sequence[str], across: Sequence[str], entries: dict[Pair, str]) -> Table:
    shown = across[:MOST_COLUMNS]
    columns = [Column(title=""), *(Column(title=version_in_table(name)) for name in shown)]
    left_out = len(across) - len(shown)
    rows: list[Row] = []
    for name in down:
        row = [version_in_table(name), *(entries.get((name, other), "") for other in shown)]
        rows.append(tuple([*row, labels.OTHERS_BELOW] if left_out else row))
    if left_out:
        columns.append(Column(title=words.others(left_out)))
    return Table(columns=tuple(columns), rows=tuple(rows))


def _entries(report: Report) -> dict[Pair, str]:
    cells: dict[Pair, CellReport] = {}
    for cell in report.cells:
        pair = (_workload(cell.case), cell.candidate)
        cells[pair] = max(cells.get(pair, cell), cell, key=_badness)
    results = {
        (_workload(numeric.case), numeric.candidate): _result(numeric)
        for verdict in ("DRIFTED", "WRONG")  # the later one wins
        for numeric in report.numerics
        if numeric.verdict == verdict
    }
    return {
        pair: _entry(cells.get(pair), results.get(pair))
        for pair in dict.fromkeys((*cells, *results))
    }


def _workload(case: str) -> str:
    return case.partition("[")[0]


def _badness(cell: CellReport) -> tuple[int, float]:
    ratio = cell.ratio or 1.0
    match cell.verdict:
        case "REGRESSION":
            return (5 if is_regression(cell) else 2, ratio)
        case "NOT_MEASURED":
            return (4, 0.0)
        case "INCONCLUSIVE":
            return (3, 0.0)
        case "IMPROVEMENT":
            return (1, -ratio)
        case "EQUIVALENT":
            return (0, 0.0)


def _entry(cell: CellReport | None, result: str | None) -> str:
    if cell is None or (result and cell.verdict == "EQUIVALENT"):
        return result or ""
    return ", ".join(filter(None, (_cell(cell), result)))


def _cell(cell: CellReport) -> str:
    word = labels.verdict(cell.verdict, cell.unit)
    if cell.verdict not in {"REGRESSION", "IMPROVEMENT"} or not size(cell):
        return word
    icon = labels.WORSE_ICON if cell.verdict == "REGRESSION" else labels.BETTER_ICON
    text = f"{labels.METRICS[cell.metric]} {size(cell)}"
    if not stands(cell):
        return pull_request_words.excused_entry(text)
    return f"{icon} {text}" if cell.matters else words.small_entry(text)


def _result(numeric: NumericReport) -> str:
    icon = f"{labels.WORSE_ICON} " if is_wrong(numeric) else ""
    return f"{icon}results {labels.RESULTS[numeric.verdict]}"
