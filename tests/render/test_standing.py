from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot.render.standing import Standing, Tally, standing_of

Situation = Callable[[SimpleNamespace], dict[str, Any]]


def cells(verdict: str, **overrides: Any) -> Situation:
    """A report in which one of several cells has a verdict."""
    return lambda r: {"cells": r.equal_cells(r.cell(r.cases[0], verdict, **overrides))}


def only(verdict: str) -> Situation:
    """A report in which all cells have one verdict."""
    return lambda r: {"cells": tuple(r.cell(case, verdict) for case in r.cases)}


def numerics(verdict: str) -> Situation:
    return lambda r: {"numerics": (r.numeric(verdict=verdict),)}


def failed(**overrides: Any) -> Situation:
    return lambda r: {"failures": (r.failure(**overrides),)}


def skipped(r: SimpleNamespace) -> dict[str, Any]:
    """A case that needs a newer release: the plan foresaw it."""
    return cells("NOT_MEASURED", ratio=None)(r) | failed(kind="skipped")(r)


def code(exit_code: int, overall: str = "clean") -> Situation:
    return lambda r: {"exit_code": exit_code, "overall": overall}


def stopped(how: str) -> Situation:
    return lambda r: {"run": {"stopped_by": how}}


@pytest.mark.parametrize(
    ("situation", "standing"),
    [
        (cells("EQUIVALENT"), Standing.CLEAR),
        (cells("IMPROVEMENT", ratio=0.8), Standing.CLEAR),
        (cells("REGRESSION", matters=False), Standing.CLEAR),
        (skipped, Standing.CLEAR),
        (numerics("WITHIN_TOLERANCE"), Standing.CLEAR),
        (stopped("budget"), Standing.CLEAR),
        (cells("INCONCLUSIVE"), Standing.UNDECIDED),
        (numerics("NON_DETERMINISTIC"), Standing.UNDECIDED),
        (numerics("NOT_COMPARABLE"), Standing.UNDECIDED),
        (lambda r: {"control": r.control(flagged=1)}, Standing.DOUBTFUL),
        (cells("NOT_MEASURED", ratio=None), Standing.INCOMPLETE),
        (failed(), Standing.INCOMPLETE),
        (failed(kind="unavailable", case="*"), Standing.INCOMPLETE),
        (stopped("interrupted"), Standing.INCOMPLETE),
        (code(3, "partly-measured"), Standing.INCOMPLETE),
        (only("INCONCLUSIVE"), Standing.NO_ANSWER),
        (only("NOT_MEASURED"), Standing.NO_ANSWER),
        (lambda r: {"cells": (), "numerics": ()}, Standing.NO_ANSWER),
        (code(3, "nothing-measured"), Standing.NO_ANSWER),
        (cells("REGRESSION", ratio=1.2), Standing.LOOK),
        (numerics("WRONG"), Standing.LOOK),
        (numerics("DRIFTED"), Standing.LOOK),
        (code(0, "regression"), Standing.LOOK),
        (code(1), Standing.ACT),
        (code(1, "regression"), Standing.ACT),
        (code(130, "regression"), Standing.ACT),
    ],
)
def test_what_a_report_asks_of_its_reader(
    reports: SimpleNamespace, situation: Situation, standing: Standing
) -> None:
    report = reports.report(**situation(reports))

    assert standing_of(Tally(report)) is standing


def test_the_more_urgent_demand_wins(reports: SimpleNamespace) -> None:
    report = reports.report(
        exit_code=1,
        overall="regression",
        cells=reports.equal_cells(
            reports.cell(reports.cases[0], "REGRESSION", ratio=1.2),
            reports.cell(reports.cases[1], "INCONCLUSIVE"),
        ),
        failures=(reports.failure(),),
        control=reports.control(flagged=1),
    )

    assert standing_of(Tally(report)) is Standing.ACT


def test_every_cell_is_counted_once(reports: SimpleNamespace) -> None:
    verdicts = ("REGRESSION", "IMPROVEMENT", "EQUIVALENT", "INCONCLUSIVE", "NOT_MEASURED")
    cells = [reports.cell(verdict=verdict, matters=m) for verdict in verdicts for m in (0, 1)]
    tally = Tally(reports.report(cells=tuple(cells)))

    assert tally.decided + len(tally.undecided) + len(tally.not_measured) == len(cells)


def test_a_cell_without_a_failure_beside_it_must_explain_itself(reports: SimpleNamespace) -> None:
    explained, alone = (
        reports.cell(case, "NOT_MEASURED", ratio=None) for case in reports.cases[:2]
    )
    report = reports.report(cells=(explained, alone), failures=(reports.failure(explained.case),))

    assert Tally(report).unexplained == (alone,)
