"""Owns which findings the acknowledgements of people cover, and which of these do nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

from bot.core.report import Acknowledgement, CellReport, NumericReport, Report
from bot.core.selection import matches
from bot.core.waiver import LONGEST, WAIVED_METRICS, WaivedMetric, Waiver

__all__ = ["LONGEST", "WAIVED_METRICS", "WaivedMetric", "Waiver", "acknowledged", "covers"]

Row = TypeVar("Row", CellReport, NumericReport)


def acknowledged(report: Report, waivers: Sequence[Waiver], *, today: date) -> Report:
    """Mark the findings that somebody accepted, and note the acknowledgements that do nothing.

    What was marked before is forgotten: only `waivers` count. Overall word and exit code are left
    as they are; `bot.core.conclusion.decide_again` chooses them anew.
    """
    valid = [waiver for waiver in waivers if waiver.refusal(today) is None]
    used: Counter[Waiver] = Counter()
    cells = tuple(_marked(cell, cell.metric, valid, used) for cell in report.cells)
    numerics = tuple(_marked(each, "results", valid, used) for each in report.numerics)
    notes = (*_refused(waivers, today), *_unused(valid, used))
    return report.model_copy(
        update={"cells": cells, "numerics": numerics, "notes": (*notes, *report.notes)}
    )


def covers(waiver: Waiver, case: str, metric: WaivedMetric, candidate: str) -> bool:
    """Whether an acknowledgement is about a row; `results` stands for what the case computes."""
    return (
        waiver.metric in {None, metric}
        and waiver.candidate in {None, candidate}
        and matches(waiver.case, case, case.partition("[")[0])
    )


def _is_finding(row: CellReport | NumericReport) -> bool:
    """Whether a row is one that somebody may have to accept; refuted alarms are ones, too."""
    if isinstance(row, NumericReport):
        return row.verdict in {"WRONG", "DRIFTED"}
    return row.verdict == "REGRESSION" and row.matters


def _marked(
    row: Row, metric: WaivedMetric, waivers: Sequence[Waiver], used: Counter[Waiver]
) -> Row:
    covering = [w for w in waivers if covers(w, row.case, metric, row.candidate)]
    if not covering or not _is_finding(row):
        return row if row.acknowledged is None else row.model_copy(update={"acknowledged": None})
    used.update(covering)
    # The one that holds longest is told: while it holds, nobody has to act.
    told = max(covering, key=lambda waiver: waiver.until or date.max)
    until = told.until.isoformat() if told.until else None
    word = Acknowledgement(author=told.author, reason=told.reason, until=until)
    return row.model_copy(update={"acknowledged": word})


def _refused(waivers: Sequence[Waiver], today: date) -> Iterator[str]:
    for waiver in waivers:
        if (why := waiver.refusal(today)) is not None:
            yield f"acknowledgement of {waiver.case} {why} ({waiver.until}): it does not count"


def _unused(valid: Sequence[Waiver], used: Counter[Waiver]) -> Iterator[str]:
    idle = list(dict.fromkeys(waiver.case for waiver in valid if not used[waiver]))
    if idle:
        others = f" and {len(idle) - 3} more" if len(idle) > 3 else ""  # noqa: PLR2004 (one line)
        yield f"acknowledged, but no finding: {', '.join(idle[:3])}{others}"
