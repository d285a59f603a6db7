"""Owns what is new since the comment before: findings, kept as short hashes in its hidden marker.

The marker is all the memory there is. Hashes name what is still among the rows of a later report,
and nothing else.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.conclusion import is_regression, stands
from bot.core.failure_reports import FORESEEN
from bot.core.report import CellReport, FailureReport, NumericReport, NumericVerdict, Report

MOST = 200
"""Findings that a marker names; of more, it says how many."""

DIGITS = 8
"""Of a hash: among 5,000 cells, one of 200 is taken for another once in 4,000 comments."""

STATE = rf"(?:0|[1-9][0-9]{{0,5}})(?::[0-9a-f]{{{DIGITS},{DIGITS * MOST}}})?"
"""How a state is written, as far as a pattern can say."""

EVERYTHING = "*"
_ALARMING: tuple[NumericVerdict, ...] = ("WRONG", "DRIFTED")

Generation = tuple[int, int]
"""Number and attempt of a run on GitHub."""

Row = CellReport | NumericReport | FailureReport


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """The findings that stood: how many, and their hashes, null where they were too many."""

    count: int
    hashes: frozenset[str] | None

    def __str__(self) -> str:
        return f"{self.count}:{''.join(sorted(self.hashes))}" if self.hashes else str(self.count)


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What stood in the comment before, and which run wrote that."""

    generation: Generation
    state: State


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """A finding that stands no more; `row` is what there is instead, null for a case that runs."""

    case: str
    candidate: str
    row: CellReport | NumericReport | None


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What changed; `lost` counts findings of which this report has no row any more."""

    generation: Generation
    new: tuple[Row, ...]
    gone: tuple[Gone, ...]
    lost: int
    same: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many findings there were and are, where their names were not kept."""

    generation: Generation
    before: int
    now: int


def state_of(report: Report) -> State:
    """Return what is remembered of a report."""
    found = {_hash_of(row) for row in _findings(report)}
    return State(count=len(found), hashes=frozenset(found) if len(found) <= MOST else None)


def read_state(text: str) -> State | None:
    """Read a state that somebody may have forged; null unless it is written as we write it."""
    if re.fullmatch(STATE, text) is None:
        return None
    number, _, digits = text.partition(":")
    count = int(number)
    if not digits:
        return State(count=count, hashes=frozenset() if count == 0 else None)
    pieces = [digits[at : at + DIGITS] for at in range(0, len(digits), DIGITS)]
    state = State(count=count, hashes=frozenset(pieces))
    return state if len(state.hashes or ()) == count and str(state) == text else None


def news(report: Report, before: Before | None) -> News | Counted | None:
    """Compare the findings with those of the comment before; null where there is nothing to say."""
    if before is None:
        return None
    now = {_hash_of(row): row for row in _findings(report)}
    were = before.state.hashes
    if not now and not before.state.count:
        return None
    if were is None:
        return Counted(generation=before.generation, before=before.state.count, now=len(now))
    gone = were - now.keys()
    found = {key: each for key, each in _gone(report) if key in gone}
    return News(
        generation=before.generation,
        new=tuple(row for key, row in now.items() if key not in were),
        gone=tuple(found.values()),
        lost=len(gone) - len(found),
        same=len(were & now.keys()),
    )


def _findings(report: Report) -> Iterator[Row]:
    """Give what calls for somebody's eyes: alarms, results, failures."""
    yield from filter(is_regression, report.cells)
    for numeric in report.numerics:
        if numeric.verdict in _ALARMING and stands(numeric):
            yield numeric
    for failure in report.failures:
        if failure.kind != FORESEEN and not failure.is_reference:
            yield failure


def _hash_of(row: Row) -> str:
    match row:
        case CellReport():
            return _hash("cell", row.case, row.metric, row.candidate)
        case NumericReport():
            return _hash("result", row.case, row.verdict, row.candidate)
        case FailureReport():
            return _hash("failure", row.case, row.environment)


def _gone(report: Report) -> Iterator[tuple[str, Gone]]:
    """Give everything that could have been a finding before, the failures last."""
    for cell in report.cells:
        gone = Gone(case=cell.case, candidate=cell.candidate, row=cell)
        yield _hash("cell", cell.case, cell.metric, cell.candidate), gone
    for numeric in report.numerics:
        gone = Gone(case=numeric.case, candidate=numeric.candidate, row=numeric)
        for verdict in _ALARMING:
            yield _hash("result", numeric.case, verdict, numeric.candidate), gone
    ran = [cell for cell in report.cells if cell.verdict != "NOT_MEASURED"]
    for case, candidate in dict.fromkeys((cell.case, cell.candidate) for cell in ran):
        for label in (candidate, report.baseline, EVERYTHING):
            yield _hash("failure", case, label), Gone(case=case, candidate=label, row=None)
    for candidate in dict.fromkeys(cell.candidate for cell in ran):
        for label in (candidate, report.baseline, EVERYTHING):
            gone = Gone(case=EVERYTHING, candidate=label, row=None)
            yield _hash("failure", EVERYTHING, label), gone


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:DIGITS]
