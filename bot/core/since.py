"""Owns since which release a case is slower, as far as a report's cells tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from packaging.version import InvalidVersion, Version

from bot.core.metric import MetricName, Unit
from bot.core.releases import release_number
from bot.core.report import CellReport, Report

FEWEST_CANDIDATES = 3
"""With fewer, the columns themselves say it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Since:
    """Where a case begins to be slower (or bigger) for good, in order of releases.

    `still` is the last release that is not; from `slower` on every later one is. With `between`,
    releases that are open, it may have begun earlier. With `open_end`, releases after `slower` are
    open, the newest among them: it may not be for good.
    """

    case: str
    metric: MetricName
    unit: Unit
    still: str
    slower: str
    between: tuple[str, ...] = ()
    open_end: tuple[str, ...] = ()


def onsets(report: Report) -> tuple[Since, ...]:
    """Find since when cases are slower; nothing where the columns are no row of releases."""
    labels = _in_order(report)
    if not labels:
        return ()
    cells: dict[tuple[str, MetricName], dict[str, CellReport]] = {}
    for cell in report.cells:
        cells.setdefault((cell.case, cell.metric), {})[cell.candidate] = cell
    return tuple(
        since
        for found in cells.values()
        if (since := _onset(labels, report.baseline, found)) is not None
    )


def _in_order(report: Report) -> list[str]:
    """List the columns of a run over releases, baseline included; nothing for any other run."""
    with_change = report.subject.pairs if report.subject else {}
    candidates = [label for label in report.candidates if label not in with_change]
    if len(candidates) < FEWEST_CANDIDATES:
        return []
    releases = dict(releases_of(report, [report.baseline, *candidates]))
    if len(releases) <= len(candidates):
        return []
    numbers = [releases[label] for label in candidates]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        return []
    return sorted(releases, key=lambda label: releases[label])


def releases_of(report: Report, labels: Sequence[str]) -> Iterator[tuple[str, Version]]:
    """Read the releases of columns of the baseline's package."""
    environments = {each.label: each for each in report.environments}
    package = environments[report.baseline].package if report.baseline in environments else None
    for label in labels:
        found = environments.get(label)
        if found is None or found.package != package:
            continue
        try:
            yield label, release_number(found.release)
        except InvalidVersion:
            continue


def _onset(labels: Sequence[str], baseline: str, cells: dict[str, CellReport]) -> Since | None:
    """Look back from the newest release: until one that is not slower, they are slower or open."""
    slower: list[str] = []
    undecided: list[str] = []
    for label in reversed(labels):
        is_slower = False if label == baseline else _is_slower(cells.get(label))
        if is_slower is False:
            return _since(cells, labels, still=label, slower=slower, undecided=undecided)
        (undecided if is_slower is None else slower).append(label)
    return None


def _since(
    cells: dict[str, CellReport],
    labels: Sequence[str],
    *,
    still: str,
    slower: list[str],
    undecided: list[str],
) -> Since | None:
    if not slower:
        return None
    after = labels[labels.index(still) + 1 :]
    is_open = after[-1] in undecided
    # Of a newest release that is open, only the first that is slower can be told; else the first
    # from which on nothing is open.
    last_open = max((after.index(label) for label in undecided), default=-1)
    first = after.index(slower[-1]) if is_open else last_open + 1
    cell = cells[after[first]]
    return Since(
        case=cell.case,
        metric=cell.metric,
        unit=cell.unit,
        still=still,
        slower=after[first],
        between=tuple(label for label in after[:first] if label in undecided),
        open_end=tuple(label for label in after[first:] if label in undecided),
    )


def _is_slower(cell: CellReport | None) -> bool | None:
    """Say whether a release is slower by what matters; None where that is not known."""
    if cell is None or cell.verdict in {"INCONCLUSIVE", "NOT_MEASURED"}:
        return None
    if cell.verdict != "REGRESSION" or not cell.matters:
        return False
    is_refuted = cell.confirmation is not None and cell.confirmation.word == "refuted"
    return None if is_refuted else True
