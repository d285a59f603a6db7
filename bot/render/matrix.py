"""Owns the matrix of workloads and versions: the worst cell of each pair, in a word."""

from collections.abc import Sequence

from bot.core.conclusion import is_regression, is_wrong, stands
from bot.core.report import CellReport, NumericReport, Report
from bot.render import labels, pull_request_words, words
from bot.render.estimate import LINE_BREAK, size, unbroken, version_in_table
from bot.render.view import Column, Row, Section, Table

MOST_COLUMNS = 8

Pair = tuple[str, str]
Pairs = dict[Pair, list[CellReport]]


def matrix(report: Report) -> Section | None:
    """Show every version next to every workload, when there is more than one version."""
    if len(report.candidates) < 2:  # noqa: PLR2004 (one version needs no matrix)
        return None
    pairs = _pairs(report)
    entries = _entries(report, pairs)
    workloads = tuple(dict.fromkeys(workload for workload, _ in entries))
    if not workloads:
        return None
    versions = report.candidates
    if len(versions) <= max(len(workloads), MOST_COLUMNS):
        body = _grid(workloads, versions, entries)
    else:
        turned = {(v, w): text for (w, v), text in entries.items()}
        body = _grid(versions, _worst_first(workloads, entries), turned)
    return Section(name="matrix", title=labels.MATRIX, table=body, text=_legend(report, pairs))


def _legend(report: Report, pairs: Pairs) -> str:
    """Explain what the table does not say by itself."""
    baseline = version_in_table(report.baseline)
    parts = (
        labels.COUNT_IN_MATRIX if any(_worse(cells) > 1 for cells in pairs.values()) else "",
        pull_request_words.compared_columns(baseline) if report.subject else "",
    )
    return " ".join(filter(None, parts))


def _worst_first(workloads: Sequence[str], entries: dict[Pair, str]) -> list[str]:
    """Put those in front that must not be left out, in the order they had."""
    worse = {workload for (workload, _), text in entries.items() if labels.WORSE_ICON in text}
    return sorted(workloads, key=lambda workload: workload not in worse)


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


def _pairs(report: Report) -> Pairs:
    pairs: Pairs = {}
    for cell in report.cells:
        pairs.setdefault((_workload(cell.case), cell.candidate), []).append(cell)
    return pairs


def _entries(report: Report, pairs: Pairs) -> dict[Pair, str]:
    results = {
        (_workload(numeric.case), numeric.candidate): _result(numeric)
        for verdict in ("DRIFTED", "WRONG")  # the later one wins
        for numeric in report.numerics
        if numeric.verdict == verdict
    }
    return {
        pair: _entry(pairs.get(pair, []), results.get(pair))
        for pair in dict.fromkeys((*pairs, *results))
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


def _entry(cells: Sequence[CellReport], result: str | None) -> str:
    """Write the worst cell of a pair, and how many are worse if it is not the only one."""
    worst = max(cells, key=_badness, default=None)
    if worst is None or (result and worst.verdict == "EQUIVALENT"):
        return result or ""
    worse, text = _worse(cells), _cell(worst)
    if worse > 1:
        text = words.counted_entry(text, worse, len(cells))
    return LINE_BREAK.join(filter(None, (text, result)))


def _worse(cells: Sequence[CellReport]) -> int:
    return sum(map(is_regression, cells))


def _cell(cell: CellReport) -> str:
    word = labels.verdict(cell.verdict, cell.unit)
    if cell.verdict not in {"REGRESSION", "IMPROVEMENT"} or not size(cell):
        return word
    icon = labels.WORSE_ICON if cell.verdict == "REGRESSION" else labels.BETTER_ICON
    text = unbroken(f"{labels.METRICS[cell.metric]} {size(cell)}")
    if not stands(cell):
        return pull_request_words.excused_entry(text)
    return unbroken(f"{icon} {text}") if cell.matters else words.small_entry(text)


def _result(numeric: NumericReport) -> str:
    icon = f"{labels.WORSE_ICON} " if is_wrong(numeric) else ""
    return f"{icon}results {labels.RESULTS[numeric.verdict]}"
